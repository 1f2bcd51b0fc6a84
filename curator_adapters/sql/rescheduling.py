"""New slots for all that a user has waiting, in one statement."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, case, func, select, update

from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS
from curator_adapters.sql.times import later_by, microseconds, now
from curator_core.domain.ids import UserId
from curator_core.domain.upload import UploadStatus

_uploads = UPLOADS.c
_QUEUED = _uploads.status == UploadStatus.QUEUED.value


def reschedule(
    connection: Connection,
    user_id: UserId,
    start: timedelta,
    interval: timedelta,
    lead: timedelta,
) -> timedelta | None:
    """`Uploads.reschedule`."""
    # As a claim does: whoever hands out this user's uploads, or reschedules them too, comes
    # before us or after us.
    connection.execute(select(USERS.c.userid).where(USERS.c.userid == user_id).with_for_update())
    place = func.row_number().over(order_by=(_uploads.publish_at, _uploads.id))
    # The former times are read here, since MariaDB may write one before it reckons the other.
    waiting = (
        select(_uploads.id, _uploads.publish_at, _uploads.not_before, place.label("place"))
        .join(BATCHES, _uploads.batchid == BATCHES.c.id)
        .where(_QUEUED, _uploads.userid == user_id, _uploads.publish_at.is_not(None))
        .where(BATCHES.c.paused.is_(False))
        .subquery()
    ).c
    wait = microseconds(start) + (waiting.place - 1) * microseconds(interval)
    slot, begins = later_by(wait), later_by(wait - microseconds(lead))
    held = case((waiting.not_before > waiting.publish_at, waiting.not_before), else_=now())
    moved = connection.execute(
        update(UPLOADS)
        .where(_uploads.id == waiting.id, _QUEUED)
        .values(publish_at=slot, not_before=case((held > begins, held), else_=begins))
    )
    return start + moved.rowcount * interval if moved.rowcount else None
