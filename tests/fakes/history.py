"""What happened to uploads, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.history import Event, EventKind
from curator_core.domain.ids import UploadId
from curator_core.ports.history import MAX_EVENTS
from tests.fakes.work_tables import Now, Tables


@dataclass(frozen=True, slots=True)
class FakeHistory:
    tables: Tables
    clock: Now

    def note(self, noted: Mapping[UploadId, Sequence[Event]]) -> None:
        for upload_id, events in noted.items():
            kept = (*self.tables.history.get(upload_id, ()), *events)
            if any(each.kind in (EventKind.WAIT, EventKind.ENDED) for each in events):
                kept = kept[-MAX_EVENTS:]
            self.tables.history[upload_id] = kept

    def of(self, upload_id: UploadId) -> tuple[Event, ...]:
        return self.tables.history.get(upload_id, ())[-MAX_EVENTS:]

    def trim(self, age: timedelta, limit: int) -> int:
        before = self.clock.now() - age
        dropped = 0
        for upload_id, events in list(self.tables.history.items()):
            old = [each for each in events if each.at < before][: limit - dropped]
            dropped += len(old)
            self.tables.history[upload_id] = tuple(each for each in events if each not in old)
        return dropped
