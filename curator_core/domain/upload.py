"""An upload: one picture on its way to one title, and the steps that are legal for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from curator_core.domain.caption import Caption
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.errors import IllegalStep
from curator_core.domain.ids import (
    BatchId,
    ImageId,
    LeaseToken,
    SealedToken,
    SliceId,
    TokenPrint,
    UploadId,
    UserId,
)
from curator_core.domain.outcome import Failure


class UploadStatus(StrEnum):
    """Where an upload stands; all but the first two are final."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    DUPLICATE_UPDATED = "duplicated_sdc_updated"
    DUPLICATE_NOT_UPDATED = "duplicated_sdc_not_updated"

    @property
    def is_final(self) -> bool:
        """Whether an upload in this state is never changed again."""
        return self not in (UploadStatus.QUEUED, UploadStatus.IN_PROGRESS)


DUPLICATES = frozenset(
    {UploadStatus.DUPLICATE, UploadStatus.DUPLICATE_UPDATED, UploadStatus.DUPLICATE_NOT_UPDATED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """An ending that somebody asked for: cancelled, or failed with `failure`. An upload at work
    comes to it at its next safe point."""

    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right of one attempt to work on an upload until `until`, by the database's clock."""

    token: LeaseToken
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpload:
    """An upload as the contributor asked for it, before it has an id.

    `failure` is set on an item that cannot be uploaded: it is stored as failed. `wait` is the
    time from now until its slot, None for one that is not paced.
    """

    user_id: UserId
    image_id: ImageId
    handler: str
    collection: str
    filename: str
    wikitext: str
    captions: tuple[Caption, ...] = ()
    copyright_override: bool = False
    sealed_token: SealedToken | None = field(default=None, repr=False)
    token_print: TokenPrint | None = None
    failure: Failure | None = None
    wait: timedelta | None = timedelta(0)
    retry_of: UploadId | None = None

    def __post_init__(self) -> None:
        if self.failure and self.sealed_token:
            raise ValueError("a finished upload keeps no token")

    def scheduled(
        self, sealed_token: SealedToken, token_print: TokenPrint, wait: timedelta | None
    ) -> NewUpload:
        """With its slot, so long from now, and the right to act for the user."""
        return replace(self, sealed_token=sealed_token, token_print=token_print, wait=wait)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One picture on its way. Every verb returns a new upload and raises `IllegalStep` if the
    state does not allow it; a finished upload allows none.

    `publish_at` is the slot that the pace gave it (None for one that is not paced), `not_before`
    the time before which no work on it starts (the slot minus a lead); both by the database's
    clock. `token_print` tells which token it acts with, without opening it.
    """

    id: UploadId
    batch_id: BatchId
    user_id: UserId
    image_id: ImageId
    handler: str
    collection: str
    filename: str
    wikitext: str
    captions: tuple[Caption, ...] = ()
    copyright_override: bool = False
    status: UploadStatus = UploadStatus.QUEUED
    slice_id: SliceId | None = None
    sealed_token: SealedToken | None = field(default=None, repr=False)
    token_print: TokenPrint | None = None
    publish_at: datetime | None = None
    not_before: datetime | None = None
    lease: Lease | None = None
    stop: Stop | None = None
    attempts: int = 0
    checkpoint: Checkpoint = Checkpoint()
    failure: Failure | None = None
    success: str | None = None
    retry_of: UploadId | None = None
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if (self.status is UploadStatus.IN_PROGRESS) != (self.lease is not None):
            raise ValueError("an upload has a lease while it is in progress, and only then")
        if self.status.is_final and self.sealed_token is not None:
            raise ValueError("a finished upload keeps no token")

    def claim(self, lease: Lease) -> Upload:
        """A worker takes it on."""
        self._only_from(UploadStatus.QUEUED)
        return replace(
            self, status=UploadStatus.IN_PROGRESS, lease=lease, attempts=self.attempts + 1
        )

    def checkpointed(self, checkpoint: Checkpoint) -> Upload:
        """The attempt got further: `attempts` begins anew, so that it counts those in a row
        that ended in silence and led nowhere."""
        self._only_from(UploadStatus.IN_PROGRESS)
        further = checkpoint.is_further_than(self.checkpoint)
        attempts = 1 if further else self.attempts
        return replace(self, checkpoint=checkpoint, attempts=attempts)

    def requeue(self) -> Upload:
        """Back to the queue in good order, with the checkpoint: the attempt is given back, so
        that `attempts` counts those that ended in silence."""
        self._only_from(UploadStatus.IN_PROGRESS)
        return replace(self, status=UploadStatus.QUEUED, lease=None, attempts=self.attempts - 1)

    def complete(self, url: str) -> Upload:
        """The file is on the wiki, with its statements."""
        self._only_from(UploadStatus.IN_PROGRESS)
        return self._finished(UploadStatus.COMPLETED, success=url)

    def fail(self, failure: Failure, *, published_at: str | None = None) -> Upload:
        """It cannot be done; `published_at` where the file itself is on the wiki all the same."""
        return self._finished(UploadStatus.FAILED, failure=failure, success=published_at)

    def found_duplicate(self, status: UploadStatus, failure: Failure) -> Upload:
        """The wiki has these bytes already; `status` says what became of the statements."""
        if status not in DUPLICATES:
            raise IllegalStep(f"{status} is no kind of duplicate")
        self._only_from(UploadStatus.IN_PROGRESS)
        return self._finished(status, failure=failure)

    def cancel(self) -> Upload:
        """The contributor wants it no more; at a safe point, or while it still waits."""
        return self._finished(UploadStatus.CANCELLED)

    @property
    def stops_at_once(self) -> bool:
        """Whether nobody works on it and the wiki cannot hold it: then it can simply be ended."""
        return self.status is UploadStatus.QUEUED and not self.checkpoint.publish_was_begun

    def ask_to_stop(self, stop: Stop) -> Upload:
        """It comes to this ending at the next safe point, unless the file is published first."""
        self._only_from(UploadStatus.QUEUED, UploadStatus.IN_PROGRESS)
        return replace(self, stop=stop)

    def come_to(self, stop: Stop) -> Upload:
        """The ending that was asked for."""
        return self.cancel() if stop.failure is None else self.fail(stop.failure)

    def may_leave_stash_to(self, copy: Upload) -> bool:
        """Whether `copy`, which retries this one and has not begun, may go on with what this one
        sent. A stash is its user's own: whoever else retries the upload sends it again."""
        return (
            self._is_retried_by(copy)
            and copy.user_id == self.user_id
            and self.checkpoint.file_key is not None
            and self.checkpoint.published_title is None
        )

    def begin_at_statements(self, copy: Upload) -> Upload:
        """`copy`, as far as this one was that published the file and could not describe it;
        unchanged where there is nothing of the kind. A published file is everybody's."""
        if not self._is_retried_by(copy) or self.checkpoint.published_title is None:
            return copy
        return replace(copy, checkpoint=self.checkpoint.publication)

    def _is_retried_by(self, copy: Upload) -> bool:
        return (
            copy.retry_of == self.id
            and copy.status is UploadStatus.QUEUED
            and copy.checkpoint == Checkpoint()
            and self.status in (UploadStatus.FAILED, UploadStatus.CANCELLED)
        )

    def leave_stash_to(self, copy: Upload) -> tuple[Upload, Upload]:
        """Both as they are afterwards: the one exception to a finished upload's never changing,
        since two uploads with one file key could publish it twice."""
        if not self.may_leave_stash_to(copy):
            raise IllegalStep(f"upload {copy.id} has nothing to take over from {self.id}")
        emptied = replace(self, checkpoint=self.checkpoint.without_stash())
        return emptied, replace(copy, checkpoint=self.checkpoint.stash)

    def _finished(
        self, status: UploadStatus, *, failure: Failure | None = None, success: str | None = None
    ) -> Upload:
        self._only_from(UploadStatus.QUEUED, UploadStatus.IN_PROGRESS)
        return replace(
            self,
            status=status,
            lease=None,
            sealed_token=None,
            stop=None,
            failure=failure,
            success=success,
        )

    def _only_from(self, *allowed: UploadStatus) -> None:
        if self.status not in allowed:
            raise IllegalStep(f"upload {self.id} is {self.status}")
