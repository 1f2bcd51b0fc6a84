"""Small files that are all different, and names for them."""

from __future__ import annotations

import hashlib
import random
from itertools import count
from pathlib import Path

from curator_core.domain.file_type import HEAD_BYTES
from curator_core.domain.ids import Sha1
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile

_NUMBERS = count(1)
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def picture_bytes(size: int = 3000) -> bytes:
    """What begins as a JPEG does; never twice the same."""
    return _JPEG + random.Random(next(_NUMBERS)).randbytes(size - len(_JPEG))


def on_disk(folder: Path, data: bytes) -> LocalFile:
    """`data` as a download leaves it."""
    path = folder / f"{next(_NUMBERS)}.jpg"
    path.write_bytes(data)
    return LocalFile(
        path=path,
        size=len(data),
        sha1=Sha1(hashlib.sha1(data).hexdigest()),
        head=data[:HEAD_BYTES],
    )


def a_title(words: str = "A view of the test") -> Title:
    """A name that no other test uses."""
    return Title.of(f"{words} {next(_NUMBERS)}.jpg")
