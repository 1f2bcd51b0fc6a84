"""What happened to uploads, kept for those who ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from curator_core.domain.history import Event
from curator_core.domain.ids import UploadId

MAX_EVENTS = 500
"""So many of an upload are kept, the latest."""


class History(Protocol):
    """All events. Nothing depends on them: an upload whose history is lost goes on as it is."""

    def note(self, noted: Mapping[UploadId, Sequence[Event]]) -> None:
        """Keeps each upload's events, in their order, with what is written in the same unit of
        work; the oldest of an upload are dropped where it has more than `MAX_EVENTS` after a wait
        or an ending."""
        ...

    def of(self, upload_id: UploadId) -> tuple[Event, ...]:
        """In the order they were noted."""
        ...

    def trim(self, age: timedelta, limit: int) -> int:
        """Drops up to `limit` events that are older than that; how many those were."""
        ...
