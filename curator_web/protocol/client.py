"""What clients send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

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


ClientMessage = (
    FetchImages | CreateBatch | UploadSlice | SubscribeBatch | UnsubscribeBatch | FetchBatchUploads
)

NOT_YET = frozenset(
    {
        "CANCEL_BATCH",
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
        "PAUSE_BATCH",
        "RECATEGORIZE_FILES",
        "RESUME_BATCH",
        "RETRY_UPLOADS",
        "RETRY_UPLOADS_SELECTED",
        "SAVE_PRESET",
        "SUBSCRIBE_BATCHES_LIST",
        "UNSUBSCRIBE_BATCHES_LIST",
        "UPLOAD",
    }
)
"""Messages of the contract that this release does not answer yet."""
