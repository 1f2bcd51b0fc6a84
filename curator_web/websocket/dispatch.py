"""THE table: which message goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from curator_core.domain.ids import BatchId
from curator_web.protocol.client import (
    CancelBatch,
    ClientMessage,
    CreateBatch,
    FetchBatchUploads,
    FetchImages,
    PauseBatch,
    ResumeBatch,
    RetryUploads,
    RetryUploadsSelected,
    SubscribeBatch,
    UnsubscribeBatch,
    UploadSlice,
)
from curator_web.protocol.server import ServerMessage
from curator_web.websocket import answers


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
    """A message that a use case answers. `answer` takes a `Desk` and the message."""

    answer: Callable[[answers.Desk, Any], Iterator[ServerMessage]]
    lane: Lane


@dataclass(frozen=True, slots=True)
class Watching:
    """A message about which batch the connection watches from now on, if any."""

    batch: Callable[[Any], BatchId | None]


TABLE: Mapping[type[ClientMessage], Answered | Watching] = {
    FetchImages: Answered(answers.fetch_images, Lane.BROWSE),
    CreateBatch: Answered(answers.create_batch, Lane.CHANGE),
    UploadSlice: Answered(answers.upload_slice, Lane.CHANGE),
    SubscribeBatch: Watching(lambda message: BatchId(message.data)),
    UnsubscribeBatch: Watching(lambda _: None),
    FetchBatchUploads: Answered(answers.fetch_batch_uploads, Lane.ASK),
    RetryUploads: Answered(answers.retry_uploads, Lane.CHANGE),
    RetryUploadsSelected: Answered(answers.retry_uploads_selected, Lane.CHANGE),
    CancelBatch: Answered(answers.cancel_batch, Lane.CHANGE),
    PauseBatch: Answered(answers.pause_batch, Lane.CHANGE),
    ResumeBatch: Answered(answers.resume_batch, Lane.CHANGE),
}
