"""One watched batch: what is known of its uploads, and who wants to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import anyio

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, UploadId
from curator_core.ports.reports import UploadState
from curator_core.use_cases.watch_batch import Watched
from curator_web.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at the database under way: for whom, and what was announced meanwhile."""

    serving: list[Subscription]
    announced: dict[UploadId, UploadState]


class Feed:
    """Lives in the event loop; puts announcements and what the database says together.

    A watcher's list is read after the watcher is known here, so that no change falls between.
    """

    def __init__(self, batch_id: BatchId) -> None:
        self.batch_id = batch_id
        self.last_read_failed = False
        self._known: dict[UploadId, UploadState] = {}
        self._unfinished = 0
        self._watchers: set[Subscription] = set()
        self._waiting: list[Subscription] = []
        self._reading: Reading | None = None
        self._wanted = anyio.Event()

    @property
    def is_watched(self) -> bool:
        return bool(self._watchers or self._waiting or (self._reading and self._reading.serving))

    @property
    def is_complete(self) -> bool:
        """Whether the batch has uploads, and all of them are finished."""
        return bool(self._known) and self._unfinished == 0

    def join(self, watcher: Subscription) -> None:
        """`watcher` gets the whole list, and every change from now on."""
        self._waiting.append(watcher)
        self.want_reading()

    def leave(self, watcher: Subscription) -> None:
        self._watchers.discard(watcher)
        queues = [self._waiting, *([self._reading.serving] if self._reading else [])]
        for queue in queues:
            if watcher in queue:
                queue.remove(watcher)

    def want_reading(self) -> None:
        """The database is to be read as soon as may be."""
        self._wanted.set()

    async def reading_wanted(self, at_most: float | None) -> None:
        """Waits for `want_reading`, or so many seconds."""
        with anyio.move_on_after(at_most):
            await self._wanted.wait()

    def announce(self, state: UploadState) -> None:
        """An upload changed just now."""
        if self._reading is not None:
            self._reading.announced[state.id] = state
        self._take_over([state])

    def begin_reading(self) -> None:
        self._wanted = anyio.Event()
        self._reading = Reading(self._waiting, {})
        self._waiting = []

    def end_reading(self, watched: Watched | None) -> None:
        """What the database said; None where it has no such batch."""
        reading = self._end()
        self.last_read_failed = False
        if watched is None:
            for watcher in (*reading.serving, *self._watchers):
                watcher.miss()
            self._watchers.clear()
            return
        self._take_over(each for each in watched.states if _is_news(each, reading.announced))
        for watcher in reading.serving:
            watcher.begin(self._known.values())
            if self.is_complete:
                watcher.complete()
            self._watchers.add(watcher)

    def fail_reading(self, outage: ServiceDown) -> None:
        """The database did not answer; who waits goes on waiting."""
        reading = self._end()
        self.last_read_failed = True
        for watcher in reading.serving:
            watcher.delay(outage)
        self._waiting = [*reading.serving, *self._waiting]

    def _end(self) -> Reading:
        reading, self._reading = self._reading, None
        if reading is None:
            raise RuntimeError("no reading was begun")
        return reading

    def _take_over(self, states: Iterable[UploadState]) -> None:
        changed = [state for state in states if self._is_changed_by(state)]
        if not changed:
            return
        for watcher in self._watchers:
            watcher.add(changed)
            if self.is_complete:
                watcher.complete()

    def _is_changed_by(self, state: UploadState) -> bool:
        known = self._known.get(state.id)
        # A finished upload never changes: what says otherwise is older.
        if known == state or (known is not None and known.status.is_final):
            return False
        self._known[state.id] = state
        self._unfinished += (not state.status.is_final) - (known is not None)
        return True


def _is_news(read: UploadState, announced: dict[UploadId, UploadState]) -> bool:
    # What was announced while the database was read may be newer than what was read.
    other = announced.get(read.id)
    return other is None or (read.status.is_final and not other.status.is_final)
