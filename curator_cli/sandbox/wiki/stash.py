"""The upload stash: files that were sent and are not published yet."""

import re
import secrets
import time
from asyncio import Lock
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.blobs import Blob, GrowingBlob
from curator_cli.sandbox.wiki.clock import now
from curator_cli.sandbox.wiki.errors import ApiError

_KEY_FORMAT = re.compile(r"[\w\-.]+\.\w*\Z")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True, kw_only=True)
class ChunkSession:
    """A file that arrives in chunks; `lock` lets one of them write at a time."""

    file: GrowingBlob
    lock: Lock = field(default_factory=Lock)

    @property
    def offset(self) -> int:
        return self.file.size


@dataclass(slots=True, kw_only=True)
class Stashed:
    """A row of the stash.

    `blob` is what would be published: of a chunk session that is not complete, the first chunk
    alone (captures commit-while-incomplete-after-1-chunk and -2-chunks). `session` is there only
    while chunks are expected.
    """

    key: str
    owner: Account
    blob: Blob
    in_chunks: bool
    stored: datetime
    session: ChunkSession | None = None


class Stash:
    """The rows of all users, kept for `life`."""

    def __init__(self, life: timedelta) -> None:
        self._life = life
        self._rows: dict[str, Stashed] = {}

    def add(
        self, owner: Account, blob: Blob, *, in_chunks: bool, session: ChunkSession | None = None
    ) -> Stashed:
        """Stores bytes under a new key."""
        extension = "jpg" if blob.mime == "image/jpeg" else blob.mime.rpartition("/")[2]
        key = f"{_base36(time.time_ns() // 100)}.{_base36(secrets.randbits(31))}.{owner.id}"
        row = Stashed(
            key=f"{key}.{re.sub(r'[^a-z0-9]', '', extension)}",
            owner=owner,
            blob=blob,
            in_chunks=in_chunks,
            stored=now(),
            session=session,
        )
        self._rows[row.key] = row
        return row

    def find(self, key: str, user: Account) -> Stashed:
        """Returns the row or raises what the wiki says about a key it does not accept.

        Captures chunk-malformed-filekey, chunk-unknown-filekey, chunk-other-users-filekey.
        """
        if not is_well_formed(key):
            raise ApiError(
                "uploadstash-bad-path-bad-format", f'Key "{key}" is not in a proper format.'
            )
        row = self._rows.get(key)
        if row is None or row.stored + self._life < now():
            raise ApiError("uploadstash-file-not-found", f'Key "{key}" not found in stash.')
        if row.owner.id != user.id:
            raise ApiError(
                "uploadstash-wrong-owner",
                f"This file ({key}) doesn't belong to the current user.",
            )
        if not row.blob.path.exists():
            raise ApiError("uploadstash-bad-path", "Path doesn't exist.")
        return row

    def peek(self, key: str, user: Account) -> Stashed | None:
        """The row, or `None` where there is none for this user."""
        row = self._rows.get(key)
        return row if row and row.owner.id == user.id else None

    def remove(self, key: str) -> None:
        self._rows.pop(key, None)

    def of(self, user: Account) -> list[Stashed]:
        """A user's rows, oldest first."""
        return [row for row in self._rows.values() if row.owner.id == user.id]

    def expire(self, key: str | None = None) -> int:
        """Forgets one row or all of them, as the wiki's cleaning does; returns how many."""
        keys = [key] if key else list(self._rows)
        return sum(self._rows.pop(each, None) is not None for each in keys)

    def lose_sessions(self) -> None:
        """Forgets how far the chunk sessions are (capture chunk-session-status-gone)."""
        for row in self._rows.values():
            row.session = None


def is_well_formed(key: str) -> bool:
    """Whether `key` could be a file key at all."""
    return bool(_KEY_FORMAT.match(key))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
