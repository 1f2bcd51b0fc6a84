"""When a worker ends of its own accord: after its share of tasks, or for want of any."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

import structlog

log = structlog.get_logger("curator.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """How many tasks a worker has begun since its start, and how many it has on its hands."""

    begun: int
    in_hand: int


class Retirement:
    """Calls `retire` once, when `look` finds that it is time.

    `after_tasks`: so many were begun; `after_idle`: nothing was there to do for so long, from the
    first look on. None means never.
    """

    def __init__(
        self,
        workload: Callable[[], Workload],
        retire: Callable[[], None],
        *,
        after_tasks: int | None,
        after_idle: timedelta | None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workload = workload
        self._retire = retire
        self._after_tasks = after_tasks
        self._after_idle = after_idle
        self._now = now
        self._busy_at = float("-inf")
        self._begun = -1
        self._is_over = False
        self._looking = Lock()

    def look(self) -> None:
        """To be called now and then, in any thread."""
        with self._looking:
            if not self._is_over:
                self._look()

    def _look(self) -> None:
        seen, now = self._workload(), self._now()
        if seen.in_hand or seen.begun != self._begun:
            self._busy_at, self._begun = now, seen.begun
        if self._after_tasks is not None and seen.begun >= self._after_tasks:
            self._end("ending after its share of tasks", tasks=seen.begun)
        elif (idle := self._after_idle) is not None and now - self._busy_at >= idle.total_seconds():
            self._end("ending for want of work", waited=str(idle))

    def _end(self, event: str, **told: object) -> None:
        self._is_over = True
        log.info(event, **told)
        self._retire()
