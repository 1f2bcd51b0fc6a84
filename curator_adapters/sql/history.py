"""What happened to uploads, in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from curator_adapters.sql.tables import EVENTS, EventRow
from curator_adapters.sql.times import later
from curator_core.domain.history import Event, EventKind
from curator_core.domain.ids import UploadId
from curator_core.ports.history import MAX_EVENTS

_events = EVENTS.c
_LONG = frozenset({EventKind.WAIT, EventKind.ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlHistory:
    session: Session

    def note(self, noted: Mapping[UploadId, Sequence[Event]]) -> None:
        rows = [_values(of, each) for of, events in noted.items() for each in events]
        if not rows:
            return
        self.session.connection().execute(insert(EVENTS), rows)
        for upload_id, events in noted.items():
            if any(each.kind in _LONG for each in events):
                self._drop_oldest(upload_id)

    def of(self, upload_id: UploadId) -> tuple[Event, ...]:
        newest = (
            select(EventRow)
            .where(_events.upload_id == upload_id)
            .order_by(_events.id.desc())
            .limit(MAX_EVENTS)
        )
        return tuple(_event(row) for row in reversed(self.session.scalars(newest).all()))

    def trim(self, age: timedelta, limit: int) -> int:
        connection = self.session.connection()
        old = select(_events.id).where(_events.at < later(-age)).order_by(_events.at).limit(limit)
        ids = connection.scalars(old).all()
        if ids:
            connection.execute(delete(EVENTS).where(_events.id.in_(ids)))
        return len(ids)

    def _drop_oldest(self, upload_id: UploadId) -> None:
        connection = self.session.connection()
        first_kept = connection.scalar(
            select(_events.id)
            .where(_events.upload_id == upload_id)
            .order_by(_events.id.desc())
            .limit(1)
            .offset(MAX_EVENTS - 1)
        )
        if first_kept is not None:
            connection.execute(
                delete(EVENTS).where(_events.upload_id == upload_id, _events.id < first_kept)
            )


def _values(upload_id: UploadId, event: Event) -> dict[str, object]:
    return {
        "upload_id": upload_id,
        "at": event.at,
        "kind": event.kind.value,
        "what": event.what,
        "step": event.step,
        "code": event.code,
        "until": event.until,
    }


def _event(row: EventRow) -> Event:
    return Event(
        at=row.at,
        kind=EventKind(row.kind),
        what=row.what,
        step=row.step,
        code=row.code,
        until=row.until,
    )
