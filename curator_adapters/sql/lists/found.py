"""Uploads as lists show them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row

from curator_adapters.sql.mapping import captions_of, failure_of
from curator_adapters.sql.tables import UPLOADS
from curator_core.domain.ids import BatchId, ImageId, UploadId, UserId
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import UploadReport, UploadState

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
UPLOAD_REPORT: tuple[ColumnElement[Any], ...] = (
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
    _uploads.collection,
    _uploads.copyright_override,
    _uploads.celery_task_id,
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


def upload_report_of(row: Row[Any]) -> UploadReport:
    """What a row with the columns of `UPLOAD_REPORT` tells."""
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
        collection=row.collection or "",
        copyright_override=row.copyright_override,
        message_id=row.celery_task_id,
    )
