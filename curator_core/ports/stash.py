"""The wiki's stash: where a file is put together before it is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile, unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSent:
    """What the stash holds now. When `assembled`, `key` is a new one, of the whole file, and
    `sha1` and `size` are the wiki's own; while `assembling`, the wiki has all bytes and puts them
    together in the background: `Stash.status` tells when it is done."""

    key: FileKey
    offset: int
    assembled: bool
    assembling: bool = False
    sha1: Sha1 | None = None
    size: int | None = None
    doubted: bool = False
    """Of an assembled file: the wiki says that it has these bytes, or the name, already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StashedFile:
    """A whole file in the stash."""

    key: FileKey
    sha1: Sha1
    size: int


class Stash(Protocol):
    """One user's stash."""

    def send(
        self,
        title: Title,
        file: LocalFile,
        offset: int,
        length: int,
        key: FileKey | None,
        advanced: Callable[[], None] = unheard,
    ) -> ChunkSent:
        """Sends `length` bytes from `offset`, streamed from disk; `key` is None at the start.
        `advanced` is called whenever bytes went.

        The first chunk of a file of one chunk is its last. A large file is assembled in the
        background. Costs nothing of the user's limits.
        Raises `Faulted`: `WRONG_OFFSET` with the offset that the wiki holds, `STASH_GONE` where
        it knows no such key (of this user), `ALREADY_COMPLETE` where it is assembling.
        """
        ...

    def status(self, title: Title, key: FileKey, size: int) -> ChunkSent | None:
        """How far a file of `size` bytes is that was sent under `key`: half-sent, assembling or
        assembled; None where the wiki does not tell (it was never there, was lost, or was
        assembled at once). A file that could not be assembled raises `Faulted`, as do others."""
        ...

    def find(self, sha1: Sha1, size: int) -> StashedFile | None:
        """A whole stashed file with these bytes. Takes several requests. Raises `Faulted`."""
        ...

    def whole(self, key: FileKey) -> StashedFile | None:
        """What an assembled key holds; None where the wiki has lost it. Raises `Faulted`."""
        ...
