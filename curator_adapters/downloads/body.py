"""Reads an answer's body piece by piece, and knows whether it came whole."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import requests
import urllib3.exceptions

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind

PIECE = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At least so many bytes in each period `within`, but for the last."""

    bytes: int
    within: timedelta


def pieces(
    answer: requests.Response, slowest: Rate, advanced: Callable[[], None]
) -> Iterator[bytes]:
    """The body's bytes as the source holds them, in pieces of at most `PIECE`.

    `advanced` is called after each that came. Raises `Faulted`, `SOURCE_TROUBLE` for a body that is
    late, broken off, or in an encoding that nobody asked for.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _raw(answer, slowest, advanced)
    if encoding in ("gzip", "x-gzip"):
        return _unzipped(_raw(answer, slowest, advanced))
    raise trouble("encoding", f"it sent the picture in an encoding not asked for, {encoding!r}.")


def declared_size(answer: requests.Response) -> int | None:
    """How many bytes the body has on the wire, where the answer says so."""
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _raw(answer: requests.Response, slowest: Rate, advanced: Callable[[], None]) -> Iterator[bytes]:
    declared = declared_size(answer)
    arrived = 0
    lately, until = 0, time.monotonic() + slowest.within.total_seconds()
    while True:
        with _told_in_our_words():
            # One `recv` at most, so that the limit below is looked at however slowly bytes come.
            piece = answer.raw.read1(PIECE, decode_content=False)
        if not piece:
            break
        arrived += len(piece)
        lately += len(piece)
        if time.monotonic() > until:
            if lately < slowest.bytes:
                raise trouble("late", "it sent the picture too slowly.")
            lately, until = 0, time.monotonic() + slowest.within.total_seconds()
        advanced()
        yield piece
    if declared is not None and arrived != declared:
        raise trouble("broken-off", f"it sent {arrived} of {declared} bytes.")


def _unzipped(raw: Iterator[bytes]) -> Iterator[bytes]:
    # urllib3 would do this too, but takes a stream that ends in the middle for whole.
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    whole = False
    for piece in raw:
        rest = piece
        while rest:
            if unzip.eof:
                unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                unpacked = unzip.decompress(rest, PIECE)
            except zlib.error:
                raise trouble("encoding", "its gzip encoding is broken.") from None
            if unpacked:
                yield unpacked
            rest = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
        whole = unzip.eof
    if not whole:
        raise trouble("broken-off", "its gzip encoding ends in the middle.")


@contextmanager
def _told_in_our_words() -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.ReadTimeoutError:
        raise trouble("late", "it stopped sending the picture.") from None
    except urllib3.exceptions.HTTPError as error:
        told = f"the connection broke off ({type(error).__name__})."
        raise trouble("broken-off", told) from None


def trouble(code: str, info: str) -> Faulted:
    """A fault of the source that a repeat may cure."""
    return Faulted(Fault(kind=FaultKind.SOURCE_TROUBLE, code=code, info=info))
