"""Puts right what a release without slots and leases left in the queue."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Connection, bindparam, func, select, update

from curator_adapters.sql.tables import UPLOADS
from curator_adapters.sql.times import now
from curator_core.domain.upload import UploadStatus

_uploads = UPLOADS.c


def adopt(connection: Connection) -> None:
    """Gives waiting uploads a slot, and puts those at work without a lease back to the queue.

    Changes nothing where there are none; so it may run at every start, also after an older
    release was used for a while.
    """
    _settle_abandoned(connection)
    connection.execute(
        update(UPLOADS)
        .where(_uploads.status == UploadStatus.QUEUED.value, _uploads.not_before.is_(None))
        .values(publish_at=func.coalesce(_uploads.publish_at, now()), not_before=now())
    )


def _settle_abandoned(connection: Connection) -> None:
    """Nobody knows whether these were published: the next attempt has to ask the wiki whether
    the title holds our bytes since the upload was asked for."""
    abandoned = connection.execute(
        select(_uploads.id, _uploads.created_at).where(
            _uploads.status == UploadStatus.IN_PROGRESS.value, _uploads.lease_token.is_(None)
        )
    ).all()
    if not abandoned:
        return
    connection.execute(
        update(UPLOADS)
        .where(_uploads.id == bindparam("upload"))
        .values(
            status=UploadStatus.QUEUED.value,
            publish_at=now(),
            not_before=now(),
            updated_at=now(),
            checkpoint=bindparam("begun"),
        ),
        [
            {"upload": row[0], "begun": {"publish_begun": row[1].astimezone(UTC).isoformat()}}
            for row in abandoned
        ],
    )
