"""Rights to publish, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import Sha1, UploadId
from curator_core.domain.upload import Upload
from curator_core.ports.publishing_rights import Taken
from tests.fakes.work_tables import Now, Right, Tables


@dataclass(frozen=True, slots=True)
class FakePublishingRights:
    tables: Tables
    clock: Now

    def take(self, upload: Upload, sha1: Sha1, lease: timedelta) -> Taken:
        stored = self.tables.uploads.get(upload.id)
        if (
            upload.lease is None
            or stored is None
            or stored.lease is None
            or stored.lease.token != upload.lease.token
        ):
            raise LeaseLost(f"upload {upload.id} is not ours any more")
        of_bytes, of_turn = f"sha1:{sha1}", f"user:{upload.user_id}"
        taken = Taken(
            bytes_held_by=self._other(of_bytes, upload.id),
            turn_held_by=self._other(of_turn, upload.id),
        )
        if taken == Taken():
            until = self.clock.now() + lease
            right = Right(upload_id=upload.id, token=upload.lease.token, until=until)
            self.tables.rights.update({of_bytes: right, of_turn: right})
        return taken

    def release_turn(self, upload: Upload) -> None:
        name = f"user:{upload.user_id}"
        right = self.tables.rights.get(name)
        if right is None or upload.lease is None:
            return
        if (right.upload_id, right.token) == (upload.id, upload.lease.token):
            del self.tables.rights[name]

    def _other(self, name: str, upload_id: UploadId) -> UploadId | None:
        right = self.tables.rights.get(name)
        if right is None or right.upload_id == upload_id or right.until <= self.clock.now():
            return None
        return right.upload_id
