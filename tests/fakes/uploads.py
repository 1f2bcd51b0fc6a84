"""Uploads in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import BatchId, ImageId, LeaseToken, SliceId, UploadId, UserId
from curator_core.domain.upload import Lease, NewUpload, Stop, Upload, UploadStatus
from curator_core.ports.uploads import (
    KeyTaken,
    KnownSlice,
    SliceExists,
    corrections,
    refuse_unstorable,
)
from tests.fakes.work_due import Due
from tests.fakes.work_tables import Now, Tables


@dataclass(frozen=True, slots=True)
class FakeUploads:
    tables: Tables
    clock: Now

    def add(
        self,
        batch_id: BatchId,
        slice_id: SliceId | None,
        digest: str,
        uploads: Sequence[NewUpload],
        lead: timedelta,
    ) -> tuple[Upload, ...]:
        for new in uploads:
            refuse_unstorable(new)
        batch = self.tables.batches.get(batch_id)
        if batch is None:
            raise LookupError(f"there is no batch {batch_id}")
        self.tables.batches[batch_id] = replace(batch, updated_at=self.clock.now())
        if slice_id is not None:
            if (batch_id, slice_id) in self.tables.slices:
                raise SliceExists(f"batch {batch_id} holds a slice {slice_id}")
            self.tables.slices[batch_id, slice_id] = digest
        present = set(self.image_ids(batch_id, {new.image_id for new in uploads}))
        stored = []
        for new in uploads:
            if new.image_id not in present:
                present.add(new.image_id)
                stored.append(self._store(new, batch_id, slice_id, lead))
        return tuple(stored)

    def known_slice(self, batch_id: BatchId, slice_id: SliceId) -> KnownSlice | None:
        digest = self.tables.slices.get((batch_id, slice_id))
        if digest is None:
            return None
        of_slice = (batch_id, slice_id)
        uploads = [u for u in self.tables.uploads.values() if (u.batch_id, u.slice_id) == of_slice]
        return KnownSlice(digest=digest, uploads=tuple(uploads))

    def image_ids(self, batch_id: BatchId, among: Collection[ImageId]) -> frozenset[ImageId]:
        uploads = self.tables.uploads.values()
        held = (upload.image_id for upload in uploads if upload.batch_id == batch_id)
        return frozenset(among).intersection(held)

    def now(self) -> datetime:
        return self.clock.now()

    def get(self, upload_id: UploadId) -> Upload | None:
        return self.tables.uploads.get(upload_id)

    def correct(self, before: Upload, after: Upload) -> Upload | None:
        refuse_unstorable(after)
        stored = self.tables.uploads.get(after.id)
        if stored is None or stored.status is not UploadStatus.QUEUED:
            return None
        if stored.attempts or stored.stop or stored.checkpoint != Checkpoint():
            return None
        corrected = replace(corrections(stored, before, after), updated_at=self.clock.now())
        others = (each for each in self.tables.uploads.values() if each.id != after.id)
        here = (corrected.batch_id, corrected.image_id)
        if any((other.batch_id, other.image_id) == here for other in others):
            raise KeyTaken(f"batch {after.batch_id} holds {corrected.image_id}")
        self.tables.uploads[after.id] = corrected
        return corrected

    def claim(
        self, upload_id: UploadId, token: LeaseToken, lease: timedelta, user_concurrency: int
    ) -> Upload | None:
        upload, now = self.get(upload_id), self.clock.now()
        due = Due(self.tables, now)
        if upload is None or not due.is_due(upload) or due.bar(upload):
            return None
        others = [
            other
            for other in self.tables.uploads.values()
            if other.user_id == upload.user_id and other.lease and other.lease.until > now
        ]
        if len(others) >= user_concurrency:
            return None
        self.tables.sent_until.pop(upload_id, None)
        return self._write(upload.claim(Lease(token=token, until=now + lease)))

    def renew(self, upload_id: UploadId, token: LeaseToken, lease: timedelta) -> bool:
        upload = self.get(upload_id)
        if upload is None or upload.lease is None or upload.lease.token != token:
            return False
        until = self.clock.now() + lease
        self.tables.uploads[upload_id] = replace(upload, lease=Lease(token=token, until=until))
        for name, right in self.tables.rights.items():
            if (right.upload_id, right.token) == (upload_id, token):
                self.tables.rights[name] = replace(right, until=until)
        return True

    def stop_asked(self, upload_id: UploadId) -> Stop | None:
        upload = self.get(upload_id)
        return upload.stop if upload else None

    def keep(self, upload: Upload, under: LeaseToken) -> Upload:
        stored = self.get(upload.id)
        if stored is None or stored.lease is None or stored.lease.token != under:
            raise LeaseLost(f"upload {upload.id} is not ours any more")
        if upload.lease is None:
            self._free([upload.id])
        kept = replace(
            stored,
            status=upload.status,
            lease=stored.lease if upload.lease else None,
            sealed_token=upload.sealed_token,
            publish_at=upload.publish_at,
            not_before=upload.not_before or self.clock.now(),
            attempts=upload.attempts,
            checkpoint=upload.checkpoint,
            failure=upload.failure,
            success=upload.success,
            stop=None if upload.status.is_final else stored.stop,
        )
        return self._write(kept)

    def requeue_after(self, upload: Upload, under: LeaseToken, delay: timedelta) -> Upload:
        return self.keep(replace(upload, not_before=self.clock.now() + delay), under)

    def take_due(
        self, limit: int, user_concurrency: int, resend: timedelta
    ) -> tuple[UploadId, ...]:
        now = self.clock.now()
        taken = Due(self.tables, now).by_turns(user_concurrency)[:limit]
        self.tables.sent_until.update(dict.fromkeys(taken, now + resend))
        return tuple(taken)

    def forget_messages(self) -> None:
        self.tables.sent_until.clear()

    def note_messages(self, sent: Sequence[tuple[UploadId, str]]) -> None:
        self.tables.messages.update(dict(sent))

    def rescue(self, limit: int) -> tuple[Upload, ...]:
        now = self.clock.now()
        silent = [
            (upload.lease.until, upload.id)
            for upload in self.tables.uploads.values()
            if upload.lease and upload.lease.until <= now
        ]
        ids = sorted(upload_id for _, upload_id in sorted(silent)[:limit])
        self._free(ids)
        return tuple(
            self._write(
                replace(
                    self.tables.uploads[each],
                    status=UploadStatus.QUEUED,
                    lease=None,
                    not_before=now,
                )
            )
            for each in ids
        )

    def take_over(self, copy_id: UploadId) -> Upload | None:
        copy = self.get(copy_id)
        original = self.get(copy.retry_of) if copy and copy.retry_of else None
        if copy is None or original is None:
            return None
        if original.may_leave_stash_to(copy):
            self.tables.uploads[original.id], taken = original.leave_stash_to(copy)
            return self._write(taken)
        begun = original.begin_at_statements(copy)
        return None if begun == copy else self._write(begun)

    def reschedule(
        self, user_id: UserId, start: timedelta, interval: timedelta, lead: timedelta
    ) -> timedelta | None:
        now = self.clock.now()
        waiting = sorted(
            (upload.publish_at, upload.id)
            for upload in self.tables.uploads.values()
            if (upload.user_id, upload.status) == (user_id, UploadStatus.QUEUED)
            and upload.publish_at is not None
            and not self.tables.batches[upload.batch_id].paused
        )
        for place, (former, upload_id) in enumerate(waiting):
            upload, slot = self.tables.uploads[upload_id], now + start + place * interval
            held = upload.not_before if upload.not_before and upload.not_before > former else now
            self.tables.uploads[upload_id] = replace(
                upload, publish_at=slot, not_before=max(held, slot - lead)
            )
        return start + len(waiting) * interval if waiting else None

    def _store(
        self, new: NewUpload, batch_id: BatchId, slice_id: SliceId | None, lead: timedelta
    ) -> Upload:
        now = self.clock.now()
        publish_at = None if new.failure or new.wait is None else now + new.wait
        begins = max(now, publish_at - lead) if publish_at else now
        return self._write(
            Upload(
                id=UploadId(len(self.tables.uploads) + 1),
                batch_id=batch_id,
                user_id=new.user_id,
                image_id=new.image_id,
                handler=new.handler,
                collection=new.collection,
                filename=new.filename,
                wikitext=new.wikitext,
                captions=new.captions,
                copyright_override=new.copyright_override,
                status=UploadStatus.FAILED if new.failure else UploadStatus.QUEUED,
                slice_id=slice_id,
                sealed_token=new.sealed_token,
                token_print=new.token_print,
                publish_at=publish_at,
                not_before=None if new.failure else begins,
                failure=new.failure,
                retry_of=new.retry_of,
                created_at=now,
                updated_at=now,
            )
        )

    def _write(self, upload: Upload) -> Upload:
        written = replace(upload, updated_at=self.clock.now())
        self.tables.uploads[upload.id] = written
        return written

    def _free(self, ids: Iterable[UploadId]) -> None:
        gone = frozenset(ids)
        for name, right in list(self.tables.rights.items()):
            if right.upload_id in gone:
                del self.tables.rights[name]
        for upload_id in gone:
            self.tables.sent_until.pop(upload_id, None)
