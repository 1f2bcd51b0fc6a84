"""What a worker's timer does beside the work."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from curator_worker.gate_log import GateLog
from curator_worker.recounting import Recounting
from curator_worker.tasks import Tasks
from curator_worker.trimming import Trimming

_LOOK_AT_GATES_EVERY = timedelta(seconds=5)
"""A gate that was closed for less held nobody up; each look is a statement of its own."""

_RECOUNT_EVERY = timedelta(minutes=1)
"""Nothing is wrong unless an older release is at work: 20,000 batches take under two hours."""

_TRIM_EVERY = timedelta(minutes=1)
"""2,000 events at a time: more than a worker notes meanwhile."""

_RECOVER_EVERY = timedelta(seconds=30)
"""Redis may lose everything while no web starts."""


class Rounds:
    """Each hands out what is due; now and then one looks at the gates as well, whether Redis
    lost everything, or whether batches count right."""

    def __init__(self, tasks: Tasks, now: Callable[[], float] = time.monotonic) -> None:
        self._dispatch = tasks.dispatch
        gates = GateLog(tasks.application.show_gates)
        recounting = Recounting(tasks.application.recount_batches)
        self._now_and_then = [
            _NowAndThen(gates.look, _LOOK_AT_GATES_EVERY, now),
            _NowAndThen(tasks.recover, _RECOVER_EVERY, now),
            _NowAndThen(recounting.go, _RECOUNT_EVERY, now),
            _NowAndThen(Trimming(tasks.application.trim_history).go, _TRIM_EVERY, now),
        ]

    def go(self) -> None:
        """One round, in one thread."""
        self._dispatch()
        for each in self._now_and_then:
            each.go()


class _NowAndThen:
    def __init__(self, do: Callable[[], None], every: timedelta, now: Callable[[], float]) -> None:
        self._do = do
        self._every = every.total_seconds()
        self._now = now
        self._next = now()

    def go(self) -> None:
        now = self._now()
        if now >= self._next:
            self._next = now + self._every
            self._do()
