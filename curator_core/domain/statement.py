"""Structured data as Wikibase means it: snaks, statements, values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

_PROPERTY = re.compile(r"P[1-9][0-9]*")
_ITEM = re.compile(r"Q[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Item:
    """A Wikidata item, such as Q42."""

    id: str

    def __post_init__(self) -> None:
        if not _ITEM.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is not an item's id")


@dataclass(frozen=True, slots=True)
class Text:
    """A string, an external id or a web address: Wikibase stores the three alike."""

    text: str

    def __post_init__(self) -> None:
        # Wikibase refuses both (captures `wb-string-untrimmed`, `wb-string-with-newline`).
        if not self.text or self.text != " ".join(self.text.split()):
            raise ValueError("a string value is neither empty nor padded and holds no line break")


@dataclass(frozen=True, slots=True)
class Day:
    """A date with the precision of a day, Gregorian, UTC."""

    date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An amount and its unit (an item), or none for a plain number."""

    amount: Decimal
    unit: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """A point on Earth in degrees, with the precision in degrees."""

    latitude: float
    longitude: float
    precision: float = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """What a wiki holds and we have no word for: "no value", a text in a language, a month,
    an amount with bounds, a place on the Moon.

    `kind` is the wiki's name for such values, `written` the value in the one writing that its
    adapter gives all that mean the same.
    """

    kind: str
    written: str = ""


Value = Item | Text | Day | Quantity | Coordinates | Foreign


@dataclass(frozen=True, slots=True)
class Snak:
    """A property and its value; without a value it means "some value, not an item we know"."""

    property: str
    value: Value | None

    def __post_init__(self) -> None:
        if not _PROPERTY.fullmatch(self.property):
            raise ValueError(f"{self.property!r} is not a property's id")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a statement is known from: snaks that belong together."""

    snaks: tuple[Snak, ...]


class Rank(StrEnum):
    """How a statement stands beside others of its property."""

    PREFERRED = "preferred"
    NORMAL = "normal"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One claim about a file, with its qualifiers and references in order."""

    main: Snak
    qualifiers: tuple[Snak, ...] = ()
    references: tuple[Reference, ...] = ()
    rank: Rank = Rank.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStatement:
    """A statement as a wiki holds it, under the wiki's own `id`.

    `as_read` is all that the wiki said of it, for the adapter that sends it back whole; nobody
    else looks into it.
    """

    id: str
    statement: Statement
    as_read: str = field(default="", compare=False, repr=False)


def mean_the_same(one: Value | None, other: Value | None) -> bool:
    """Whether two values say the same, however they are spelled.

    Coordinates do where they differ by no more than half of the coarser precision: that is what
    a value of this precision stands for. Two "some value" do as well: neither says anything else.
    """
    if isinstance(one, Coordinates) and isinstance(other, Coordinates):
        return _same_place(one, other)
    return one == other


def _same_place(one: Coordinates, other: Coordinates) -> bool:
    # A little more than half, since halves of decimal fractions are not exact in binary.
    within = max(one.precision, other.precision) * (0.5 + 1e-6)
    east = abs(one.longitude - other.longitude) % 360
    return abs(one.latitude - other.latitude) <= within and min(east, 360 - east) <= within


def same_snak(one: Snak, other: Snak) -> bool:
    """Whether two snaks say the same of the same property."""
    return one.property == other.property and mean_the_same(one.value, other.value)


def same_reference(one: Reference, other: Reference) -> bool:
    """Whether two references hold the same snaks, in whatever order."""
    return _holds_all(one, other) and _holds_all(other, one)


def _holds_all(one: Reference, other: Reference) -> bool:
    return all(any(same_snak(held, snak) for held in one.snaks) for snak in other.snaks)
