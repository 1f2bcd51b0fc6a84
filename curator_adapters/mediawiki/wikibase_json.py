"""The core's statements and captions as Wikibase writes them, and back.

Capture `wbgetentities-mediainfo-full` shows the forms. Hashes, ids and datatypes are the wiki's
own business: they are neither sent nor read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from curator_core.domain.caption import Caption
from curator_core.domain.statement import (
    Coordinates,
    Day,
    Item,
    Quantity,
    Rank,
    Snak,
    Statement,
    Text,
    Value,
)

_CONCEPTS = "http://www.wikidata.org/entity/"
_GREGORIAN = f"{_CONCEPTS}Q1985727"
_EARTH = f"{_CONCEPTS}Q2"
_NO_UNIT = "1"
_DAY_PRECISION = 11

Json = dict[str, Any]


def entity_data(statements: Sequence[Statement], captions: Sequence[Caption]) -> Json:
    """`data` of `wbeditentity`; the key is `claims`, since `statements` is ignored in silence
    (capture `wb-statements-key`)."""
    return {
        "claims": [statement_json(statement) for statement in statements],
        "labels": {
            caption.language: {"language": caption.language, "value": caption.text}
            for caption in captions
        },
    }


def statement_json(statement: Statement) -> Json:
    """One statement, qualifiers in order."""
    written: Json = {
        "type": "statement",
        "mainsnak": _snak_json(statement.main),
        "rank": statement.rank.value,
    }
    if statement.qualifiers:
        order = list(dict.fromkeys(snak.property for snak in statement.qualifiers))
        written["qualifiers"] = {
            name: [_snak_json(snak) for snak in statement.qualifiers if snak.property == name]
            for name in order
        }
        written["qualifiers-order"] = order
    return written


def statement_of(written: Json) -> Statement | None:
    """The statement that Wikibase wrote, or None where the core has no word for one of its
    values (languages of a text, coarser dates, "no value", other globes)."""
    qualifiers = written.get("qualifiers") or {}
    order = written.get("qualifiers-order") or list(qualifiers)
    snaks = [_snak_of(written["mainsnak"])]
    snaks += [_snak_of(snak) for name in order for snak in qualifiers[name]]
    known = [snak for snak in snaks if snak is not None]
    if len(known) < len(snaks):
        return None
    return Statement(
        main=known[0], qualifiers=tuple(known[1:]), rank=Rank(written.get("rank", "normal"))
    )


def _snak_json(snak: Snak) -> Json:
    if snak.value is None:
        return {"snaktype": "somevalue", "property": snak.property}
    return {"snaktype": "value", "property": snak.property, "datavalue": _value_json(snak.value)}


def _value_json(value: Value) -> Json:
    match value:
        case Item(id=name):
            number = int(name.removeprefix("Q"))
            entity = {"entity-type": "item", "numeric-id": number, "id": name}
            return {"type": "wikibase-entityid", "value": entity}
        case Text(text=text):
            return {"type": "string", "value": text}
        case Day(date=day):
            return {"type": "time", "value": _time_json(day)}
        case Quantity(amount=amount, unit=unit):
            written = {
                "amount": f"{amount:+f}",
                "unit": f"{_CONCEPTS}{unit.id}" if unit else _NO_UNIT,
            }
            return {"type": "quantity", "value": written}
        case Coordinates():
            point = {
                "latitude": value.latitude,
                "longitude": value.longitude,
                "altitude": None,
                "precision": value.precision,
                "globe": _EARTH,
            }
            return {"type": "globecoordinate", "value": point}


def _time_json(day: date) -> Json:
    # Wikibase refuses a clock time (capture `wb-time-nonmidnight-day-precision`).
    return {
        "time": f"+{day.isoformat()}T00:00:00Z",
        "timezone": 0,
        "before": 0,
        "after": 0,
        "precision": _DAY_PRECISION,
        "calendarmodel": _GREGORIAN,
    }


def _snak_of(written: Json) -> Snak | None:
    if written["snaktype"] == "somevalue":
        return Snak(written["property"], None)
    if written["snaktype"] != "value":
        return None
    value = _value_of(written["datavalue"]["type"], written["datavalue"]["value"])
    return None if value is None else Snak(written["property"], value)


def _value_of(kind: str, written: Any) -> Value | None:
    match kind:
        case "wikibase-entityid" if written.get("entity-type") == "item":
            return Item(written.get("id") or f"Q{written['numeric-id']}")
        case "string":
            return Text(written)
        case "time" if (written["precision"], written["calendarmodel"]) == (
            _DAY_PRECISION,
            _GREGORIAN,
        ) and written["time"].startswith("+"):
            return Day(date.fromisoformat(written["time"][1:11]))
        case "quantity" if not {"upperBound", "lowerBound"} & written.keys():
            unit = written["unit"].rpartition("/")[2]
            return Quantity(
                amount=Decimal(written["amount"]), unit=None if unit == _NO_UNIT else Item(unit)
            )
        case "globecoordinate" if written["globe"] == _EARTH and written["precision"]:
            return Coordinates(
                latitude=written["latitude"],
                longitude=written["longitude"],
                precision=written["precision"],
            )
        case _:
            return None
