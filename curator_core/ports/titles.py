"""Whether the wiki would have a file by this name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curator_core.domain.title import Title

AT_ONCE = 50
"""How many names one request may ask after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFound:
    """What the wiki has under a name. `spelled` is the name as it spells it, without `File:`;
    `refusal` why it could have no page at all, in its own words, empty where it could."""

    spelled: str
    refusal: str = ""
    has_page: bool = False
    has_file: bool = False


class Titles(Protocol):
    """Asks for names."""

    def blacklist_reason(self, title: Title) -> str | None:
        """Why the title blacklist forbids this file, in the wiki's own words as plain text;
        None where it does not, or where the wiki has no title blacklist. Raises `Faulted`."""
        ...

    def look_up(self, titles: Sequence[Title]) -> tuple[NameFound, ...]:
        """What there is under each of up to `AT_ONCE` names, in the same order, in one request.

        The title blacklist is not asked: the wiki tells of it for one name at a time. Raises
        `Faulted`, and `ValueError` where there are more names.
        """
        ...
