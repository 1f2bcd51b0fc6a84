"""Uploads whose worker fell silent."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from curator_adapters.sql.tables import RIGHTS, UPLOADS
from curator_adapters.sql.times import now
from curator_adapters.sql.waiting import IN_PROGRESS
from curator_core.domain.upload import UploadStatus

_uploads = UPLOADS.c


def rescue(connection: Connection, limit: int) -> list[int]:
    """`Uploads.rescue`; answers the ids, in order."""
    silent = (
        select(_uploads.id)
        .where(IN_PROGRESS, _uploads.lease_until <= now())
        .order_by(_uploads.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = sorted(connection.scalars(silent))
    if ids:
        connection.execute(
            update(UPLOADS)
            .where(_uploads.id.in_(ids))
            .values(
                status=UploadStatus.QUEUED.value,
                lease_token=None,
                lease_until=None,
                sent_until=None,
                not_before=now(),
                updated_at=now(),
            )
        )
        connection.execute(delete(RIGHTS).where(RIGHTS.c.upload_id.in_(ids)))
    return ids
