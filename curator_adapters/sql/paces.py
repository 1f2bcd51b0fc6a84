"""How fast users publish, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.absent import insert_where_absent
from curator_adapters.sql.tables import PACES
from curator_adapters.sql.times import later, microseconds, now
from curator_core.domain.ids import UserId

_paces = PACES.c

_PART = 8
"""A faster upload counts as one of so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPaces:
    session: Session

    def usual_lead(self, user_id: UserId) -> timedelta | None:
        lead = self.session.scalar(select(_paces.lead_us).where(_paces.userid == user_id))
        return None if lead is None else timedelta(microseconds=lead)

    def note_lead(self, user_id: UserId, took: timedelta) -> None:
        us = microseconds(took)
        grown = or_(_paces.lead_us.is_(None), _paces.lead_us <= us)
        nearer = _paces.lead_us - (_paces.lead_us - us) // _PART
        self._write(user_id, {"lead_us": case((grown, us), else_=nearer)})

    def publish_wait(self, user_id: UserId) -> timedelta:
        return max(self._until_allowed(user_id), timedelta(0))

    def published(self, user_id: UserId, interval: timedelta, slack: timedelta) -> None:
        late = max(-self._until_allowed(user_id), timedelta(0))
        self._write(user_id, {"publish_after": later(interval - min(late, slack))})

    def _until_allowed(self, user_id: UserId) -> timedelta:
        """Negative where that is past; zero where nothing was ever published."""
        found = self.session.execute(
            select(_paces.publish_after, now()).where(_paces.userid == user_id)
        ).one_or_none()
        if found is None or found[0] is None:
            return timedelta(0)
        wait: timedelta = found[0] - found[1]
        return wait

    def _write(self, user_id: UserId, values: dict[str, object]) -> None:
        connection = self.session.connection()
        insert_where_absent(connection, PACES, [{"userid": user_id}])
        connection.execute(update(PACES).where(_paces.userid == user_id).values(**values))
