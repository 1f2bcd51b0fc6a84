"""Takes uploads on, one atomic statement each."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, exists, func, select, update

from curator_adapters.sql.closed_gates import bars
from curator_adapters.sql.tables import BATCHES, GATES, UPLOADS, USERS
from curator_adapters.sql.times import later, now
from curator_core.domain.ids import LeaseToken, UploadId, UserId
from curator_core.domain.upload import UploadStatus

_uploads = UPLOADS.c
_QUEUED = _uploads.status == UploadStatus.QUEUED.value


def claim(
    connection: Connection,
    upload_id: UploadId,
    token: LeaseToken,
    lease: timedelta,
    user_concurrency: int,
) -> bool:
    """`Uploads.claim`; whether it is ours now."""
    found = connection.execute(
        select(_uploads.userid, _uploads.handler).where(_uploads.id == upload_id, _QUEUED)
    ).first()
    if found is None:
        return False
    user_id, handler = UserId(found[0]), found[1]
    # Two claims for one user would not see each other's, so they come one after another.
    connection.execute(select(USERS.c.userid).where(USERS.c.userid == user_id).with_for_update())
    others = UPLOADS.alias()
    under_way = (
        select(func.count())
        .select_from(others)
        .where(
            others.c.status == UploadStatus.IN_PROGRESS.value,
            others.c.lease_until > now(),
            others.c.userid == user_id,
        )
        .scalar_subquery()
    )
    # Read beforehand, since whoever pauses or stops holds the user's row too: a look at the batch
    # in the statement that writes would lock it, and whoever counts in it would wait for us with
    # an upload that we wait for.
    waits = connection.execute(
        select(_uploads.id)
        .join(BATCHES, BATCHES.c.id == _uploads.batchid)
        .where(_uploads.id == upload_id, BATCHES.c.paused.is_(True), _uploads.stop.is_(None))
    ).first()
    if waits is not None:
        return False
    barred = exists().where(bars(upload_id, user_id, handler)).select_from(GATES)
    claimed = connection.execute(
        update(UPLOADS)
        .where(_uploads.id == upload_id, _QUEUED, _uploads.not_before <= now())
        .where(under_way < user_concurrency, ~barred)
        .values(
            status=UploadStatus.IN_PROGRESS.value,
            lease_token=token,
            lease_until=later(lease),
            sent_until=None,
            attempts=_uploads.attempts + 1,
            updated_at=now(),
        )
    )
    return bool(claimed.rowcount)
