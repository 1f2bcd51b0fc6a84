"""Who may publish what, right now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from curator_core.domain.ids import Sha1, UploadId
from curator_core.domain.upload import Upload


class PublishingRights(Protocol):
    """Who may publish which bytes, and for which user, right now: rows that decide.

    A name is held by one upload. It frees itself when the holding lease runs out, and with
    `Uploads.keep`, `requeue_after` and `rescue`.
    """

    def take(self, upload: Upload, sha1: Sha1, lease: timedelta) -> Taken:
        """Takes the right to these bytes and the user's turn, both or neither.

        An upload takes over from its own former attempts at once. Taking again what is held
        extends it. Raises `LeaseLost` unless the stored upload is in progress under the lease
        that `upload` holds.
        """
        ...

    def release_turn(self, upload: Upload) -> None:
        """Lets the user's next upload publish; the bytes stay held. Nothing happens where the
        upload holds no turn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What `PublishingRights.take` came to: who holds each, where it is not us."""

    bytes_held_by: UploadId | None = None
    turn_held_by: UploadId | None = None
