"""Values of statements: checked, cleaned and hashed as Wikibase does it."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from curator_cli.sandbox.wiki.errors import ApiError, Json, wikibase_error
from curator_cli.sandbox.wiki.properties import LAST_ITEM, PROPERTIES, Property

_TIME = re.compile(r"([-+]?)(\d{1,16})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z\Z")
_AMOUNT = re.compile(r"[-+]?\d+(?:\.\d+)?\Z")
_DAY_PRECISION = 11
_LONGEST = 400
_QUOTED = 29
_ILLEGAL_IN_STRINGS = re.compile(r"\A\s|\s\Z|[\n\r\t\v\f]")


def modification_failed(info: str, name: str, *parts: str) -> ApiError:
    """The error for statements that Wikibase does not take (captures wb-bad-*)."""
    return wikibase_error("modification-failed", info, (name, list(parts)))


def corrupt(reason: str) -> ApiError:
    """A value that cannot be read at all (captures wb-bad-time, wb-bad-coordinate)."""
    return modification_failed(
        f"Data value corrupt: {reason}", "wikibase-validator-bad-value", reason
    )


def clean_snak(snak: Any) -> Json:
    """Returns the snak as Wikibase stores it, with its hash; raises what is wrong with it."""
    if not isinstance(snak, dict) or "property" not in snak:
        raise corrupt("A snak needs a property")
    name, kind = str(snak["property"]), snak.get("snaktype", "value")
    known = PROPERTIES.get(name)
    if known is None:
        raise modification_failed(
            f"Property [[Property:{name}|{name}]] not found",
            "wikibase-validator-no-such-property",
            f"[[Property:{name}|{name}]]",
        )
    if kind in ("somevalue", "novalue"):
        return {"snaktype": kind, "property": name, "hash": _hash([kind, name])}
    if kind != "value" or not isinstance(snak.get("datavalue"), dict):
        raise corrupt("A snak of type value needs a datavalue")
    value = _clean_value(known, snak["datavalue"])
    stored = {"value": value, "type": known.value_type}
    return {
        "snaktype": "value",
        "property": name,
        "hash": _hash([kind, name, stored]),
        "datavalue": stored,
    }


def shortened(text: str) -> str:
    """A long text as Wikibase's messages quote it (capture wb-label-too-long)."""
    return f"{text[:_QUOTED]}..."


def _hash(parts: list[Any]) -> str:
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _clean_value(known: Property, datavalue: Json) -> Any:
    kind = str(datavalue.get("type"))
    if kind != known.value_type:
        raise modification_failed(
            f"Bad value type {kind}, expected {known.value_type}",
            "wikibase-validator-bad-value-type",
            kind,
            known.value_type,
        )
    value = datavalue.get("value")
    if kind == "string":
        return _clean_string(value, is_address=known.datatype == "url")
    if not isinstance(value, dict):
        raise corrupt(f"A value of type {kind} must be an object")
    return _CLEANERS[kind](value)


def _clean_string(value: Any, *, is_address: bool) -> str:
    if not isinstance(value, str) or not value:
        raise corrupt("A string must be a text of at least one character")
    if len(value) > _LONGEST:
        raise modification_failed(
            f"Must be no more than {_LONGEST} characters long",
            "wikibase-validator-too-long",
            str(_LONGEST),
            shortened(value),
        )
    if _ILLEGAL_IN_STRINGS.search(value):
        raise modification_failed(
            "String should not start or end with whitespace nor include vertical whitespace or "
            f"tabs: {' '.join(value.split())}",
            "wikibase-validator-illegal-string-chars",
            value,
        )
    if is_address and not re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE):
        raise modification_failed(
            f'This URL misses a scheme like "https://": {value}',
            "wikibase-validator-url-scheme-missing",
            value,
        )
    return value


def _clean_item(value: Json) -> Json:
    name = str(value.get("id") or f"Q{value.get('numeric-id', '')}")
    if not re.fullmatch(r"Q[1-9]\d*", name):
        raise corrupt(f"Could not parse entity id {name}")
    number = int(name[1:])
    if number > LAST_ITEM:
        link = f"[[Item:{name}|{name}]]"
        raise modification_failed(f"{link} not found", "wikibase-validator-no-such-entity", link)
    return {"entity-type": "item", "numeric-id": number, "id": name}


def _clean_time(value: Json) -> Json:
    text = str(value.get("time", ""))
    parsed = _TIME.match(text)
    if parsed is None:
        raise corrupt(f"$timestamp must resemble ISO 8601, given {text}")
    sign, year, month, day, *clock = parsed.groups()
    precision = value.get("precision", _DAY_PRECISION)
    has_clock = any(part != "00" for part in clock)
    if not isinstance(precision, int) or precision > _DAY_PRECISION or has_clock:
        # Captures wb-time-nonmidnight-day-precision, wb-time-seconds-precision.
        raise modification_failed(
            f"Malformed input: {text}", "wikibase-validator-malformed-value", text
        )
    return {
        "time": f"{sign or '+'}{year.zfill(4)}-{month}-{day}T00:00:00Z",
        "timezone": value.get("timezone", 0),
        "before": value.get("before", 0),
        "after": value.get("after", 0),
        "precision": precision,
        "calendarmodel": value.get("calendarmodel", "http://www.wikidata.org/entity/Q1985727"),
    }


def _clean_quantity(value: Json) -> Json:
    found: Json = {}
    for name in ("amount", "upperBound", "lowerBound"):
        if name not in value and name != "amount":
            continue
        text = str(value.get(name, ""))
        if not _AMOUNT.match(text):
            raise corrupt(f"{text!r} is no decimal number")
        # Capture wb-bad-quantity: "400" is stored as "+400".
        found[name] = text if text[0] in "+-" else f"+{text}"
        if name == "amount":
            found["unit"] = str(value.get("unit", "1"))
    return found


def _clean_coordinate(value: Json) -> Json:
    for name in ("latitude", "longitude"):
        number = value.get(name)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise corrupt(f"{name.capitalize()} needs to be a number")
        if not -360 <= number <= 360:
            raise corrupt(f"{name.capitalize()} needs to be between -360 and 360")
    return {
        "latitude": value["latitude"],
        "longitude": value["longitude"],
        "altitude": None,
        "precision": value.get("precision"),
        "globe": value.get("globe") or "http://www.wikidata.org/entity/Q2",
    }


def _clean_monolingual(value: Json) -> Json:
    text = _clean_string(value.get("text"), is_address=False)
    return {"text": text, "language": str(value.get("language", ""))}


_CLEANERS: dict[str, Callable[[Json], Json]] = {
    "wikibase-entityid": _clean_item,
    "time": _clean_time,
    "quantity": _clean_quantity,
    "globecoordinate": _clean_coordinate,
    "monolingualtext": _clean_monolingual,
}
