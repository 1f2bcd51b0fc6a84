"""Many uploads at once, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from curator_core.domain.ids import BatchId, EditGroupId, TokenPrint, UploadId, UserId
from curator_core.domain.upload import Stop, Upload, UploadStatus
from curator_core.ports.endings import Selection, Stopped, WaitingGroup
from tests.fakes.reports import state_of
from tests.fakes.work_tables import Now, Tables

_UNDONE = (UploadStatus.FAILED, UploadStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class FakeEndings:
    tables: Tables
    clock: Now

    def stop(self, which: Selection, stop: Stop) -> Stopped:
        now = self.clock.now()
        ended, asked = [], []
        for upload in self._selected(which):
            if upload.stops_at_once:
                ended.append(state_of(self._write(upload.come_to(stop))))
                self.tables.sent_until.pop(upload.id, None)
            elif not upload.status.is_final and upload.stop is None:
                is_queued = upload.status is UploadStatus.QUEUED
                due = min(upload.not_before or now, now) if is_queued else upload.not_before
                self._write(replace(upload.ask_to_stop(stop), not_before=due))
                self.tables.sent_until.pop(upload.id, None)
                asked.append(upload.id)
        return Stopped(ended=tuple(ended), asked=tuple(asked))

    def retryable(self, which: Selection, after: UploadId, limit: int) -> Sequence[Upload]:
        retried = {
            upload.retry_of
            for upload in self.tables.uploads.values()
            if upload.status not in _UNDONE
        }
        found = (
            upload
            for upload in self._selected(which)
            if upload.status in _UNDONE and upload.id > after and upload.id not in retried
        )
        return list(found)[:limit]

    def batches_of(self, uploads: Collection[UploadId]) -> frozenset[BatchId]:
        stored = (self.tables.uploads.get(upload_id) for upload_id in uploads)
        return frozenset(upload.batch_id for upload in stored if upload)

    def waiting_groups(self) -> tuple[WaitingGroup, ...]:
        members: dict[tuple[UserId, EditGroupId | None, TokenPrint | None], list[Upload]]
        members = defaultdict(list)
        for upload in self.tables.uploads.values():
            if upload.status is UploadStatus.QUEUED:
                edit_group = self._edit_group(upload)
                members[upload.user_id, edit_group, upload.token_print].append(upload)
        return tuple(self._group(uploads) for uploads in members.values())

    def _group(self, uploads: Sequence[Upload]) -> WaitingGroup:
        one, now = uploads[-1], self.clock.now()
        slots = [upload.publish_at for upload in uploads if upload.publish_at]
        return WaitingGroup(
            user_id=one.user_id,
            edit_group_id=self._edit_group(one),
            token_print=one.token_print,
            sealed_token=one.sealed_token,
            count=len(uploads),
            newest=max(upload.created_at for upload in uploads),
            last_wait=max(max(slots) - now, timedelta(0)) if slots else None,
        )

    def _selected(self, which: Selection) -> list[Upload]:
        group = which.group
        return [
            upload
            for _, upload in sorted(self.tables.uploads.items())
            if which.user_id in (None, upload.user_id)
            and which.batch_id in (None, upload.batch_id)
            and (which.upload_ids is None or upload.id in which.upload_ids)
            and which.token_print in (None, upload.token_print)
            and (group is None or self._is_of(group, upload))
            and which.but != upload.id
        ]

    def _is_of(self, group: WaitingGroup, upload: Upload) -> bool:
        found = (upload.user_id, self._edit_group(upload), upload.token_print)
        return found == (group.user_id, group.edit_group_id, group.token_print)

    def _edit_group(self, upload: Upload) -> EditGroupId | None:
        return self.tables.batches[upload.batch_id].edit_group_id

    def _write(self, upload: Upload) -> Upload:
        written = replace(upload, updated_at=self.clock.now())
        self.tables.uploads[upload.id] = written
        return written
