"""A file's structured data on the wiki."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.merge import Additions, Description
from curator_core.domain.title import Title


class Statements(Protocol):
    """Reads and writes structured data, addressed by the file's title."""

    def read(self, title: Title) -> Description | None:
        """What the file has: empty where it has none yet; None where the wiki knows no such
        file (it was deleted, or a replica has not heard of it yet). Raises `Faulted`."""
        ...

    def write(
        self, title: Title, additions: Additions, summary: str, *, base: int | None = None
    ) -> None:
        """Adds these to the file's structured data, in one edit; with nothing to add, it asks
        the wiki all the same.

        `base` is the revision that the additions were made for: what somebody else wrote since
        is kept, and is an `EDIT_CONFLICT` where it is about the same properties or languages.
        Without it, nothing is compared: a new statement that is there already is there twice.
        Raises `Faulted`, with `STORAGE` where the wiki could not save it now or does not know
        the file yet (a replica that lags).
        """
        ...
