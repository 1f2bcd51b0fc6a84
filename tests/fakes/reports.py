"""Read models from a database in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId, UploadId, UserId
from curator_core.domain.upload import DUPLICATES, Upload, UploadStatus
from curator_core.domain.user import User
from curator_core.ports.reports import BatchReport, BatchStats, UploadReport, UploadState
from tests.fakes.work_tables import Now


class Stored(Protocol):
    """The tables that reports read."""

    @property
    def users(self) -> Mapping[UserId, User]: ...

    @property
    def batches(self) -> Mapping[BatchId, Batch]: ...

    @property
    def uploads(self) -> Mapping[UploadId, Upload]: ...


class Readable(Protocol):
    """A database to read from."""

    @property
    def clock(self) -> Now: ...

    @property
    def committed(self) -> Stored: ...

    def refuse_if_down(self) -> None: ...


@dataclass(frozen=True, slots=True)
class FakeReports:
    database: Readable

    def batch(self, batch_id: BatchId) -> BatchReport | None:
        self.database.refuse_if_down()
        stored = self.database.committed
        batch = stored.batches.get(batch_id)
        if batch is None:
            return None
        return BatchReport(
            id=batch.id,
            user_id=batch.user_id,
            username=stored.users[batch.user_id].username,
            edit_group_id=batch.edit_group_id,
            created_at=batch.created_at,
            updated_at=batch.updated_at,
            stats=_stats(upload.status for upload in self._of(batch_id)),
            paused=batch.paused,
            done_at=None if batch.paused else self._done_at(batch_id),
        )

    def uploads(self, batch_id: BatchId) -> tuple[UploadReport, ...]:
        return tuple(_report(upload) for upload in self._of(batch_id))

    def states(self, batch_id: BatchId) -> tuple[UploadState, ...]:
        return tuple(state_of(upload) for upload in self._of(batch_id))

    def _done_at(self, batch_id: BatchId) -> datetime | None:
        now = self.database.clock.now()
        unfinished = (each for each in self._of(batch_id) if not each.status.is_final)
        return max((max(each.publish_at or now, now) for each in unfinished), default=None)

    def _of(self, batch_id: BatchId) -> list[Upload]:
        self.database.refuse_if_down()
        uploads = self.database.committed.uploads.values()
        return sorted(
            (upload for upload in uploads if upload.batch_id == batch_id),
            key=lambda upload: upload.id,
        )


def _stats(statuses: Iterable[UploadStatus]) -> BatchStats:
    counts = Counter(statuses)
    return BatchStats(
        total=counts.total(),
        queued=counts[UploadStatus.QUEUED],
        in_progress=counts[UploadStatus.IN_PROGRESS],
        completed=counts[UploadStatus.COMPLETED],
        failed=counts[UploadStatus.FAILED],
        cancelled=counts[UploadStatus.CANCELLED],
        duplicate=sum(counts[status] for status in DUPLICATES),
    )


def _report(upload: Upload) -> UploadReport:
    return UploadReport(
        state=state_of(upload),
        user_id=upload.user_id,
        filename=upload.filename,
        wikitext=upload.wikitext,
        captions=upload.captions,
        result=None,
        publish_at=upload.publish_at,
        created_at=upload.created_at,
        updated_at=upload.updated_at,
    )


def state_of(upload: Upload) -> UploadState:
    """What a watcher needs of it."""
    return UploadState(
        id=upload.id,
        batch_id=upload.batch_id,
        status=upload.status,
        image_id=upload.image_id,
        handler=upload.handler,
        failure=upload.failure,
        success=upload.success,
    )
