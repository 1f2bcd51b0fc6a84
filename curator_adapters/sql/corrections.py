"""Corrects an upload that has not started."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.mapping import captions_values, upload_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, UploadRow
from curator_adapters.sql.times import now
from curator_adapters.sql.words import replace_words
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.ports.uploads import KeyTaken, corrections

_uploads = UPLOADS.c


def correct(session: Session, before: Upload, after: Upload) -> Upload | None:
    """`Uploads.correct`."""
    connection = session.connection()
    held = session.scalar(
        select(UploadRow)
        .where(
            _uploads.id == after.id,
            _uploads.status == UploadStatus.QUEUED.value,
            _uploads.attempts == 0,
            _uploads.checkpoint.is_(None),
            _uploads.stop.is_(None),
        )
        .with_for_update()
    )
    if held is None:
        return None
    stored = upload_of(held)
    upload = corrections(stored, before, after)
    # As adding does: nobody brings a picture of the same id meanwhile.
    connection.execute(
        select(BATCHES.c.id).where(BATCHES.c.id == upload.batch_id).with_for_update()
    )
    same = select(_uploads.key).where(
        _uploads.batchid == upload.batch_id,
        _uploads.key == upload.image_id,
        _uploads.id != upload.id,
    )
    # MariaDB takes texts for the same that differ in case.
    if upload.image_id in connection.scalars(same).all():
        raise KeyTaken(f"batch {upload.batch_id} holds {upload.image_id}")
    connection.execute(
        update(UPLOADS)
        .where(_uploads.id == upload.id)
        .values(
            key=upload.image_id,
            collection=upload.collection,
            filename=upload.filename,
            wikitext=upload.wikitext,
            copyright_override=upload.copyright_override,
            updated_at=now(),
            **captions_values(upload.captions),
        )
    )
    if upload.filename != stored.filename:
        replace_words(connection, upload.batch_id, upload.id, stored.filename, upload.filename)
    row = session.scalar(select(UploadRow).where(_uploads.id == upload.id))
    return None if row is None else upload_of(row)
