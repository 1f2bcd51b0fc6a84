"""What the server sends."""

from __future__ import annotations

import secrets
from typing import Literal

from pydantic import Field

from curator_web.protocol.shapes import (
    BatchItem,
    BatchUploadItem,
    Creator,
    HistoryEvent,
    MediaImage,
    PresetItem,
    Problem,
    UploadUpdateItem,
    Wire,
)


class Sent(Wire):
    """Every message of ours carries a text of its own."""

    nonce: str = Field(default_factory=lambda: secrets.token_hex(8))

    def frame(self) -> str:
        """The message as JSON; optional fields without a value are left out."""
        return self.model_dump_json(exclude_none=True)


class Error(Sent):
    """A sentence for the user."""

    type: Literal["ERROR"] = "ERROR"
    data: str


class CollectionData(Wire):
    """Pictures by id, whose creator is the first one's."""

    images: dict[str, MediaImage]
    creator: Creator
    problems: tuple[Problem, ...] | None = None


class CollectionImages(Sent):
    """A whole collection."""

    type: Literal["COLLECTION_IMAGES"] = "COLLECTION_IMAGES"
    data: CollectionData


class TryBatchRetrieval(Sent):
    """The collection comes in parts; a sentence."""

    type: Literal["TRY_BATCH_RETRIEVAL"] = "TRY_BATCH_RETRIEVAL"
    data: str


class CollectionImageIds(Sent):
    """The ids of the usable pictures: each of them follows."""

    type: Literal["COLLECTION_IMAGE_IDS"] = "COLLECTION_IMAGE_IDS"
    data: tuple[str, ...]


class PartialData(Wire):
    """Some pictures of a collection."""

    images: tuple[MediaImage, ...]
    collection: str
    problems: tuple[Problem, ...] | None = None


class PartialCollectionImages(Sent):
    """A part of a collection."""

    type: Literal["PARTIAL_COLLECTION_IMAGES"] = "PARTIAL_COLLECTION_IMAGES"
    data: PartialData


class BatchCreated(Sent):
    """The new batch's id."""

    type: Literal["BATCH_CREATED"] = "BATCH_CREATED"
    data: int


class Acknowledged(Wire):
    """What became of an item, by its source's id."""

    id: str
    status: str


class UploadSliceAck(Sent):
    """The slice is stored."""

    type: Literal["UPLOAD_SLICE_ACK"] = "UPLOAD_SLICE_ACK"
    data: tuple[Acknowledged, ...]
    sliceid: int


class Subscribed(Sent):
    """Changes of this batch follow."""

    type: Literal["SUBSCRIBED"] = "SUBSCRIBED"
    data: int


class UploadsUpdate(Sent):
    """Uploads as they are now."""

    type: Literal["UPLOADS_UPDATE"] = "UPLOADS_UPDATE"
    data: tuple[UploadUpdateItem, ...]


class UploadsComplete(Sent):
    """All uploads of this batch are finished."""

    type: Literal["UPLOADS_COMPLETE"] = "UPLOADS_COMPLETE"
    data: int


class BatchUploadsData(Wire):
    """A batch and its uploads."""

    batch: BatchItem
    uploads: tuple[BatchUploadItem, ...]


class BatchUploadsList(Sent):
    """The answer to `FETCH_BATCH_UPLOADS`."""

    type: Literal["BATCH_UPLOADS_LIST"] = "BATCH_UPLOADS_LIST"
    data: BatchUploadsData


class RetryUploadsResponse(Sent):
    """The batch that holds the copies."""

    type: Literal["RETRY_UPLOADS_RESPONSE"] = "RETRY_UPLOADS_RESPONSE"
    data: int


class BatchChanged(Sent):
    """A batch as it is now: the answer to `PAUSE_BATCH` and `RESUME_BATCH`."""

    type: Literal["BATCH_CHANGED"] = "BATCH_CHANGED"
    data: BatchItem


class CreatedUpload(Wire):
    """An upload of a batch that was made in one go."""

    id: int
    status: str
    image_id: str
    input: str
    batchid: int


class UploadCreated(Sent):
    """The answer to `UPLOAD`."""

    type: Literal["UPLOAD_CREATED"] = "UPLOAD_CREATED"
    data: tuple[CreatedUpload, ...]


class BatchesData(Wire):
    """Batches, and how many there are in all."""

    items: tuple[BatchItem, ...]
    total: int


class BatchesList(Sent):
    """A page of batches; `partial`: only those that changed."""

    type: Literal["BATCHES_LIST"] = "BATCHES_LIST"
    data: BatchesData
    partial: bool


class UploadsPageData(Wire):
    """Some uploads of a batch by id; `next` is the `after` of what follows, where something
    does."""

    batchid: int
    uploads: tuple[BatchUploadItem, ...]
    next: int | None = None


class BatchUploadsPage(Sent):
    """The answer to `FETCH_BATCH_UPLOADS_PAGE`."""

    type: Literal["BATCH_UPLOADS_PAGE"] = "BATCH_UPLOADS_PAGE"
    data: UploadsPageData


class HistoryData(Wire):
    """What happened to an upload, oldest first."""

    id: int
    events: tuple[HistoryEvent, ...]


class UploadHistory(Sent):
    """The answer to `FETCH_UPLOAD_HISTORY`."""

    type: Literal["UPLOAD_HISTORY"] = "UPLOAD_HISTORY"
    data: HistoryData


class PresetsData(Wire):
    """The visitor's presets for a source."""

    handler: str
    presets: tuple[PresetItem, ...]


class PresetsList(Sent):
    """The answer to whatever concerns presets."""

    type: Literal["PRESETS_LIST"] = "PRESETS_LIST"
    data: PresetsData


ServerMessage = (
    Error
    | CollectionImages
    | TryBatchRetrieval
    | CollectionImageIds
    | PartialCollectionImages
    | BatchCreated
    | UploadSliceAck
    | Subscribed
    | UploadsUpdate
    | UploadsComplete
    | BatchUploadsList
    | RetryUploadsResponse
    | BatchChanged
    | UploadCreated
    | BatchesList
    | BatchUploadsPage
    | UploadHistory
    | PresetsList
)
