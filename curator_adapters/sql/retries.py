"""What a finished upload leaves to the copy that retries it."""

from __future__ import annotations

from sqlalchemy import Update, case, literal, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.mapping import checkpoint_json, upload_of
from curator_adapters.sql.tables import UPLOADS, UploadRow
from curator_adapters.sql.times import now
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Upload

_uploads = UPLOADS.c


def take_over(session: Session, copy_id: UploadId) -> bool:
    """`Uploads.take_over`; whether there was anything."""
    original_id = session.scalar(select(_uploads.retry_of).where(_uploads.id == copy_id))
    if original_id is None:
        return False
    # Held until the unit of work ends, so that another copy finds the stash gone.
    question = select(UploadRow).where(_uploads.id.in_((original_id, copy_id)))
    rows = session.scalars(question.order_by(_uploads.id).with_for_update())
    held = {row.id: upload_of(row) for row in rows}
    original, copy = held.get(original_id), held.get(copy_id)
    if original is None or copy is None:
        return False
    if original.may_leave_stash_to(copy):
        session.connection().execute(_moved_stash(*original.leave_stash_to(copy)))
        return True
    begun = original.begin_at_statements(copy)
    if begun == copy:
        return False
    session.connection().execute(
        update(UPLOADS)
        .where(_uploads.id == copy_id)
        .values(checkpoint=checkpoint_json(begun.checkpoint), updated_at=now())
    )
    return True


def _moved_stash(original: Upload, copy: Upload) -> Update:
    """Writes both checkpoints at once: there is no moment at which both hold the file key."""
    kind = _uploads.checkpoint.type
    is_copy = _uploads.id == copy.id
    return (
        update(UPLOADS)
        .where(_uploads.id.in_((original.id, copy.id)))
        .values(
            checkpoint=case(
                (is_copy, literal(checkpoint_json(copy.checkpoint), kind)),
                else_=literal(checkpoint_json(original.checkpoint), kind),
            ),
            updated_at=case((is_copy, now()), else_=_uploads.updated_at),
        )
    )
