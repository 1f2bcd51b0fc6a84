"""Pages of the wiki."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.title import Title


class Pages(Protocol):
    """What is done with a page as such."""

    def refresh(self, title: Title) -> None:
        """Lets the page's templates read its structured data anew; costs no edit.

        Raises `Faulted`: `RATE_LIMITED`, `STORAGE` where the wiki did not do it or does not know
        the page yet.
        """
        ...
