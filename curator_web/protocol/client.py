"""What clients send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from curator_web.protocol.chosen import Changes, ChosenIds
from curator_web.protocol.shapes import DatabaseId, LargeId, UploadItem, Wire

Handler = Annotated[str, Field(min_length=1, max_length=255)]


class FetchImages(Wire):
    """Asks what stands at an address."""

    type: Literal["FETCH_IMAGES"]
    data: Annotated[str, Field(max_length=2000)]
    handler: Handler


class CreateBatch(Wire):
    """Starts a batch."""

    type: Literal["CREATE_BATCH"]


class SliceData(Wire):
    """Some pictures for a batch."""

    batchid: DatabaseId
    sliceid: LargeId
    items: tuple[UploadItem, ...]
    handler: Handler = "mapillary"


class UploadSlice(Wire):
    """Adds pictures to a batch."""

    type: Literal["UPLOAD_SLICE"]
    data: SliceData


class SubscribeBatch(Wire):
    """Wants to be told of a batch's changes."""

    type: Literal["SUBSCRIBE_BATCH"]
    data: DatabaseId


class UnsubscribeBatch(Wire):
    """Wants to hear no more."""

    type: Literal["UNSUBSCRIBE_BATCH"]


class FetchBatchUploads(Wire):
    """Asks for a batch and its uploads."""

    type: Literal["FETCH_BATCH_UPLOADS"]
    data: DatabaseId


class RetryUploads(Wire):
    """Wants what failed of a batch tried again."""

    type: Literal["RETRY_UPLOADS"]
    data: DatabaseId


class SelectedData(Wire):
    """Some of a batch's uploads, or all; and what their copies are to have instead."""

    batchid: DatabaseId
    upload_ids: ChosenIds | None = None
    changes: Changes | None = None


class RetryUploadsSelected(Wire):
    """The same for chosen ones, corrected."""

    type: Literal["RETRY_UPLOADS_SELECTED"]
    data: SelectedData


class CancelBatch(Wire):
    """Wants the rest of a batch not to be uploaded."""

    type: Literal["CANCEL_BATCH"]
    data: DatabaseId


class PauseBatch(Wire):
    """Wants a batch to wait."""

    type: Literal["PAUSE_BATCH"]
    data: DatabaseId


class ResumeBatch(Wire):
    """Wants it to go on."""

    type: Literal["RESUME_BATCH"]
    data: DatabaseId


ClientMessage = (
    FetchImages
    | CreateBatch
    | UploadSlice
    | SubscribeBatch
    | UnsubscribeBatch
    | FetchBatchUploads
    | RetryUploads
    | RetryUploadsSelected
    | CancelBatch
    | PauseBatch
    | ResumeBatch
)

NOT_YET = frozenset(
    {
        "CHECK_BATCH",
        "CHECK_CATEGORIES_DELETED",
        "CREATE_CATEGORY",
        "DELETE_PRESET",
        "FETCH_BATCHES",
        "FETCH_BATCH_UPLOADS_PAGE",
        "FETCH_PRESETS",
        "FETCH_REDLINKS",
        "FETCH_UPLOAD_HISTORY",
        "FETCH_WANTED_CATEGORIES",
        "RECATEGORIZE_FILES",
        "SAVE_PRESET",
        "SUBSCRIBE_BATCHES_LIST",
        "UNSUBSCRIBE_BATCHES_LIST",
        "UPLOAD",
    }
)
"""Messages of the contract that this release does not answer yet."""
