"""The core's statements and captions as Wikibase writes them, and back.

Capture `wbgetentities-mediainfo-full` shows the forms. Hashes and datatypes are the wiki's own
business and say nothing; what Wikibase wrote is sent back with all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from curator_core.domain.merge import Additions, Gain
from curator_core.domain.statement import (
    Coordinates,
    Day,
    Foreign,
    Item,
    Quantity,
    Rank,
    Reference,
    Snak,
    Statement,
    StoredStatement,
    Text,
    Value,
)

_CONCEPTS = "http://www.wikidata.org/entity/"
_GREGORIAN = f"{_CONCEPTS}Q1985727"
_EARTH = f"{_CONCEPTS}Q2"
_NO_UNIT = "1"
_DAY_PRECISION = 11

Json = dict[str, Any]


def entity_data(additions: Additions) -> Json:
    """`data` of `wbeditentity`; the key is `claims`, since `statements` is ignored in silence
    (capture `wb-statements-key`). A claim with the id of an existing one takes its place."""
    return {
        "claims": [
            *(_grown_json(gain) for gain in additions.gains),
            *(statement_json(statement) for statement in additions.statements),
        ],
        "labels": {
            caption.language: {"language": caption.language, "value": caption.text}
            for caption in additions.captions
        },
    }


def statement_json(statement: Statement) -> Json:
    """One new statement, qualifiers in order."""
    written: Json = {
        "type": "statement",
        "mainsnak": _snak_json(statement.main),
        "rank": statement.rank.value,
    }
    _add_snaks(written, "qualifiers", statement.qualifiers)
    _add_references(written, statement.references)
    return written


def stored_statement_of(written: Json) -> StoredStatement:
    """A statement as the wiki holds it."""
    return StoredStatement(
        id=written["id"],
        statement=statement_of(written),
        as_read=json.dumps(written, ensure_ascii=False),
    )


def statement_of(written: Json) -> Statement:
    """What a statement means; values that the core has no word for stay whole as `Foreign`."""
    return Statement(
        main=_snak_of(written["mainsnak"]),
        qualifiers=_snaks_of(written, "qualifiers"),
        references=tuple(
            Reference(_snaks_of(reference, "snaks"))
            for reference in written.get("references") or ()
        ),
        rank=Rank(written.get("rank", "normal")),
    )


def _grown_json(gain: Gain) -> Json:
    written: Json = json.loads(gain.to.as_read)
    _add_snaks(written, "qualifiers", gain.qualifiers)
    _add_references(written, gain.references)
    return written


def _add_references(written: Json, references: Sequence[Reference]) -> None:
    if not references:
        return
    new: list[Json] = []
    for reference in references:
        new.append({})
        _add_snaks(new[-1], "snaks", reference.snaks)
    written["references"] = [*(written.get("references") or ()), *new]


def _add_snaks(written: Json, name: str, snaks: Iterable[Snak]) -> None:
    """Puts snaks behind those that stand under `name`; Wikibase keeps those of one property
    together, and the properties in an order of their own."""
    groups = {each: list(group) for each, group in (written.get(name) or {}).items()}
    order = list(written.get(f"{name}-order") or groups)
    for snak in snaks:
        if snak.property not in order:
            order.append(snak.property)
        groups.setdefault(snak.property, []).append(_snak_json(snak))
    if groups:
        written[name] = groups
        written[f"{name}-order"] = order


def _snaks_of(written: Json, name: str) -> tuple[Snak, ...]:
    groups = written.get(name) or {}
    order = written.get(f"{name}-order") or list(groups)
    return tuple(_snak_of(snak) for each in order for snak in groups.get(each, ()))


def _snak_json(snak: Snak) -> Json:
    match snak.value:
        case None:
            return {"snaktype": "somevalue", "property": snak.property}
        case Foreign(kind="novalue"):
            return {"snaktype": "novalue", "property": snak.property}
        case value:
            written = {"snaktype": "value", "property": snak.property}
            return {**written, "datavalue": _value_json(value)}


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
        case Foreign(kind=kind, written=written_value):
            return {"type": kind, "value": json.loads(written_value)}


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


def _snak_of(written: Json) -> Snak:
    name = written["property"]
    match written["snaktype"]:
        case "somevalue":
            return Snak(name, None)
        case "value":
            kind, value = written["datavalue"]["type"], written["datavalue"]["value"]
            return Snak(name, _known_value(kind, value) or _foreign(kind, value))
        case other:
            return Snak(name, Foreign(kind=other))


def _foreign(kind: str, value: Any) -> Foreign:
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Foreign(kind=kind, written=written)


def _known_value(kind: str, written: Any) -> Value | None:
    try:
        return _value_of(kind, written)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        # Written by other programs, at other times: whatever it is, it stays as it is.
        return None


def _value_of(kind: str, written: Any) -> Value | None:
    match kind:
        case "wikibase-entityid" if written.get("entity-type") == "item":
            # Either may be missing; both say the same.
            return Item(written.get("id") or f"Q{written['numeric-id']}")
        case "string":
            return Text(written)
        case "time":
            return _day_of(written)
        case "quantity" if not {"upperBound", "lowerBound"} & written.keys():
            unit = _concept(written["unit"])
            amount = Decimal(written["amount"])
            return Quantity(amount=amount, unit=None if unit == _NO_UNIT else Item(unit))
        case "globecoordinate" if _is_on_earth(written) and written["precision"]:
            return Coordinates(
                latitude=written["latitude"],
                longitude=written["longitude"],
                precision=abs(written["precision"]),
            )
        case _:
            return None


def _day_of(written: Json) -> Day | None:
    uncertain = any(written.get(name) for name in ("timezone", "before", "after"))
    if uncertain or written["precision"] != _DAY_PRECISION:
        return None
    if _concept(written["calendarmodel"]) != _concept(_GREGORIAN):
        return None
    # Older revisions write years with more digits: "+00000002024-05-01T00:00:00Z". Of the time
    # of day nothing is meant at this precision.
    sign, (year, month, day) = written["time"][0], written["time"][1:].partition("T")[0].split("-")
    return Day(date(int(year), int(month), int(day))) if sign == "+" else None


def _is_on_earth(written: Json) -> bool:
    return _concept(written.get("globe") or _EARTH) == _concept(_EARTH) and not written.get(
        "altitude"
    )


def _concept(address: str) -> str:
    """The id at the end of a concept's address, whatever wiki and protocol it begins with."""
    return address.rpartition("/")[2]
