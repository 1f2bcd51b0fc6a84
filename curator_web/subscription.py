"""What one watcher of a batch has still to be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import anyio

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, UploadId
from curator_core.ports.reports import UploadState


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What came together since the last time, the latest state of each upload.

    `begins`: the first news, with the whole list. `is_missing`: there is no such batch, and
    nothing follows. `outage`: the list cannot be read yet. `is_complete`: all are finished.
    """

    states: tuple[UploadState, ...] = ()
    begins: bool = False
    is_complete: bool = False
    is_missing: bool = False
    outage: ServiceDown | None = None


class Subscription:
    """Lives in the event loop. However slow its watcher, it holds each upload once at most."""

    def __init__(self, batch_id: BatchId) -> None:
        self.batch_id = batch_id
        self._pending: dict[UploadId, UploadState] = {}
        self._begins = False
        self._is_complete = False
        self._is_missing = False
        self._outage: ServiceDown | None = None
        self._knows_of_outage = False
        self._something = anyio.Event()

    def begin(self, states: Iterable[UploadState]) -> None:
        """The whole list is there."""
        self._begins = True
        self._outage = None
        self.add(states)

    def add(self, states: Iterable[UploadState]) -> None:
        """These uploads are like this now."""
        for state in states:
            self._pending[state.id] = state
            self._is_complete = self._is_complete and state.status.is_final
        self._something.set()

    def complete(self) -> None:
        """All uploads are finished."""
        self._is_complete = True
        self._something.set()

    def miss(self) -> None:
        """There is no such batch."""
        self._is_missing = True
        self._something.set()

    def delay(self, outage: ServiceDown) -> None:
        """The list cannot be read yet; told once."""
        if not self._knows_of_outage:
            self._knows_of_outage = True
            self._outage = outage
            self._something.set()

    @property
    def has_news(self) -> bool:
        """Whether there is something to tell."""
        return self._something.is_set()

    async def news(self) -> News:
        """Waits until there is something to tell, and takes it."""
        await self._something.wait()
        self._something = anyio.Event()
        news = News(
            states=tuple(self._pending.values()),
            begins=self._begins,
            is_complete=self._is_complete,
            is_missing=self._is_missing,
            outage=self._outage,
        )
        self._pending.clear()
        self._begins = self._is_complete = False
        self._outage = None
        return news
