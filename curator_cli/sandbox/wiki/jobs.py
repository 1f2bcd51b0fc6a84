"""What the wiki does in the background, and what it tells of it (`async=1`, `checkstatus`)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.errors import ApiError, Json

# How much of a job's time it waits in the queue.
_SHARE_IN_QUEUE = 0.6


@dataclass(slots=True, kw_only=True)
class Job:
    """One file's job; `stage` is what a poll is told, `answer` or `error` what came of it."""

    stage: str = "queued"
    answer: Json | None = None
    error: ApiError | None = None

    @property
    def is_under_way(self) -> bool:
        return self.answer is None and self.error is None

    def told(self) -> Json:
        """What `checkstatus` answers, as often as it is asked (capture
        async-ok-checkstatus-again). Raises the job's error."""
        if self.error is not None:
            raise self.error
        return self.answer or {"upload": {"result": "Poll", "stage": self.stage}}


class Jobs:
    """The jobs of all users, by the file key that they were begun with."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[int, str], Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def of(self, user: Account, key: str) -> Job | None:
        """The latest job for this key; None where there was none or its status is lost."""
        return self._jobs.get((user.id, key))

    def begin(
        self,
        user: Account,
        key: str,
        stage: str,
        seconds: float,
        work: Callable[[], Awaitable[Json]],
    ) -> None:
        """Queues `work`, which takes `seconds` until it has its effect."""
        job = self._jobs[user.id, key] = Job()
        task = asyncio.create_task(self._run(job, stage, seconds, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def lose(self) -> None:
        """Drops what is under way, and forgets what came of everything else."""
        for task in self._tasks:
            task.cancel()
        self._jobs.clear()

    async def _run(
        self, job: Job, stage: str, seconds: float, work: Callable[[], Awaitable[Json]]
    ) -> None:
        await asyncio.sleep(seconds * _SHARE_IN_QUEUE)
        job.stage = stage
        await asyncio.sleep(seconds * (1 - _SHARE_IN_QUEUE))
        try:
            job.answer = await work()
        except ApiError as error:
            # Whatever it was, a poll calls it so (captures async-mime-mismatch-assemble-poll,
            # async-nochange-publish-poll).
            job.error = ApiError("stashfailed", error.info)
