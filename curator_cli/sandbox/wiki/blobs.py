"""Uploaded bytes on disk, written once and hashed on the way."""

import hashlib
import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import BinaryIO, Protocol

from curator_cli.sandbox.wiki import verification

_PIECE = 256 * 1024


class Source(Protocol):
    """Something that bytes are read from, once more from its start where that is asked for."""

    def seek(self, offset: int, /) -> int: ...

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Some bytes that no longer change, with what the wiki tells about them."""

    path: Path
    size: int
    sha1: str
    mime: str
    width: int
    height: int


class GrowingBlob:
    """A file to which chunks are appended; its SHA-1 is ready when the last one is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._digest = hashlib.sha1(usedforsecurity=False)

    def append(self, source: Source) -> None:
        """Adds everything `source` holds, in pieces, so that no chunk is held in memory."""
        source.seek(0)
        with self.path.open("ab") as file:
            while piece := source.read(_PIECE):
                file.write(piece)
                self._digest.update(piece)
                self.size += len(piece)

    def finished(self) -> Blob:
        """What has been written so far, as a file of its own."""
        kind = verification.media_type(self.path)
        width, height = verification.dimensions(self.path, kind)
        return Blob(
            path=self.path,
            size=self.size,
            sha1=self._digest.hexdigest(),
            mime=kind,
            width=width,
            height=height,
        )


@dataclass(slots=True)
class BlobStore:
    """The folder in which a sandbox keeps bytes; emptied when the sandbox starts."""

    folder: Path
    _numbers: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def grow(self) -> GrowingBlob:
        """A new, empty file."""
        return GrowingBlob(self.folder / f"{next(self._numbers):08}")

    def keep(self, source: Source) -> Blob:
        """Writes everything `source` holds into a file of its own."""
        growing = self.grow()
        growing.append(source)
        return growing.finished()

    def settled(self, blob: Blob) -> Blob:
        """Returns `blob` with a file of its own, where it was only the beginning of another's.

        That is so for the first chunk of a file whose other chunks have arrived already.
        """
        if blob.path.stat().st_size == blob.size:
            return blob
        growing = self.grow()
        with blob.path.open("rb") as whole:
            growing.append(_Limited(whole, blob.size))
        return growing.finished()


class _Limited:
    """Lets a reader see the beginning of a file and no more."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)

    def read(self, size: int) -> bytes:
        piece = self._file.read(min(size, self._left))
        self._left -= len(piece)
        return piece
