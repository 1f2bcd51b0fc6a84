"""What a fake wiki does in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from curator_core.domain.errors import Faulted
from curator_core.domain.ids import FileKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    due: datetime
    work: Callable[[], object]


class FakeJobs:
    """One job for each file key; each takes `takes` and is done when somebody looks later.

    `stuck` jobs wait until it is taken back. What came of a job is kept until `forget`.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.takes = timedelta(seconds=5)
        self.stuck = False
        self._now = now
        self._jobs: dict[FileKey, _Job] = {}
        self._results: dict[FileKey, object] = {}

    def begin(self, key: FileKey, work: Callable[[], object]) -> None:
        """Puts `work` into the queue."""
        self._results.pop(key, None)
        self._jobs[key] = _Job(due=self._now() + self.takes, work=work)

    def is_under_way(self, key: FileKey) -> bool:
        """Whether the job is not done yet."""
        return key in self._jobs

    def result(self, key: FileKey) -> object:
        """What came of the job, None where nobody knows. Raises what the job raised."""
        result = self._results.get(key)
        if isinstance(result, Faulted):
            raise result
        return result

    def run_due(self) -> None:
        """Carries out what had its time."""
        for key, job in list(self._jobs.items()):
            if job.due <= self._now() and not self.stuck:
                del self._jobs[key]
                try:
                    self._results[key] = job.work()
                except Faulted as faulted:
                    self._results[key] = faulted

    def lose(self) -> None:
        """Every job that is under way is dropped, and what came of the others forgotten."""
        self._jobs.clear()
        self.forget()

    def forget(self) -> None:
        """What came of jobs is not told any more."""
        self._results.clear()
