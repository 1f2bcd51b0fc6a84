"""Whether the wiki would have a file by this name."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.title import Title


class Titles(Protocol):
    """Asks for names."""

    def blacklist_reason(self, title: Title) -> str | None:
        """Why the title blacklist forbids this file, in the wiki's own words as plain text;
        None where it does not, or where the wiki has no title blacklist. Raises `Faulted`."""
        ...
