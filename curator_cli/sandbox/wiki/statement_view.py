"""Structured data in words, for people who look at a file's page."""

from dataclasses import dataclass
from typing import Any

from curator_cli.sandbox.wiki.errors import Json
from curator_cli.sandbox.wiki.pages import Entity
from curator_cli.sandbox.wiki.properties import CONCEPTS, ITEMS, PROPERTIES

_UNIT_SIGNS = {"Q28390": "°", "Q355198": " px"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueView:
    """A value as text, with an address where it is one."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnakView:
    """A property with a value."""

    property_id: str
    label: str
    value: ValueView


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement with its qualifiers."""

    main: SnakView
    rank: str
    qualifiers: tuple[SnakView, ...]


def statement_rows(entity: Entity) -> list[StatementView]:
    """All statements of a file in the order in which they are stored."""
    return [
        StatementView(
            main=_snak(statement["mainsnak"]),
            rank=statement["rank"],
            qualifiers=tuple(
                _snak(snak) for group in statement.get("qualifiers", {}).values() for snak in group
            ),
        )
        for statements in entity.statements.values()
        for statement in statements
    ]


def _snak(snak: Json) -> SnakView:
    name = snak["property"]
    known = PROPERTIES.get(name)
    return SnakView(property_id=name, label=known.label if known else name, value=_value(snak))


def _value(snak: Json) -> ValueView:
    if snak["snaktype"] != "value":
        words = {"somevalue": "some value", "novalue": "no value"}
        return ValueView(text=words[snak["snaktype"]])
    kind, value = snak["datavalue"]["type"], snak["datavalue"]["value"]
    if kind == "string":
        is_address = value.startswith(("https://", "http://"))
        return ValueView(text=value, address=value if is_address else "")
    return ValueView(text=_text(kind, value))


def _text(kind: str, value: Any) -> str:
    if kind == "wikibase-entityid":
        name = value["id"]
        return f"{ITEMS[name]} ({name})" if name in ITEMS else name
    if kind == "time":
        return str(value["time"]).lstrip("+").partition("T")[0]
    if kind == "quantity":
        unit = str(value["unit"]).removeprefix(CONCEPTS)
        sign = _UNIT_SIGNS.get(unit, "" if unit == "1" else f" {ITEMS.get(unit, unit)}")
        return f"{str(value['amount']).lstrip('+')}{sign}"
    if kind == "globecoordinate":
        return f"{value['latitude']}, {value['longitude']}"
    return f"{value['text']} ({value['language']})"
