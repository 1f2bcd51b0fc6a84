"""What kind of file some bytes are, and whether their name says the same."""

import struct
from pathlib import Path
from typing import BinaryIO

UNKNOWN = "unknown/unknown"
_HEAD = 1024
# An end-of-directory record of ZIP stands in the last 65,557 bytes.
_ZIP_TAIL = 65_557
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "application/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"MThd", "audio/midi"),
    (b"gimp xcf", "image/x-xcf"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"<?php", "application/x-php"),
)
_TYPES_OF_EXTENSION = {
    "jpg": {"image/jpeg"}, "jpeg": {"image/jpeg"}, "png": {"image/png"}, "gif": {"image/gif"},
    "webp": {"image/webp"}, "tif": {"image/tiff"}, "tiff": {"image/tiff"},
    "pdf": {"application/pdf"}, "webm": {"video/webm"}, "ogg": {"application/ogg"},
    "oga": {"application/ogg"}, "ogv": {"application/ogg"}, "opus": {"application/ogg"},
    "flac": {"audio/flac"}, "mp3": {"audio/mpeg"}, "wav": {"audio/wav"}, "mid": {"audio/midi"},
    "midi": {"audio/midi"}, "svg": {"image/svg+xml"}, "xcf": {"image/x-xcf"},
    "djvu": {"image/vnd.djvu"}, "mpg": {"video/mpeg"}, "mpeg": {"video/mpeg"},
}  # fmt: skip
_EXTENSION_OF_TYPE = {
    "image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "image/webp": "webp",
    "image/tiff": "tiff", "application/pdf": "pdf", "image/svg+xml": "svg", "video/webm": "webm",
}  # fmt: skip
MARKUP_TYPES = ("text/html", "application/x-php")


def media_type(path: Path) -> str:
    """Detects the media type of the file at `path` from its bytes, never from its name."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if _ends_in_a_zip(file):
            return "application/zip"
    return _type_of_head(head)


def _ends_in_a_zip(file: BinaryIO) -> bool:
    size = file.seek(0, 2)
    file.seek(max(0, size - _ZIP_TAIL))
    return b"PK\x05\x06" in file.read()


def _type_of_head(head: bytes) -> str:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    lowered = head.lower().lstrip()
    if lowered.startswith((b"<?xml", b"<!--", b"<svg")) and b"<svg" in lowered:
        # Whatever stands in it is looked at later.
        return "image/svg+xml"
    if any(tag in lowered for tag in (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "text/html"
    readable = bytes(range(32, 127)) + b"\t\r\n"
    return "text/plain" if head and not head.translate(None, readable) else UNKNOWN


def is_scripted(path: Path, kind: str) -> bool:
    """Whether a drawing holds a script."""
    return kind == "image/svg+xml" and b"<script" in path.read_bytes().lower()


def extension_of(kind: str) -> str:
    """The extension MediaWiki gives to content of this type, or `""` where it gives none."""
    return _EXTENSION_OF_TYPE.get(kind, "")


def fits(extension: str, kind: str) -> bool:
    """Whether a file of type `kind` may be called `.extension`."""
    allowed = _TYPES_OF_EXTENSION.get(extension)
    return kind not in ("application/zip", *MARKUP_TYPES) and (allowed is None or kind in allowed)


def dimensions(path: Path, kind: str) -> tuple[int, int]:
    """Returns width and height in pixels, or zeros where they cannot be read."""
    with path.open("rb") as file:
        if kind == "image/png":
            head = file.read(24)
            return struct.unpack(">II", head[16:24]) if len(head) == 24 else (0, 0)
        if kind == "image/gif":
            head = file.read(10)
            return struct.unpack("<HH", head[6:10]) if len(head) == 10 else (0, 0)
        return _jpeg_dimensions(file) if kind == "image/jpeg" else (0, 0)


def _jpeg_dimensions(file: BinaryIO) -> tuple[int, int]:
    file.seek(2)
    while len(marker := file.read(4)) == 4 and marker[0] == 0xFF:
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC):
            frame = file.read(5)
            if len(frame) < 5:
                return (0, 0)
            height, width = struct.unpack(">HH", frame[1:5])
            return (width, height)
        file.seek(int.from_bytes(marker[2:4], "big") - 2, 1)
    return (0, 0)
