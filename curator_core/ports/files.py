"""What the wiki holds: under a name, and with given bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from curator_core.domain.ids import Sha1
from curator_core.domain.outcome import FileLink
from curator_core.domain.pace import Limits
from curator_core.domain.title import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class WikiFile:
    """The current version of a file. `uploaded_at` by the wiki's clock, to the second, in UTC;
    `title` without `File:`, with spaces; `url` of the file's page. Of a redirect, the rest
    describes the file that it leads to. What an administrator hid is empty or 0."""

    title: str
    url: str
    sha1: Sha1
    size: int
    uploader: str
    uploaded_at: datetime
    is_redirect: bool = False

    @property
    def link(self) -> FileLink:
        """How a contributor finds it."""
        return FileLink(title=f"File:{self.title}", url=self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The answer to one look: who holds our bytes (by title, up to 50), what our title holds,
    what we may.

    `wiki_time` is the wiki's clock when it answered, to the second, in UTC.
    """

    wiki_time: datetime
    same_bytes: tuple[WikiFile, ...]
    at_title: WikiFile | None
    limits: Limits | None = None


class Files(Protocol):
    """Looks at the wiki's files."""

    def look(self, sha1: Sha1, title: Title) -> Standing:
        """Everything needed before publishing, or to settle it, in one request.

        Brings the write token and the user's limits along. Raises `Faulted`.
        """
        ...

    def max_size(self) -> int:
        """The largest file that the wiki takes, in bytes; asked once, then known.

        Raises `Faulted`.
        """
        ...
