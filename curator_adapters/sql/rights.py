"""Rights to publish, as rows that decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.absent import insert_where_absent
from curator_adapters.sql.tables import RIGHTS, UPLOADS
from curator_adapters.sql.times import later, now
from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import Sha1, UploadId
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.ports.publishing_rights import Taken

_rights = RIGHTS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPublishingRights:
    session: Session

    def take(self, upload: Upload, sha1: Sha1, lease: timedelta) -> Taken:
        if upload.lease is None:
            raise LeaseLost(f"upload {upload.id} has no lease")
        token = upload.lease.token
        self._hold_upload(upload, token)
        of_bytes, of_turn = names = (f"sha1:{sha1}", f"user:{upload.user_id}")
        connection = self.session.connection()
        # Both rows are there and ours to write from here on; new ones run out at once, which
        # counts as free.
        fresh = {"upload_id": upload.id, "lease_token": token, "until": now()}
        insert_where_absent(connection, RIGHTS, [{"name": name, **fresh} for name in names])
        others = connection.execute(
            select(_rights.name, _rights.upload_id).where(
                _rights.name.in_(names), _rights.upload_id != upload.id, _rights.until > now()
            )
        )
        held = {name: UploadId(holder) for name, holder in others}
        if held:
            self._drop_run_out(upload)
        else:
            connection.execute(
                update(RIGHTS)
                .where(_rights.name.in_(names))
                .values(upload_id=upload.id, lease_token=token, until=later(lease))
            )
        return Taken(bytes_held_by=held.get(of_bytes), turn_held_by=held.get(of_turn))

    def release_turn(self, upload: Upload) -> None:
        if upload.lease is not None:
            self.session.connection().execute(
                delete(RIGHTS).where(
                    _rights.name == f"user:{upload.user_id}",
                    _rights.upload_id == upload.id,
                    _rights.lease_token == upload.lease.token,
                )
            )

    def _hold_upload(self, upload: Upload, token: str) -> None:
        """Nobody changes the upload until the unit of work ends. Raises `LeaseLost`."""
        found = self.session.execute(
            select(UPLOADS.c.id)
            .where(
                UPLOADS.c.id == upload.id,
                UPLOADS.c.status == UploadStatus.IN_PROGRESS.value,
                UPLOADS.c.lease_token == token,
            )
            .with_for_update()
        )
        if found.first() is None:
            raise LeaseLost(f"upload {upload.id} is not ours any more")

    def _drop_run_out(self, upload: Upload) -> None:
        self.session.connection().execute(
            delete(RIGHTS).where(_rights.upload_id == upload.id, _rights.until <= now())
        )
