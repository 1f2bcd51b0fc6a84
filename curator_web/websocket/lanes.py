"""Work of one connection: some in order, some side by side, none without bound."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup

Job = Callable[[], Awaitable[None]]


class LaneOfJobs:
    """Takes jobs in their order; `width` of them run at once, `waiting` more are kept.

    A task is there only while there is work: most connections just watch, and a thousand of them
    are to fit into little memory.
    """

    def __init__(self, tasks: TaskGroup, *, width: int, waiting: int) -> None:
        self._tasks = tasks
        self._waiting = deque[Job]()
        self._not_at_work = width
        self._room = anyio.Semaphore(width + waiting)

    async def put(self, job: Job) -> None:
        """Waits while the lane is full."""
        await self._room.acquire()
        self._waiting.append(job)
        if self._not_at_work:
            self._not_at_work -= 1
            self._tasks.start_soon(self._work)

    async def _work(self) -> None:
        while self._waiting:
            job = self._waiting.popleft()
            await job()
            self._room.release()
        self._not_at_work += 1
