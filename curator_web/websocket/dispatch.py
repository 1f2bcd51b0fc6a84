"""THE table: which message goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from curator_core.domain.ids import BatchId, UserId
from curator_web.batch_lists import WhichBatches
from curator_web.protocol.client import (
    CancelBatch,
    CheckBatch,
    CheckCategoriesDeleted,
    ClientMessage,
    CreateBatch,
    CreateCategory,
    DeletePreset,
    FetchBatches,
    FetchBatchUploads,
    FetchBatchUploadsPage,
    FetchImages,
    FetchPresets,
    FetchRedlinks,
    FetchUploadHistory,
    FetchWantedCategories,
    PauseBatch,
    RecategorizeFiles,
    ResumeBatch,
    RetryUploads,
    RetryUploadsSelected,
    SavePreset,
    SubscribeBatch,
    SubscribeBatchesList,
    UnsubscribeBatch,
    UnsubscribeBatchesList,
    UploadInOne,
    UploadSlice,
)
from curator_web.protocol.server import (
    BatchChanged,
    BatchCreated,
    BatchesList,
    BatchUploadsList,
    BatchUploadsPage,
    CollectionImageIds,
    CollectionImages,
    PartialCollectionImages,
    PresetsList,
    RetryUploadsResponse,
    Sent,
    ServerMessage,
    Subscribed,
    TryBatchRetrieval,
    UploadCreated,
    UploadHistory,
    UploadsComplete,
    UploadSliceAck,
    UploadsUpdate,
)
from curator_web.websocket.answers import batches, history, images, presets
from curator_web.websocket.answers.desk import Desk
from curator_web.websocket.answers.unbuilt import not_yet


class Lane(Enum):
    """What waits for what on one connection.

    `ASK`: a few side by side, so that a slow answer holds up no other; `CHANGE`: one after the
    other, in the order they came; `BROWSE`: like `ASK`, but the waiting is for somebody else's
    server, so that these get threads of their own.
    """

    ASK = auto()
    BROWSE = auto()
    CHANGE = auto()


@dataclass(frozen=True, slots=True)
class Answered:
    """A message that a use case answers. `answer` takes a `Desk` and the message; `replies` are
    what it may be answered by, beside an error."""

    answer: Callable[[Desk, Any], Iterator[ServerMessage]]
    lane: Lane
    replies: tuple[type[Sent], ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """A message about which batch the connection watches from now on, if any."""

    batch: Callable[[Any], BatchId | None]
    replies: tuple[type[Sent], ...] = ()


@dataclass(frozen=True, slots=True)
class WatchingList:
    """A message about which batches' list the connection watches from now on, if any; a page
    beyond the first is answered once and not watched."""

    which: Callable[[Any], WhichBatches | None]
    answer: Callable[[Desk, Any], Iterator[ServerMessage]] | None = None
    replies: tuple[type[Sent], ...] = ()


def _first_page(message: FetchBatches) -> WhichBatches | None:
    asked = message.data
    if asked.page != 1:
        return None
    user_id = UserId(asked.userid) if asked.userid else None
    return WhichBatches(text=asked.filter, user_id=user_id, limit=asked.limit)


def _newest(message: SubscribeBatchesList) -> WhichBatches:
    asked = message.data
    return WhichBatches(text=asked.filter, user_id=UserId(asked.userid) if asked.userid else None)


TABLE: Mapping[type[ClientMessage], Answered | Watching | WatchingList] = {
    FetchImages: Answered(
        images.fetch_images,
        Lane.BROWSE,
        (
            CollectionImages,
            TryBatchRetrieval,
            CollectionImageIds,
            PartialCollectionImages,
        ),
    ),
    CreateBatch: Answered(batches.create_batch, Lane.CHANGE, (BatchCreated,)),
    UploadSlice: Answered(batches.upload_slice, Lane.CHANGE, (UploadSliceAck,)),
    UploadInOne: Answered(batches.upload_in_one, Lane.CHANGE, (UploadCreated,)),
    SubscribeBatch: Watching(
        lambda message: BatchId(message.data), (Subscribed, UploadsUpdate, UploadsComplete)
    ),
    UnsubscribeBatch: Watching(lambda _: None),
    FetchBatches: WatchingList(_first_page, batches.fetch_batches, (BatchesList,)),
    SubscribeBatchesList: WatchingList(_newest, replies=(BatchesList,)),
    UnsubscribeBatchesList: WatchingList(lambda _: None),
    FetchBatchUploads: Answered(batches.fetch_batch_uploads, Lane.ASK, (BatchUploadsList,)),
    FetchBatchUploadsPage: Answered(
        batches.fetch_batch_uploads_page, Lane.ASK, (BatchUploadsPage,)
    ),
    FetchUploadHistory: Answered(history.fetch_upload_history, Lane.ASK, (UploadHistory,)),
    RetryUploads: Answered(batches.retry_uploads, Lane.CHANGE, (RetryUploadsResponse,)),
    RetryUploadsSelected: Answered(
        batches.retry_uploads_selected, Lane.CHANGE, (RetryUploadsResponse,)
    ),
    CancelBatch: Answered(batches.cancel_batch, Lane.CHANGE),
    PauseBatch: Answered(batches.pause_batch, Lane.CHANGE, (BatchChanged,)),
    ResumeBatch: Answered(batches.resume_batch, Lane.CHANGE, (BatchChanged,)),
    FetchPresets: Answered(presets.fetch_presets, Lane.CHANGE, (PresetsList,)),
    SavePreset: Answered(presets.save_preset, Lane.CHANGE, (PresetsList,)),
    DeletePreset: Answered(presets.delete_preset, Lane.CHANGE, (PresetsList,)),
    CheckBatch: Answered(not_yet, Lane.ASK),
    CheckCategoriesDeleted: Answered(not_yet, Lane.ASK),
    CreateCategory: Answered(not_yet, Lane.CHANGE),
    FetchRedlinks: Answered(not_yet, Lane.ASK),
    FetchWantedCategories: Answered(not_yet, Lane.ASK),
    RecategorizeFiles: Answered(not_yet, Lane.CHANGE),
}
