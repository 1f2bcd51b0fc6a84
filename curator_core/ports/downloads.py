"""Brings a picture's bytes from its source to this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from curator_core.domain.ids import Sha1


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """Bytes on disk: whole, flushed, their size checked. `head` is how they begin."""

    path: Path
    size: int
    sha1: Sha1
    head: bytes


def unheard() -> None:
    """Nobody wants to know that bytes moved."""


class Downloads(Protocol):
    """Fetches over the network."""

    def fetch(
        self,
        address: str,
        hosts: frozenset[str],
        max_size: int,
        advanced: Callable[[], None] = unheard,
    ) -> AbstractContextManager[LocalFile]:
        """The bytes at `address`, streamed to a temporary file that is gone after the block.

        Only `hosts` (and those that the operator allowed) are asked, after redirects too:
        anything else is `ADDRESS_FORBIDDEN`. SHA-1 and size are counted on the way; `advanced` is
        called whenever bytes came. A source that goes silent, or sends next to nothing for long,
        is given up.

        Raises `Faulted`: `SOURCE_TROUBLE` where a repeat may help (5xx, 429, a broken or late
        answer, an error page of type `application/x-php`), `SOURCE_REFUSED` for any other 4xx,
        `NOT_AN_IMAGE` for an empty body, `TOO_LARGE` beyond `max_size` bytes, `DISK_FULL`, and
        `DISK_SHARED` where other pictures on their way leave too little room for now.
        """
        ...
