"""Uploads in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curator_adapters.sql.claims import claim
from curator_adapters.sql.corrections import correct
from curator_adapters.sql.dispatching import take_due
from curator_adapters.sql.mapping import (
    added_upload,
    kept_values,
    new_upload_values,
    stop_of,
    upload_of,
)
from curator_adapters.sql.rescheduling import reschedule
from curator_adapters.sql.rescues import rescue
from curator_adapters.sql.retries import take_over
from curator_adapters.sql.tables import BATCHES, RIGHTS, SLICES, UPLOADS, USERS, UploadRow
from curator_adapters.sql.tallies import Tallies
from curator_adapters.sql.times import later, now
from curator_adapters.sql.waiting import QUEUED
from curator_adapters.sql.words import note_words
from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import BatchId, ImageId, LeaseToken, SliceId, UploadId, UserId
from curator_core.domain.upload import NewUpload, Stop, Upload, UploadStatus
from curator_core.ports.uploads import KnownSlice, SliceExists, refuse_unstorable

_uploads = UPLOADS.c

_IN_PROGRESS = _uploads.status == UploadStatus.IN_PROGRESS.value
_MESSAGE_ID = 255
"""What the column holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlUploads:
    session: Session
    tallies: Tallies

    def add(
        self,
        batch_id: BatchId,
        slice_id: SliceId | None,
        digest: str,
        uploads: Sequence[NewUpload],
        lead: timedelta,
    ) -> tuple[Upload, ...]:
        for upload in uploads:
            refuse_unstorable(upload)
        connection = self.session.connection()
        # The rows' foreign key holds the user's row too. A claim holds that one before it looks at
        # the batch's: the other way round each would wait for the other.
        users = {upload.user_id for upload in uploads}
        connection.execute(
            select(USERS.c.userid).where(USERS.c.userid.in_(users)).with_for_update(read=True)
        )
        # Whoever adds to a batch holds its row, so slices of one batch come one after another.
        held = connection.execute(
            update(BATCHES).where(BATCHES.c.id == batch_id).values(updated_at=now())
        )
        if held.rowcount == 0:
            raise LookupError(f"there is no batch {batch_id}")
        moment, last = connection.execute(
            select(now(), select(func.coalesce(func.max(_uploads.id), 0)).scalar_subquery())
        ).one()
        if slice_id is not None:
            self._note_slice(batch_id, slice_id, digest)
        wanted: dict[ImageId, NewUpload] = {}
        for upload in uploads:
            wanted.setdefault(upload.image_id, upload)
        present = self.image_ids(batch_id, wanted)
        rows = {
            image_id: new_upload_values(upload, batch_id, slice_id, moment, lead)
            for image_id, upload in wanted.items()
            if image_id not in present
        }
        if not rows:
            return ()
        # The driver sends these as one statement (or as one for each megabyte).
        connection.execute(insert(UPLOADS), list(rows.values()))
        # Only their ids are news: reading all of them took as long as writing them.
        stored = select(_uploads.id, _uploads.key).where(
            _uploads.batchid == batch_id, _uploads.id > last
        )
        added = tuple(
            added_upload(wanted[ImageId(key)], rows[ImageId(key)], upload_id)
            for upload_id, key in connection.execute(stored.order_by(_uploads.id))
        )
        self.tallies.add(batch_id, [each.status for each in added])
        note_words(connection, batch_id, {each.id: each.filename for each in added})
        return added

    def known_slice(self, batch_id: BatchId, slice_id: SliceId) -> KnownSlice | None:
        digest = self.session.scalar(
            select(SLICES.c.digest).where(
                SLICES.c.batch_id == batch_id, SLICES.c.slice_id == slice_id
            )
        )
        if digest is None:
            return None
        uploads = self._where(_uploads.batchid == batch_id, _uploads.slice_id == slice_id)
        return KnownSlice(digest=digest, uploads=uploads)

    def image_ids(self, batch_id: BatchId, among: Collection[ImageId]) -> frozenset[ImageId]:
        keys = select(_uploads.key).where(_uploads.batchid == batch_id, _uploads.key.in_(among))
        return frozenset(ImageId(key) for key in self.session.scalars(keys)) & frozenset(among)

    def now(self) -> datetime:
        return self.session.connection().execute(select(now())).scalar_one()

    def get(self, upload_id: UploadId) -> Upload | None:
        row = self.session.scalar(select(UploadRow).where(_uploads.id == upload_id))
        return None if row is None else upload_of(row)

    def correct(self, before: Upload, after: Upload) -> Upload | None:
        refuse_unstorable(after)
        return correct(self.session, before, after)

    def claim(
        self, upload_id: UploadId, token: LeaseToken, lease: timedelta, user_concurrency: int
    ) -> Upload | None:
        claimed = claim(self.session.connection(), upload_id, token, lease, user_concurrency)
        upload = self.get(upload_id) if claimed else None
        if upload is not None:
            self.tallies.move(upload.batch_id, UploadStatus.QUEUED, UploadStatus.IN_PROGRESS)
        return upload

    def renew(self, upload_id: UploadId, token: LeaseToken, lease: timedelta) -> bool:
        connection = self.session.connection()
        renewed = connection.execute(
            update(UPLOADS)
            .where(_uploads.id == upload_id, _IN_PROGRESS, _uploads.lease_token == token)
            .values(lease_until=later(lease))
        )
        if not renewed.rowcount:
            return False
        connection.execute(
            update(RIGHTS)
            .where(RIGHTS.c.upload_id == upload_id, RIGHTS.c.lease_token == token)
            .values(until=later(lease))
        )
        return True

    def stop_asked(self, upload_id: UploadId) -> Stop | None:
        found = self.session.execute(
            select(_uploads.stop).where(_uploads.id == upload_id)
        ).one_or_none()
        return None if found is None else stop_of(found[0])

    def keep(self, upload: Upload, under: LeaseToken) -> Upload:
        return self._keep(upload, under, {"not_before": upload.not_before or now()})

    def requeue_after(self, upload: Upload, under: LeaseToken, delay: timedelta) -> Upload:
        return self._keep(upload, under, {"not_before": later(delay)})

    def take_due(
        self, limit: int, user_concurrency: int, resend: timedelta
    ) -> tuple[UploadId, ...]:
        return take_due(self.session.connection(), limit, user_concurrency, resend)

    def forget_messages(self) -> None:
        self.session.connection().execute(
            update(UPLOADS).where(QUEUED, _uploads.sent_until.is_not(None)).values(sent_until=None)
        )

    def note_messages(self, sent: Sequence[tuple[UploadId, str]]) -> None:
        if not sent:
            return
        messages = {upload_id: message[:_MESSAGE_ID] for upload_id, message in sent}
        self.session.connection().execute(
            update(UPLOADS)
            .where(_uploads.id.in_(list(messages)))
            .values(celery_task_id=case(messages, value=_uploads.id))
        )

    def rescue(self, limit: int) -> tuple[Upload, ...]:
        rescued = rescue(self.session.connection(), limit)
        uploads = self._where(_uploads.id.in_(rescued)) if rescued else ()
        for each in uploads:
            self.tallies.move(each.batch_id, UploadStatus.IN_PROGRESS, UploadStatus.QUEUED)
        return uploads

    def take_over(self, copy_id: UploadId) -> Upload | None:
        return self.get(copy_id) if take_over(self.session, copy_id) else None

    def reschedule(
        self, user_id: UserId, start: timedelta, interval: timedelta, lead: timedelta
    ) -> timedelta | None:
        return reschedule(self.session.connection(), user_id, start, interval, lead)

    def _note_slice(self, batch_id: BatchId, slice_id: SliceId, digest: str) -> None:
        row = {"batch_id": batch_id, "slice_id": slice_id, "digest": digest}
        try:
            self.session.connection().execute(insert(SLICES).values(**row, created_at=now()))
        except IntegrityError:
            raise SliceExists(f"batch {batch_id} holds a slice {slice_id}") from None

    def _keep(self, upload: Upload, under: LeaseToken, times: Mapping[str, object]) -> Upload:
        connection = self.session.connection()
        values = {**kept_values(upload), **times, "updated_at": now()}
        if upload.lease is None:
            values |= {"lease_token": None, "lease_until": None}
        if upload.status.is_final:
            values |= {"stop": None}
        kept = connection.execute(
            update(UPLOADS)
            .where(_uploads.id == upload.id, _IN_PROGRESS, _uploads.lease_token == under)
            .values(**values)
        )
        if not kept.rowcount:
            raise LeaseLost(f"upload {upload.id} is not ours any more")
        self.tallies.move(upload.batch_id, UploadStatus.IN_PROGRESS, upload.status)
        if upload.lease is None:
            connection.execute(delete(RIGHTS).where(RIGHTS.c.upload_id == upload.id))
        return self._where(_uploads.id == upload.id)[0]

    def _where(self, *conditions: ColumnElement[bool]) -> tuple[Upload, ...]:
        rows = self.session.scalars(select(UploadRow).where(*conditions).order_by(_uploads.id))
        return tuple(upload_of(row) for row in rows)
