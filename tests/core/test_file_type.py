"""What files really are, by how they begin."""

from __future__ import annotations

import pytest

from curator_core.domain.file_type import HEAD_BYTES, media_type_of
from curator_core.domain.title import MEDIA_TYPES

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
ILLUSTRATOR = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<!-- Generator: Adobe Illustrator -->\n'
    b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd" [\n'
    + b'<!ENTITY ns_svg "http://www.w3.org/2000/svg">\n' * 40
    + b"]>\n"
    + SVG
)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\xff\xd8\xff\xe1\x00\x10Exif", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8L", "image/webp"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8X", "image/webp"),
        (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
        (b"MM\x00*\x00\x00\x00\x08", "image/tiff"),
        (b"II+\x00\x08\x00\x00\x00", "image/tiff"),
        (b"MM\x00+\x00\x08\x00\x00", "image/tiff"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<?php echo 1; ?>", "application/x-php"),
        (SVG, "image/svg+xml"),
        (b"\xef\xbb\xbf" + SVG, "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n' + SVG, "image/svg+xml"),
        (b"<!-- <html> -->" + SVG, "image/svg+xml"),
        (b'<?xml-stylesheet href="a.css"?><svg:svg xmlns:svg="x">', "image/svg+xml"),
        (ILLUSTRATOR, "image/svg+xml"),
        (ILLUSTRATOR[:HEAD_BYTES], "image/svg+xml"),
        (b"\xff\xfe" + SVG.decode().encode("utf-16-le"), "image/svg+xml"),
        (b"\xfe\xff" + SVG.decode().encode("utf-16-be"), "image/svg+xml"),
        (b"<!DOCTYPE html>\n<html>", "text/html"),
        (b"<!doctype HTML PUBLIC>", "text/html"),
        (b"\r\n <HTML lang=en>", "text/html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>' + SVG, "text/html"),
    ],
)
def test_a_file_is_known_by_its_beginning(head: bytes, media_type: str) -> None:
    assert media_type_of(head) == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"RIFF\x24\x00\x00\x00WEBP",
        b"just text about <svg> and <html>",
        b"<?xml version='1.0'?><rss>",
        b"<svgx>",
        b"<!-- never closed <svg>",
        b"PK\x03\x04",
        b"\x00\x00\x00\x18ftypheic",
        bytes(range(256)),
    ],
)
def test_anything_else_is_not_taken_for_something_known(head: bytes) -> None:
    assert media_type_of(head) is None


def test_every_type_that_a_title_can_promise_can_be_told() -> None:
    beginnings = [
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF....WEBPVP8 ",
        b"II*\x00",
        b"%PDF-",
        SVG,
    ]
    assert {media_type_of(head) for head in beginnings} == set(MEDIA_TYPES.values())
