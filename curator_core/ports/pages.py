"""Pages of the wiki."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from curator_core.domain.title import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """A page's wikitext, and the number of the revision that holds it."""

    text: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Some of a category's members: full names, in the category's order (pages, subcategories,
    files; each by sort key). `more` is where to go on, empty at the end."""

    pages: tuple[str, ...]
    more: str = ""


class Pages(Protocol):
    """What is done with a page as such; `page` is a full name with spaces, `Category:Bridges`."""

    def refresh(self, title: Title) -> None:
        """Lets the page's templates read its structured data anew; costs no edit.

        Raises `Faulted`: `RATE_LIMITED`, `STORAGE` where the wiki did not do it or does not know
        the page yet.
        """
        ...

    def touch(self, title: Title) -> None:
        """The same by an edit that changes nothing: where refreshing is refused or its limit is
        tighter. Costs edits (two; one in MediaWiki 1.39). Raises `Faulted` as `refresh` does."""
        ...

    def read(self, page: str) -> PageText | None:
        """What the page says now; None where there is no such page. Raises `Faulted`."""
        ...

    def save(self, page: str, text: str, summary: str, base: PageText | None) -> bool:
        """Replaces `base`, which was read before, by `text`; None makes a new page.

        Answers False, and changes nothing, where a new page is there already. Text that is there
        already makes no revision. Raises `Faulted`: `EDIT_CONFLICT` where somebody else has
        changed the same place since (or any place, as the wiki likes), `REFUSED`.
        """
        ...

    def members(self, category: str, after: str = "", at_most: int = 500) -> Members:
        """Up to `at_most` members (500 is the most), from the start or from where `more` said.

        Of a category that nothing is in, there are none. An edit's effect may show a little
        later. Raises `Faulted`.
        """
        ...
