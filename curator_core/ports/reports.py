"""Read models: flat rows, as lists and messages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from curator_core.domain.caption import Caption
from curator_core.domain.error_type import ErrorType
from curator_core.domain.ids import BatchId, EditGroupId, ImageId, UploadId, UserId
from curator_core.domain.outcome import Failure
from curator_core.domain.preset import Preset
from curator_core.domain.upload import UploadStatus

TOTAL_BOUND = 10_000
"""Totals of filtered lists are exact up to here, and then this (PROTOCOL.md, HTTP)."""

MAX_LIMIT = 500
"""What a page of a list holds at most."""

MAX_SHOWN_FAILURES = 500
"""How many failed uploads of one batch `Reports.failures` brings along."""

Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list: pages count from 1."""

    number: int = 1
    limit: int = 100

    def __post_init__(self) -> None:
        if self.number < 1 or not 1 <= self.limit <= MAX_LIMIT:
            raise ValueError(f"there is no page {self.number} of {self.limit}")

    @property
    def offset(self) -> int:
        """How many items come before it."""
        return (self.number - 1) * self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[Item]):
    """A page's items, and how many there are on all pages: exactly, for a filtered list up to
    `TOTAL_BOUND`."""

    items: tuple[Item, ...]
    total: int


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
    collection: str = ""
    copyright_override: bool = False
    message_id: str | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UserReport:
    """Somebody who logged in."""

    id: UserId
    username: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFilter:
    """Which uploads of all: those of any of `statuses` (none means all), created from `since` on
    and before `until`, that `text` fits: an id, the beginning of the user's name, the words of
    the file name, or a status."""

    text: str | None = None
    statuses: frozenset[UploadStatus] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


class FailureOrder(StrEnum):
    """`sort_by` of the failed ones: the newest batch first, the largest, by the error of most of
    its failed uploads, by the user's name."""

    RECENT = "recent"
    BATCH_SIZE = "batchSize"
    ERROR_TYPE = "errorType"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureFilter:
    """Which failed uploads, as in `UploadFilter`."""

    text: str | None = None
    error_type: ErrorType | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedUpload:
    """An upload that failed, as a list of failures shows it."""

    state: UploadState
    filename: str
    error_type: ErrorType
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedBatch:
    """A batch with failed uploads. `failed_count` counts those that fit the filter, `uploads`
    holds the first `MAX_SHOWN_FAILURES` of them; `handler` is that of the first."""

    batch_id: BatchId
    user_id: UserId
    username: str
    edit_group_id: EditGroupId | None
    created_at: datetime
    handler: str
    failed_count: int
    total: int
    uploads: tuple[FailedUpload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All uploads at a glance: how many are in which state, and of those queued how many wait for
    a slot (`paced`) and how many do not (exempt users, administrators' retries)."""

    stats: BatchStats
    queued_paced: int
    queued_unpaced: int


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

    def uploads_after(
        self,
        batch_id: BatchId,
        after: UploadId | None,
        limit: int,
        status: UploadStatus | None = None,
    ) -> tuple[UploadReport, ...]:
        """The first `limit` of a batch's uploads by id whose ids are above `after`."""
        ...

    def batches(
        self, page: Page, *, text: str | None = None, user_id: UserId | None = None
    ) -> Listed[BatchReport]:
        """Batches, the newest first. `text` fits a batch's id, the beginning of its user's name,
        a status that some of its uploads have, or words that its file names have between them."""
        ...

    def batches_of(self, ids: Collection[BatchId]) -> tuple[BatchReport, ...]:
        """Those of `ids` that there are, by id."""
        ...

    def users(self, page: Page, *, text: str | None = None) -> Listed[UserReport]:
        """Users by name. `text` fits a user's id, or the beginning of the name."""
        ...

    def all_uploads(self, page: Page, which: UploadFilter) -> Listed[UploadReport]:
        """Uploads of all batches, the newest first."""
        ...

    def presets(self, page: Page, *, text: str | None = None) -> Listed[Preset]:
        """Presets by id, the newest first. `text` fits an id, the beginning of the user's name, or
        the beginning of the title."""
        ...

    def failures(
        self, page: Page, which: FailureFilter, order: FailureOrder
    ) -> Listed[FailedBatch]:
        """Batches with failed uploads that fit `which`; among equals the newest first."""
        ...

    def standing(self) -> Standing:
        """All uploads at a glance."""
        ...
