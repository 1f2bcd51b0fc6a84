"""Somebody looks at a batch, once or for as long as it runs."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import BatchReport, Reports, UploadReport, UploadState


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A batch's uploads as they stand. `complete`: it has some, and all are finished."""

    states: tuple[UploadState, ...]

    @property
    def complete(self) -> bool:
        return bool(self.states) and all(state.status.is_final for state in self.states)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchBatch:
    """- Anybody may watch any batch: what is uploaded is public anyway."""

    reports: Reports

    def __call__(self, batch_id: BatchId) -> Watched | None:
        """None where there is no such batch. Raises `ServiceDown`."""
        if self.reports.batch(batch_id) is None:
            return None
        return Watched(states=self.reports.states(batch_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A batch and all of its uploads."""

    batch: BatchReport
    uploads: tuple[UploadReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some uploads of a batch by id; `next` is the last one's id where more follow."""

    uploads: tuple[UploadReport, ...]
    next: UploadId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBatch:
    """- Anybody may look at any batch."""

    reports: Reports

    def __call__(self, batch_id: BatchId) -> Shown | None:
        """None where there is no such batch. Raises `ServiceDown`."""
        batch = self.reports.batch(batch_id)
        if batch is None:
            return None
        return Shown(batch=batch, uploads=self.reports.uploads(batch_id))

    def part(
        self,
        batch_id: BatchId,
        *,
        after: UploadId | None = None,
        limit: int,
        status: UploadStatus | None = None,
    ) -> Part | None:
        """`limit` uploads at most, those in `status` where one is given, whose ids are above
        `after`. None where there is no such batch. Raises `ServiceDown`."""
        # One more than was asked for tells whether more follow.
        found = self.reports.uploads_after(batch_id, after, limit + 1, status)
        if not found and self.reports.batch(batch_id) is None:
            return None
        uploads = found[:limit]
        return Part(
            uploads=uploads, next=uploads[-1].state.id if len(found) > len(uploads) else None
        )
