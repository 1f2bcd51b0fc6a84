"""Makes a stashed file a file of the wiki."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The wiki holds it now; `title` as the wiki spells it, without `File:`.

    `found`: it was found there by a look, instead of told by the answer that published it. Then
    it may be older than this attempt, and described already.
    """

    title: str
    url: str
    sha1: Sha1
    size: int
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The wiki had doubts and published nothing; titles without `File:`, with spaces.

    `others` holds the remaining warnings by their own names, each with what it is about.
    """

    duplicates: tuple[str, ...] = ()
    exists: str | None = None
    no_change: bool = False
    respelled: str | None = None
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The wiki took the request and carries it out in the background."""


class Publisher(Protocol):
    """Publishes. An answer that was lost says nothing of whether the file was published."""

    def publish(
        self, title: Title, key: FileKey, wikitext: str, summary: str, size: int
    ) -> Published | Warned | Pending:
        """Publishes the whole stashed file `key` under `title`, ignoring no warning.

        A published key is used up (`STASH_GONE`); after a warning or a fault it can be published
        later, under another title too. Costs the user's limits, warnings as much as a file.
        `size` is the file's, in bytes: a large one is published in the background, and one that
        is being published already stays `Pending`. Raises `Faulted`.
        """
        ...

    def in_background(self, size: int) -> bool:
        """Whether the wiki publishes files of so many bytes in the background; asks nothing."""
        ...

    def outcome(self, title: Title, key: FileKey) -> Published | Warned | Pending:
        """What became of a `publish` that was answered with `Pending`; may be asked again.

        Raises `Faulted`: `NO_RESULT` where the wiki does not know (any more), else what the
        publishing itself ended in.
        """
        ...
