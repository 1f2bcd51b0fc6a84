"""Read models from the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, select

from curator_adapters.sql.engine import reading
from curator_adapters.sql.lists.batches import batches, batches_of
from curator_adapters.sql.lists.failures import failures
from curator_adapters.sql.lists.found import STATE, UPLOAD_REPORT, state_of, upload_report_of
from curator_adapters.sql.lists.presets import presets
from curator_adapters.sql.lists.standing import standing
from curator_adapters.sql.lists.uploads import all_uploads
from curator_adapters.sql.lists.users import users
from curator_adapters.sql.tables import UPLOADS
from curator_core.domain.ids import BatchId, UploadId, UserId
from curator_core.domain.preset import Preset
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import (
    BatchReport,
    FailedBatch,
    FailureFilter,
    FailureOrder,
    Listed,
    Page,
    Standing,
    UploadFilter,
    UploadReport,
    UploadState,
    UserReport,
)

_uploads = UPLOADS.c


@dataclass(frozen=True, slots=True)
class SqlReports:
    """`Reports` on an engine that `make_engine` made."""

    engine: Engine

    def batch(self, batch_id: BatchId) -> BatchReport | None:
        with reading(self.engine) as connection:
            return next(iter(batches_of(connection, [batch_id])), None)

    def uploads(self, batch_id: BatchId) -> tuple[UploadReport, ...]:
        return tuple(upload_report_of(row) for row in self._of_batch(UPLOAD_REPORT, batch_id))

    def states(self, batch_id: BatchId) -> tuple[UploadState, ...]:
        return tuple(state_of(row) for row in self._of_batch(STATE, batch_id))

    def uploads_after(
        self,
        batch_id: BatchId,
        after: UploadId | None,
        limit: int,
        status: UploadStatus | None = None,
    ) -> tuple[UploadReport, ...]:
        question = select(*UPLOAD_REPORT).where(_uploads.batchid == batch_id)
        if after is not None:
            question = question.where(_uploads.id > after)
        if status is not None:
            question = question.where(_uploads.status == status.value)
        with reading(self.engine) as connection:
            rows = connection.execute(question.order_by(_uploads.id).limit(limit)).all()
        return tuple(upload_report_of(row) for row in rows)

    def batches(
        self, page: Page, *, text: str | None = None, user_id: UserId | None = None
    ) -> Listed[BatchReport]:
        with reading(self.engine) as connection:
            return batches(connection, page, text, user_id)

    def batches_of(self, ids: Collection[BatchId]) -> tuple[BatchReport, ...]:
        with reading(self.engine) as connection:
            return batches_of(connection, ids)

    def users(self, page: Page, *, text: str | None = None) -> Listed[UserReport]:
        with reading(self.engine) as connection:
            return users(connection, page, text)

    def all_uploads(self, page: Page, which: UploadFilter) -> Listed[UploadReport]:
        with reading(self.engine) as connection:
            return all_uploads(connection, page, which)

    def presets(self, page: Page, *, text: str | None = None) -> Listed[Preset]:
        with reading(self.engine) as connection:
            return presets(connection, page, text)

    def failures(
        self, page: Page, which: FailureFilter, order: FailureOrder
    ) -> Listed[FailedBatch]:
        with reading(self.engine) as connection:
            return failures(connection, page, which, order)

    def standing(self) -> Standing:
        with reading(self.engine) as connection:
            return standing(connection)

    def _of_batch(
        self, columns: Sequence[ColumnElement[Any]], batch_id: BatchId
    ) -> Sequence[Row[Any]]:
        question = select(*columns).where(_uploads.batchid == batch_id)
        with reading(self.engine) as connection:
            return connection.execute(question.order_by(_uploads.id)).all()
