"""Read models from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, func, select
from sqlalchemy.orm import Session

from curator_adapters.sql.engine import reading
from curator_adapters.sql.mapping import batch_of, captions_of, failure_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS, BatchRow
from curator_adapters.sql.times import UtcTime, now
from curator_core.domain.ids import BatchId, ImageId, UploadId, UserId
from curator_core.domain.upload import DUPLICATES, UploadStatus
from curator_core.ports.reports import BatchReport, BatchStats, UploadReport, UploadState

_uploads = UPLOADS.c

_UNFINISHED = (UploadStatus.QUEUED.value, UploadStatus.IN_PROGRESS.value)
STATE: tuple[ColumnElement[Any], ...] = (
    _uploads.id,
    _uploads.batchid,
    _uploads.status,
    _uploads.key,
    _uploads.handler,
    _uploads.error,
    _uploads.success,
)
_REPORT: tuple[ColumnElement[Any], ...] = (
    *STATE,
    _uploads.userid,
    _uploads.filename,
    _uploads.wikitext,
    _uploads.labels,
    _uploads.captions,
    _uploads.result,
    _uploads.publish_at,
    _uploads.created_at,
    _uploads.updated_at,
)


@dataclass(frozen=True, slots=True)
class SqlReports:
    """`Reports` on an engine that `make_engine` made."""

    engine: Engine

    def batch(self, batch_id: BatchId) -> BatchReport | None:
        # Of those that are finished only their number is read, from the index alone.
        last_slot = (
            select(func.max(_uploads.publish_at, type_=UtcTime()))
            .where(_uploads.batchid == batch_id, _uploads.status.in_(_UNFINISHED))
            .scalar_subquery()
        )
        question = (
            select(
                BatchRow,
                USERS.c.username,
                _uploads.status,
                func.count(_uploads.id),
                last_slot,
                now(),
            )
            .join(USERS, USERS.c.userid == BATCHES.c.userid)
            .outerjoin(UPLOADS, _uploads.batchid == BATCHES.c.id)
            .where(BATCHES.c.id == batch_id)
            .group_by(BATCHES.c.id, USERS.c.userid, _uploads.status)
        )
        with reading(self.engine) as connection, Session(connection) as session:
            rows = session.execute(question).all()
        if not rows:
            return None
        batch, username = batch_of(rows[0][0]), rows[0][1]
        stats = _stats({row[2]: row[3] for row in rows if row[2] is not None})
        last_slot, moment = rows[0][4:]
        can_be_known = stats.unfinished and not batch.paused
        return BatchReport(
            id=batch.id,
            user_id=batch.user_id,
            username=username,
            edit_group_id=batch.edit_group_id,
            created_at=batch.created_at,
            updated_at=batch.updated_at,
            stats=stats,
            paused=batch.paused,
            done_at=max(last_slot or moment, moment) if can_be_known else None,
        )

    def uploads(self, batch_id: BatchId) -> tuple[UploadReport, ...]:
        return tuple(_upload_report(row) for row in self._of_batch(_REPORT, batch_id))

    def states(self, batch_id: BatchId) -> tuple[UploadState, ...]:
        return tuple(state_of(row) for row in self._of_batch(STATE, batch_id))

    def _of_batch(
        self, columns: Sequence[ColumnElement[Any]], batch_id: BatchId
    ) -> Sequence[Row[Any]]:
        question = select(*columns).where(_uploads.batchid == batch_id)
        with reading(self.engine) as connection:
            return connection.execute(question.order_by(_uploads.id)).all()


def _stats(counts: Mapping[str, int]) -> BatchStats:
    return BatchStats(
        total=sum(counts.values()),
        queued=counts.get(UploadStatus.QUEUED, 0),
        in_progress=counts.get(UploadStatus.IN_PROGRESS, 0),
        completed=counts.get(UploadStatus.COMPLETED, 0),
        failed=counts.get(UploadStatus.FAILED, 0),
        cancelled=counts.get(UploadStatus.CANCELLED, 0),
        duplicate=sum(counts.get(status, 0) for status in DUPLICATES),
    )


def state_of(row: Row[Any]) -> UploadState:
    """What a watcher needs of an upload; `row` has the columns of `STATE`."""
    return UploadState(
        id=UploadId(row.id),
        batch_id=BatchId(row.batchid),
        status=UploadStatus(row.status),
        image_id=ImageId(row.key),
        handler=row.handler,
        failure=failure_of(row.error),
        success=row.success,
    )


def _upload_report(row: Row[Any]) -> UploadReport:
    return UploadReport(
        state=state_of(row),
        user_id=UserId(row.userid),
        filename=row.filename,
        wikitext=row.wikitext,
        captions=captions_of(row.labels, row.captions),
        result=row.result,
        publish_at=row.publish_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
