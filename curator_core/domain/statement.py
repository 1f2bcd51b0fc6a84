"""Structured data as Wikibase means it: snaks, statements, values."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


Value = Item | Text | Day | Quantity | Coordinates


@dataclass(frozen=True, slots=True)
class Snak:
    """A property and its value; without a value it means "some value, not an item we know"."""

    property: str
    value: Value | None

    def __post_init__(self) -> None:
        if not _PROPERTY.fullmatch(self.property):
            raise ValueError(f"{self.property!r} is not a property's id")


class Rank(StrEnum):
    """How a statement stands beside others of its property."""

    PREFERRED = "preferred"
    NORMAL = "normal"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One claim about a file, with its qualifiers in order."""

    main: Snak
    qualifiers: tuple[Snak, ...] = ()
    rank: Rank = Rank.NORMAL
