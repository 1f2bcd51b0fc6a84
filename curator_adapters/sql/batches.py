"""Batches in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.mapping import batch_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS, BatchRow
from curator_adapters.sql.tallies import recount
from curator_adapters.sql.times import now
from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId, EditGroupId, UserId
from curator_core.domain.upload import UploadStatus
from curator_core.ports.work import Recounted

_uploads = UPLOADS.c
_QUEUED = _uploads.status == UploadStatus.QUEUED.value

_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_FAR = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlBatches:
    session: Session

    def add(
        self, user_id: UserId, edit_group_id: EditGroupId, retry_of: BatchId | None = None
    ) -> Batch:
        inserted = self.session.connection().execute(
            insert(BATCHES).values(
                userid=user_id,
                edit_group_id=edit_group_id,
                created_at=now(),
                updated_at=now(),
                retry_of=retry_of,
            )
        )
        key = inserted.inserted_primary_key
        row = self.session.scalars(
            select(BatchRow).where(BATCHES.c.id == (key[0] if key else None))
        ).one()
        return batch_of(row)

    def get(self, batch_id: BatchId) -> Batch | None:
        row = self.session.scalar(select(BatchRow).where(BATCHES.c.id == batch_id))
        return None if row is None else batch_of(row)

    def recount(self, after: BatchId | None, limit: int) -> Recounted:
        wrong, last = recount(self.session.connection(), after or 0, limit)
        return Recounted(wrong=tuple(wrong), last=None if last is None else BatchId(last))

    def pause(self, batch_id: BatchId, *, paused: bool) -> None:
        connection = self.session.connection()
        owner = connection.scalar(select(BATCHES.c.userid).where(BATCHES.c.id == batch_id))
        # As accepting and claiming do: those come before us or after us.
        connection.execute(select(USERS.c.userid).where(USERS.c.userid == owner).with_for_update())
        changed = select(BATCHES.c.id).where(
            BATCHES.c.id == batch_id, BATCHES.c.paused.is_not(paused)
        )
        if connection.execute(changed).first() is None:
            return
        # The batch's own row comes last: whoever holds one of its uploads counts it there.
        waiting = update(UPLOADS).where(_uploads.batchid == batch_id, _QUEUED)
        if paused:
            # Out of sight: dispatchers would look through them again and again once they are due.
            connection.execute(waiting.where(_uploads.stop.is_(None)).values(not_before=_NEVER))
        else:
            connection.execute(waiting.where(_uploads.not_before > _FAR).values(not_before=now()))
        connection.execute(
            update(BATCHES).where(BATCHES.c.id == batch_id).values(paused=paused, updated_at=now())
        )
