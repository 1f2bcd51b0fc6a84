"""Small files that are all different, and names for them."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from collections.abc import Callable
from itertools import count
from pathlib import Path

from curator_core.domain.file_type import HEAD_BYTES
from curator_core.domain.ids import Sha1
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile

_NUMBERS = count(1)
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
_SIDE = 64
"""Width and height of pictures, in pixels."""


def picture_bytes(size: int = 3000) -> bytes:
    """What begins as a JPEG does; never twice the same."""
    return _JPEG + _noise(size - len(_JPEG))


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


def a_title(words: str = "A view of the test", extension: str = "jpg") -> Title:
    """A name that no other test uses."""
    return Title.of(f"{words} {next(_NUMBERS)}.{extension}")


def _noise(size: int) -> bytes:
    return random.Random(next(_NUMBERS)).randbytes(size)


def _jpeg() -> bytes:
    """A black square, and a comment that makes it larger."""
    comment = _noise(4000)
    quantities = b"\x00" + b"\x01" * 64
    lengths = b"\x01" + b"\x00" * 15
    segments = (
        (0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
        (0xFE, comment),
        (0xDB, quantities),
        (0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + b"\x01\x11\x00"),
        (0xC4, b"\x00" + lengths + b"\x00"),
        (0xC4, b"\x10" + lengths + b"\x00"),
        (0xDA, b"\x01\x01\x00\x00\x3f\x00"),
    )
    body = b"".join(
        struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data for kind, data in segments
    )
    return b"\xff\xd8" + body + b"\x3f\xff\xd9"


def _png() -> bytes:
    rows = b"".join(b"\x00" + _noise(_SIDE) for _ in range(_SIDE))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _webp() -> bytes:
    """One pixel, losslessly, and a chunk of a kind that readers pass over."""
    pixel = bytes.fromhex("2f00000010071011118888fe0700")
    chunks = b"".join(
        kind + struct.pack("<I", len(data)) + data
        for kind, data in ((b"VP8L", pixel), (b"TEST", _noise(4000)))
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _tiff() -> bytes:
    """Grey pixels in one strip, which stands before the directory."""
    strip = _noise(_SIDE * _SIDE)
    short, long = 3, 4
    entries = (
        (256, short, _SIDE),
        (257, short, _SIDE),
        (258, short, 8),
        (259, short, 1),
        (262, short, 1),
        (273, long, 8),
        (277, short, 1),
        (278, short, _SIDE),
        (279, long, len(strip)),
    )
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries
    )
    return b"II*\x00" + struct.pack("<I", 8 + len(strip)) + strip + directory + bytes(4)


def _svg() -> bytes:
    circle = f'<circle cx="32" cy="32" r="20" fill="teal"/><!-- {_noise(2000).hex()} -->'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{_SIDE}" height="{_SIDE}">{circle}</svg>\n'
    ).encode()


def _pdf() -> bytes:
    """An empty page."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 64 64] >>",
    )
    data = b"%PDF-1.4\n%" + _noise(2000).hex().encode() + b"\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return data + b"xref\n0 4\n0000000000 65535 f \n" + table + tail


FILE_TYPES: dict[str, Callable[[], bytes]] = {
    "jpg": _jpeg,
    "png": _png,
    "webp": _webp,
    "tiff": _tiff,
    "svg": _svg,
    "pdf": _pdf,
}
"""A new whole file of each type, of some thousand bytes, by extension."""
