"""Ids that fit a search, page by page, and how many there are, at a bounded price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, func, select, union

from curator_adapters.sql.tables import USERS, WORDS
from curator_core.domain.search import name_key
from curator_core.ports.reports import TOTAL_BOUND, Page

Ids = Select[tuple[int]]
"""Ids of what fits, in no order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Items by id, the newest first; each of `branches` finds some of them."""

    branches: Sequence[Ids]

    def page(self, connection: Connection, page: Page) -> list[int]:
        """The ids on a page."""
        if not self.branches:
            return []
        if len(self.branches) == 1:
            [only] = self._ordered()
            return list(connection.scalars(only.limit(page.limit).offset(page.offset)))
        # Nothing beyond this page of any branch can be on it.
        found = self._first(page.offset + page.limit)
        return list(connection.scalars(_newest_of(found, select(found.c[0]), page)))

    def page_and_total(self, connection: Connection, page: Page) -> tuple[list[int], int]:
        """Both in one look: for what costs more to find than to count."""
        if not self.branches:
            return [], 0
        found = self._first(max(page.offset + page.limit, TOTAL_BOUND))
        counted = select(found.c[0], func.count().over())
        rows = connection.execute(_newest_of(found, counted, page)).all()
        if not rows:
            return [], self.total(connection)
        return [row[0] for row in rows], min(rows[0][1], TOTAL_BOUND)

    def total(self, connection: Connection) -> int:
        """How many, up to `TOTAL_BOUND`."""
        if not self.branches:
            return 0
        parts = [each.limit(TOTAL_BOUND).subquery() for each in self.branches]
        if len(parts) == 1:
            return count(connection, select(parts[0].c[0]))
        return min(count(connection, union(*(select(part.c[0]) for part in parts))), TOTAL_BOUND)

    def _ordered(self) -> list[Ids]:
        return [each.order_by(each.selected_columns[0].desc()) for each in self.branches]

    def _first(self, enough: int) -> Subquery:
        """The newest so many of each branch, each id once."""
        parts = [each.limit(enough).subquery() for each in self._ordered()]
        return parts[0] if len(parts) == 1 else union(*(select(p.c[0]) for p in parts)).subquery()


def _newest_of(found: Subquery, asked: Select[Any], page: Page) -> Select[Any]:
    return asked.order_by(found.c[0].desc()).limit(page.limit).offset(page.offset)


def bounded_total(connection: Connection, found: Select[Any]) -> int:
    """How many rows `found` has, up to `TOTAL_BOUND`."""
    return count(connection, found.limit(TOTAL_BOUND))


def in_order(ids: Sequence[int], found: dict[int, Any]) -> tuple[Any, ...]:
    """What was found, in the order of `ids`."""
    return tuple(found[each] for each in ids if each in found)


def begins_with(column: ColumnElement[str | None], text: str) -> ColumnElement[bool]:
    """Whether `column` begins so, letter for letter, by a range of its index."""
    return column.between(text, text + "\U0010ffff") & column.startswith(text, autoescape=True)


def named(text: str) -> ColumnElement[bool]:
    """Whether a user's name begins so."""
    return begins_with(USERS.c.name_key, name_key(text.strip()))


def has_word(word: str, upload: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether this upload's file name has it."""
    also = WORDS.alias()
    return select(also.c.word).where(also.c.word == word, also.c.upload_id == upload).exists()


def count(connection: Connection, found: Any) -> int:
    """How many rows `found` has."""
    return connection.scalar(select(func.count()).select_from(found.subquery())) or 0
