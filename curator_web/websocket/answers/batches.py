"""Batches: made, filled, shown, retried, ended, paused."""

from __future__ import annotations

from collections.abc import Iterator

from curator_core.domain.ids import BatchId, SliceId, UploadId, UserId
from curator_core.ports.reports import Page
from curator_core.use_cases.add_uploads import SliceRefused
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.retry_uploads import Retried
from curator_web.protocol import mapping
from curator_web.protocol.client import (
    CancelBatch,
    CreateBatch,
    FetchBatches,
    FetchBatchUploads,
    FetchBatchUploadsPage,
    PauseBatch,
    ResumeBatch,
    RetryUploads,
    RetryUploadsSelected,
    UploadInOne,
    UploadSlice,
)
from curator_web.protocol.server import (
    Acknowledged,
    BatchChanged,
    BatchCreated,
    BatchesData,
    BatchesList,
    BatchUploadsData,
    BatchUploadsList,
    BatchUploadsPage,
    Error,
    RetryUploadsResponse,
    ServerMessage,
    UploadCreated,
    UploadSliceAck,
    UploadsPageData,
)
from curator_web.websocket.answers.desk import Desk, no_such_batch


def create_batch(desk: Desk, _: CreateBatch) -> Iterator[ServerMessage]:
    """A new batch of the visitor's."""
    batch = desk.application.create_batch(desk.visitor.user)
    yield BatchCreated(data=batch.id)


def upload_slice(desk: Desk, message: UploadSlice) -> Iterator[ServerMessage]:
    """Pictures for a batch of the visitor's."""
    sent = message.data
    accepted = desk.application.add_uploads(
        user=desk.visitor.user,
        token=desk.visitor.token,
        batch_id=BatchId(sent.batchid),
        slice_id=SliceId(sent.sliceid),
        handler=sent.handler,
        items=[mapping.item(each) for each in sent.items],
    )
    if isinstance(accepted, SliceRefused):
        yield Error(data=accepted.reason)
        return
    yield UploadSliceAck(
        data=tuple(
            Acknowledged(id=each.image_id, status=each.status.value) for each in accepted.items
        ),
        sliceid=sent.sliceid,
    )


def upload_in_one(desk: Desk, message: UploadInOne) -> Iterator[ServerMessage]:
    """A new batch of the visitor's, with its pictures."""
    created = desk.application.upload_in_one(
        user=desk.visitor.user,
        token=desk.visitor.token,
        handler=message.data.handler,
        items=[mapping.item(each) for each in message.data.items],
    )
    if isinstance(created, Refused):
        yield Error(data=created.reason)
        return
    yield UploadCreated(data=tuple(mapping.created_upload(each) for each in created.uploads))


def fetch_batches(desk: Desk, message: FetchBatches) -> Iterator[ServerMessage]:
    """A page of batches, whoever's they are."""
    asked = message.data
    found = desk.application.browse_lists.batches(
        Page(number=asked.page, limit=asked.limit),
        text=asked.filter,
        user_id=UserId(asked.userid) if asked.userid else None,
    )
    items = tuple(mapping.batch_item(each) for each in found.items)
    yield BatchesList(data=BatchesData(items=items, total=found.total), partial=False)


def fetch_batch_uploads(desk: Desk, message: FetchBatchUploads) -> Iterator[ServerMessage]:
    """A batch, whoever's it is."""
    shown = desk.application.show_batch(BatchId(message.data))
    if shown is None:
        yield Error(data=no_such_batch(message.data))
        return
    yield BatchUploadsList(
        data=BatchUploadsData(
            batch=mapping.batch_item(shown.batch),
            uploads=tuple(mapping.upload_item(each) for each in shown.uploads),
        )
    )


def fetch_batch_uploads_page(desk: Desk, message: FetchBatchUploadsPage) -> Iterator[ServerMessage]:
    """Some uploads of a batch, whoever's it is."""
    asked = message.data
    part = desk.application.show_batch.part(
        BatchId(asked.batchid),
        after=None if asked.after is None else UploadId(asked.after),
        limit=asked.limit,
        status=asked.status,
    )
    if part is None:
        yield Error(data=no_such_batch(asked.batchid))
        return
    yield BatchUploadsPage(
        data=UploadsPageData(
            batchid=asked.batchid,
            uploads=tuple(mapping.upload_item(each) for each in part.uploads),
            next=part.next,
        )
    )


def retry_uploads(desk: Desk, message: RetryUploads) -> Iterator[ServerMessage]:
    """Copies of what failed of a batch of the visitor's."""
    yield _retried(
        desk.application.retry_uploads(
            actor=desk.visitor.actor, token=desk.visitor.token, batch_id=BatchId(message.data)
        )
    )


def retry_uploads_selected(desk: Desk, message: RetryUploadsSelected) -> Iterator[ServerMessage]:
    """The same for some of them, corrected."""
    sent = message.data
    chosen = sent.upload_ids
    yield _retried(
        desk.application.retry_uploads(
            actor=desk.visitor.actor,
            token=desk.visitor.token,
            batch_id=BatchId(sent.batchid),
            uploads=None if chosen is None else [UploadId(each) for each in chosen],
            changes=mapping.changes(sent.changes),
        )
    )


def cancel_batch(desk: Desk, message: CancelBatch) -> Iterator[ServerMessage]:
    """What waits of a batch of the visitor's ends; who watches it is told."""
    stopped = desk.application.stop_uploads.cancel_batch(desk.visitor.actor, BatchId(message.data))
    if isinstance(stopped, Refused):
        yield Error(data=stopped.reason)


def pause_batch(desk: Desk, message: PauseBatch) -> Iterator[ServerMessage]:
    """A batch of the visitor's waits."""
    yield _paused(desk, message.data, paused=True)


def resume_batch(desk: Desk, message: ResumeBatch) -> Iterator[ServerMessage]:
    """A batch of the visitor's goes on."""
    yield _paused(desk, message.data, paused=False)


def _retried(outcome: Retried | Refused) -> ServerMessage:
    if isinstance(outcome, Refused):
        return Error(data=outcome.reason)
    return RetryUploadsResponse(data=outcome.batch_id)


def _paused(desk: Desk, batch_id: int, *, paused: bool) -> ServerMessage:
    changed = desk.application.pause_batch(desk.visitor.actor, BatchId(batch_id), paused=paused)
    if isinstance(changed, Refused):
        return Error(data=changed.reason)
    return BatchChanged(data=mapping.batch_item(changed))
