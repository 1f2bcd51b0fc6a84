"""Read models: flat rows, as lists and messages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from curator_core.domain.caption import Caption
from curator_core.domain.ids import BatchId, EditGroupId, ImageId, UploadId, UserId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import UploadStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadState:
    """What a watcher needs of an upload."""

    id: UploadId
    batch_id: BatchId
    status: UploadStatus
    image_id: ImageId
    handler: str
    failure: Failure | None = None
    success: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReport:
    """An upload as a list shows it."""

    state: UploadState
    user_id: UserId
    filename: str
    wikitext: str
    captions: tuple[Caption, ...]
    result: str | None
    publish_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStats:
    """Uploads of a batch by state; `duplicate` counts the three duplicate states together."""

    total: int = 0
    queued: int = 0
    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    duplicate: int = 0

    @property
    def unfinished(self) -> int:
        """Uploads in no final state yet."""
        return self.queued + self.in_progress


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """A batch as a list shows it. `done_at` is the last slot of what waits, or now where that is
    past; None where nothing is unfinished, or the batch is paused, since nobody can know."""

    id: BatchId
    user_id: UserId
    username: str
    edit_group_id: EditGroupId | None
    created_at: datetime
    updated_at: datetime
    stats: BatchStats
    paused: bool = False
    done_at: datetime | None = None


class Reports(Protocol):
    """Reads for people; one query each, outside any unit of work. All raise `ServiceDown`."""

    def batch(self, batch_id: BatchId) -> BatchReport | None:
        """A batch with its counts, or None where there is none."""
        ...

    def uploads(self, batch_id: BatchId) -> tuple[UploadReport, ...]:
        """All uploads of a batch by id; empty where there is no such batch."""
        ...

    def states(self, batch_id: BatchId) -> tuple[UploadState, ...]:
        """The same, with what a watcher needs and nothing more."""
        ...
