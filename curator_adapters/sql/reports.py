"""Read models from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, select

from curator_adapters.sql.batch_reports import BATCH_REPORTS, batch_report_of
from curator_adapters.sql.engine import reading
from curator_adapters.sql.mapping import captions_of, failure_of
from curator_adapters.sql.tables import BATCHES, UPLOADS
from curator_core.domain.ids import BatchId, ImageId, UploadId, UserId
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import BatchReport, UploadReport, UploadState

_uploads = UPLOADS.c

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
        with reading(self.engine) as connection:
            row = connection.execute(BATCH_REPORTS.where(BATCHES.c.id == batch_id)).first()
        return None if row is None else batch_report_of(row)

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
