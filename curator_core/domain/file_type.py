"""What a file really is, told by its first bytes."""

from __future__ import annotations

import re

HEAD_BYTES = 4096
"""How much of a file's beginning `media_type_of` looks at: an SVG may open with long comments
and entity declarations."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    # BigTIFF: offsets of 8 bytes each, for files above 4 GiB.
    (b"II+\x00\x08\x00\x00\x00", "image/tiff"),
    (b"MM\x00+\x00\x08\x00\x00", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"<?php", "application/x-php"),
)

_TEXT_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

# What may stand before a document's first element; a declaration that the head cuts off names
# its root all the same.
_PROLOG = re.compile(r"\s+|<\?xml.*?\?>|<!--.*?-->|<\?(?!php).*?\?>", re.DOTALL)
_DOCTYPE = re.compile(r"<!doctype\s+(?:\w+:)?(\w+)", re.IGNORECASE)
_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)[\s/>]")
_ROOTS = {"svg": "image/svg+xml", "html": "text/html"}


def media_type_of(head: bytes) -> str | None:
    """The media type of the file that begins with `head`, or None where it is none we know."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:15] == b"WEBPVP8":
        return "image/webp"
    root = _root_of(_text_of(head))
    return _ROOTS.get(root.lower()) if root else None


def _text_of(head: bytes) -> str:
    for mark, encoding in _TEXT_ENCODINGS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    # Any encoding that holds ASCII will do: only names of elements are looked at.
    return head.decode("latin-1")


def _root_of(text: str) -> str | None:
    at = 0
    while prolog := _PROLOG.match(text, at):
        at = prolog.end()
    root = _DOCTYPE.match(text, at) or _ELEMENT.match(text, at)
    return root[1] if root else None
