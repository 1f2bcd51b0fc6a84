"""Files with structured data, and merging into them."""

from __future__ import annotations

from decimal import Decimal

from curator_core.domain.caption import Caption
from curator_core.domain.merge import Description, merge
from curator_core.domain.statement import (
    Item,
    Quantity,
    Snak,
    Statement,
    Value,
)
from tests.fakes.statements import add
from tests.fakes.wiki_records import FakeDescription

DEGREES = Item("Q28390")


def a_statement(name: str, value: Value | None, *qualifiers: Snak, **more: object) -> Statement:
    return Statement(main=Snak(name, value), qualifiers=qualifiers, **more)  # type: ignore[arg-type]


def a_file(*statements: Statement, languages: str = "") -> FakeDescription:
    captions = {each: Caption(language=each, text="theirs") for each in languages.split()}
    return FakeDescription(statements=list(statements), captions=captions, edits=[{"all"}])


def read(file: FakeDescription) -> Description:
    return Description(
        revision=file.revision, statements=file.stored, languages=frozenset(file.captions)
    )


def merged(file: FakeDescription, *ours: Statement, captions: tuple[Caption, ...] = ()) -> bool:
    """Merges into the file; answers whether anything was missing."""
    additions = merge(read(file), ours, captions)
    if additions:
        add(file, additions, "merged")
    return bool(additions)


def degrees(amount: str) -> Quantity:
    return Quantity(amount=Decimal(amount), unit=DEGREES)
