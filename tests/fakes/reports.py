"""Read models from a database in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from curator_core.domain.batch import Batch
from curator_core.domain.error_type import error_type_of
from curator_core.domain.ids import BatchId, PresetId, UploadId, UserId
from curator_core.domain.preset import Preset
from curator_core.domain.search import Search, name_key, words_of_title
from curator_core.domain.upload import DUPLICATES, Upload, UploadStatus
from curator_core.domain.user import User
from curator_core.ports.reports import (
    MAX_SHOWN_FAILURES,
    TOTAL_BOUND,
    BatchReport,
    BatchStats,
    FailedBatch,
    FailedUpload,
    FailureFilter,
    FailureOrder,
    Listed,
    Page,
    Standing,
    UploadFilter,
    UploadReport,
    UploadState,
    UserReport,
)
from tests.fakes.work_tables import Now, Remembered

T = TypeVar("T")


class Stored(Protocol):
    """The tables that reports read."""

    @property
    def users(self) -> Mapping[UserId, User]: ...

    @property
    def remembered(self) -> Mapping[UserId, Remembered]: ...

    @property
    def batches(self) -> Mapping[BatchId, Batch]: ...

    @property
    def presets(self) -> Mapping[PresetId, Preset]: ...

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

    def uploads_after(
        self,
        batch_id: BatchId,
        after: UploadId | None,
        limit: int,
        status: UploadStatus | None = None,
    ) -> tuple[UploadReport, ...]:
        following = [each for each in self._of(batch_id) if after is None or each.id > after]
        fitting = [each for each in following if status in (None, each.status)]
        return tuple(_report(upload) for upload in fitting[:limit])

    def batches(
        self, page: Page, *, text: str | None = None, user_id: UserId | None = None
    ) -> Listed[BatchReport]:
        found = [
            batch.id
            for batch in self._stored().batches.values()
            if user_id in (None, batch.user_id) and (not text or self._batch_fits(batch, text))
        ]
        found.sort(reverse=True)
        ids = _on(page, found)
        told = {each.id: each for each in self.batches_of(ids)}
        return Listed(
            items=tuple(told[each] for each in ids),
            total=_total(found, is_filtered=bool(text or user_id)),
        )

    def batches_of(self, ids: Collection[BatchId]) -> tuple[BatchReport, ...]:
        told = (self.batch(each) for each in sorted(set(ids)))
        return tuple(each for each in told if each is not None)

    def users(self, page: Page, *, text: str | None = None) -> Listed[UserReport]:
        found = [
            UserReport(
                id=user.id,
                username=user.username,
                created_at=self._stored().remembered[user.id].created_at,
                updated_at=self._stored().remembered[user.id].updated_at,
            )
            for user in self._stored().users.values()
            if not text or user.id == text.strip() or _named(user, text.strip())
        ]
        found.sort(key=lambda user: (user.username, user.id))
        return _listed(page, found, is_filtered=bool(text))

    def all_uploads(self, page: Page, which: UploadFilter) -> Listed[UploadReport]:
        found = [each for each in self._stored().uploads.values() if self._is_among(each, which)]
        found.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        listed = _listed(page, found, is_filtered=which != UploadFilter())
        return Listed(items=tuple(map(_report, listed.items)), total=listed.total)

    def presets(self, page: Page, *, text: str | None = None) -> Listed[Preset]:
        found = [
            each
            for each in self._stored().presets.values()
            if not text or self._preset_fits(each, text)
        ]
        found.sort(key=lambda preset: preset.id, reverse=True)
        return _listed(page, found, is_filtered=bool(text))

    def failures(
        self, page: Page, which: FailureFilter, order: FailureOrder
    ) -> Listed[FailedBatch]:
        failed: dict[BatchId, list[Upload]] = defaultdict(list)
        for upload in sorted(self._stored().uploads.values(), key=lambda each: each.id):
            if upload.status is UploadStatus.FAILED and self._is_failure_among(upload, which):
                failed[upload.batch_id].append(upload)
        found = [self._failed_batch(batch_id, uploads) for batch_id, uploads in failed.items()]
        found.sort(key=lambda each: each.batch_id, reverse=True)
        found.sort(key=_ORDERS[order])
        return _listed(page, found, is_filtered=which != FailureFilter())

    def standing(self) -> Standing:
        uploads = self._stored().uploads.values()
        queued = [each for each in uploads if each.status is UploadStatus.QUEUED]
        paced = sum(each.publish_at is not None for each in queued)
        return Standing(
            stats=_stats(each.status for each in uploads),
            queued_paced=paced,
            queued_unpaced=len(queued) - paced,
        )

    def _stored(self) -> Stored:
        self.database.refuse_if_down()
        return self.database.committed

    def _batch_fits(self, batch: Batch, text: str) -> bool:
        search, uploads = Search.of(text), self._of(batch.id)
        if search.number is not None:
            return batch.id == search.number
        words = {word for each in uploads for word in words_of_title(each.filename)}
        return (
            _named(self._stored().users[batch.user_id], text)
            or any(each.status is search.status for each in uploads)
            or (bool(search.words) and words.issuperset(search.words))
        )

    def _fits(self, upload: Upload, text: str) -> bool:
        search = Search.of(text)
        if search.number is not None:
            return upload.id == search.number
        return (
            _named(self._stored().users[upload.user_id], text)
            or upload.status is search.status
            or (
                bool(search.words) and set(words_of_title(upload.filename)).issuperset(search.words)
            )
        )

    def _preset_fits(self, preset: Preset, text: str) -> bool:
        search = Search.of(text)
        if search.number is not None:
            return preset.id == search.number
        owner = self._stored().users[preset.user_id]
        return _named(owner, text) or preset.title.lower().startswith(text.strip().lower())

    def _is_among(self, upload: Upload, which: UploadFilter) -> bool:
        return (
            (not which.statuses or upload.status in which.statuses)
            and (which.since is None or upload.created_at >= which.since)
            and (which.until is None or upload.created_at < which.until)
            and (not which.text or self._fits(upload, which.text))
        )

    def _is_failure_among(self, upload: Upload, which: FailureFilter) -> bool:
        number = Search.of(which.text).number if which.text else None
        return (
            which.error_type in (None, error_type_of(upload.failure))
            and which.handler in (None, "", upload.handler)
            and (
                not which.text
                or self._fits(upload, which.text)
                or (number is not None and upload.batch_id == number)
            )
        )

    def _failed_batch(self, batch_id: BatchId, uploads: list[Upload]) -> FailedBatch:
        batch = self._stored().batches[batch_id]
        return FailedBatch(
            batch_id=batch_id,
            user_id=batch.user_id,
            username=self._stored().users[batch.user_id].username,
            edit_group_id=batch.edit_group_id,
            created_at=batch.created_at,
            handler=uploads[0].handler,
            failed_count=len(uploads),
            total=len(self._of(batch_id)),
            uploads=tuple(
                FailedUpload(
                    state=state_of(each),
                    filename=each.filename,
                    error_type=error_type_of(each.failure),
                    created_at=each.created_at,
                )
                for each in uploads[:MAX_SHOWN_FAILURES]
            ),
        )

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


_ORDERS: Mapping[FailureOrder, Callable[[FailedBatch], Any]] = {
    FailureOrder.RECENT: lambda batch: 0,
    FailureOrder.BATCH_SIZE: lambda batch: -batch.total,
    FailureOrder.ERROR_TYPE: lambda batch: min(each.error_type for each in batch.uploads),
    FailureOrder.USER: lambda batch: batch.username,
}


def _named(user: User, text: str) -> bool:
    return name_key(user.username).startswith(name_key(text.strip()))


def _on(page: Page, found: Sequence[T]) -> Sequence[T]:
    return found[page.offset : page.offset + page.limit]


def _total(found: Sequence[T], *, is_filtered: bool) -> int:
    return min(len(found), TOTAL_BOUND) if is_filtered else len(found)


def _listed(page: Page, found: Sequence[T], *, is_filtered: bool) -> Listed[T]:
    return Listed(items=tuple(_on(page, found)), total=_total(found, is_filtered=is_filtered))


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
        collection=upload.collection,
        copyright_override=upload.copyright_override,
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
