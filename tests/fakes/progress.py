"""Changes in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_core.ports.clock import Clock
from curator_core.ports.progress import BatchTouched
from curator_core.ports.reports import UploadState


class FakeChanges:
    """A subscription that never really waits: the clock passes over `at_most` instead."""

    def __init__(self, clock: Clock) -> None:
        self.waiting: deque[UploadState | BatchTouched] = deque()
        self.is_whole = True
        self._clock = clock

    def next(self, at_most: timedelta) -> UploadState | BatchTouched | None:
        if not self.is_whole:
            raise ServiceDown("Redis", "the subscription was interrupted")
        if self.waiting:
            return self.waiting.popleft()
        self._clock.sleep(at_most)
        return None


class FakeProgress:
    """Keeps everything in `announced`; `down = True` makes it unreachable."""

    def __init__(self, clock: Clock) -> None:
        self.announced: list[UploadState] = []
        self.touched: list[BatchId] = []
        self.down = False
        self._clock = clock
        self._listeners: list[FakeChanges] = []

    def announce(self, changes: Sequence[UploadState]) -> None:
        if self.down:
            return
        self.announced.extend(changes)
        for listener in self._listeners:
            listener.waiting.extend(changes)

    def touch(self, batch_id: BatchId) -> None:
        if self.down:
            return
        self.touched.append(batch_id)
        for listener in self._listeners:
            listener.waiting.append(BatchTouched(batch_id))

    @contextmanager
    def listen(self) -> Iterator[FakeChanges]:
        if self.down:
            raise ServiceDown("Redis", "the fake is down")
        listener = FakeChanges(self._clock)
        self._listeners.append(listener)
        try:
            yield listener
        finally:
            self._listeners = [each for each in self._listeners if each is not listener]

    @property
    def listeners(self) -> int:
        """How many subscriptions are open."""
        return len(self._listeners)

    def interrupt(self) -> None:
        """Every listener's connection is lost."""
        for listener in self._listeners:
            listener.is_whole = False
        self._listeners.clear()
