"""A stash on its way from a finished upload to the copy that retries it."""

from __future__ import annotations

from sqlalchemy import Update, case, literal, update

from curator_adapters.sql.mapping import checkpoint_json
from curator_adapters.sql.tables import UPLOADS
from curator_adapters.sql.times import now
from curator_core.domain.upload import Upload

_uploads = UPLOADS.c


def moved_stash(original: Upload, copy: Upload) -> Update:
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
