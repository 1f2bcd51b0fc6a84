"""What values mean, however Wikibase or those who wrote them spelled them."""

from typing import Any

import pytest

from curator_adapters.mediawiki.wikibase_json import (
    statement_json,
    statement_of,
)
from curator_core.domain.statement import (
    Foreign,
    Snak,
    Statement,
    Value,
)


def value_of(kind: str, value: Any) -> Value | None:
    snak = {
        "snaktype": "value",
        "property": "P1",
        "datavalue": {"type": kind, "value": value},
    }
    return statement_of({"mainsnak": snak}).main.value


def a_time(time: str, **changes: Any) -> dict[str, Any]:
    return {
        "time": time,
        "timezone": 0,
        "before": 0,
        "after": 0,
        "precision": 11,
        "calendarmodel": "http://www.wikidata.org/entity/Q1985727",
        **changes,
    }


def a_point(**changes: Any) -> dict[str, Any]:
    return {
        "latitude": 51.5,
        "longitude": -0.12,
        "altitude": None,
        "precision": 0.0001,
        "globe": "http://www.wikidata.org/entity/Q2",
        **changes,
    }


ITEM = "wikibase-entityid"
PIXELS = "http://www.wikidata.org/entity/Q355198"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (
            ITEM,
            {"entity-type": "item", "numeric-id": 42, "id": "Q42"},
            {"entity-type": "item", "id": "Q42"},
        ),
        (ITEM, {"entity-type": "item", "numeric-id": 42}, {"entity-type": "item", "id": "Q42"}),
        ("quantity", {"amount": "+90", "unit": "1"}, {"amount": "+90.0", "unit": "1"}),
        ("quantity", {"amount": "-0", "unit": "1"}, {"amount": "+0.00", "unit": "1"}),
        (
            "quantity",
            {"amount": "+90", "unit": PIXELS},
            {"amount": "+90", "unit": PIXELS.replace("http:", "https:")},
        ),
        ("time", a_time("+2024-05-01T00:00:00Z"), a_time("+00000002024-05-01T00:00:00Z")),
        ("time", a_time("+2024-05-01T00:00:00Z"), a_time("+2024-05-01T10:20:30Z")),
        (
            "time",
            a_time("+2024-05-01T00:00:00Z"),
            {
                "time": "+2024-05-01T00:00:00Z",
                "precision": 11,
                "calendarmodel": "https://www.wikidata.org/entity/Q1985727",
            },
        ),
        ("globecoordinate", a_point(), a_point(precision=0.00010)),
        ("monolingualtext", {"text": "A", "language": "en"}, {"language": "en", "text": "A"}),
    ],
)
def test_spellings_of_one_value_are_one_value(kind: str, one: Any, other: Any) -> None:
    assert value_of(kind, one) == value_of(kind, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (
            ITEM,
            {"entity-type": "item", "numeric-id": 42, "id": "Q42"},
            {"entity-type": "property", "numeric-id": 42, "id": "P42"},
        ),
        ("quantity", {"amount": "+90", "unit": "1"}, {"amount": "+90", "unit": PIXELS}),
        (
            "quantity",
            {"amount": "+90", "unit": "1"},
            {"amount": "+90", "unit": "1", "upperBound": "+91", "lowerBound": "+89"},
        ),
        ("time", a_time("+2024-05-01T00:00:00Z"), a_time("+2024-05-01T00:00:00Z", precision=9)),
        ("time", a_time("+2024-05-01T00:00:00Z"), a_time("+2024-05-01T00:00:00Z", after=1)),
        ("time", a_time("+2024-05-01T00:00:00Z"), a_time("-2024-05-01T00:00:00Z")),
        ("globecoordinate", a_point(), a_point(globe="http://www.wikidata.org/entity/Q405")),
    ],
)
def test_what_means_something_else_is_another_value(kind: str, one: Any, other: Any) -> None:
    assert value_of(kind, one) != value_of(kind, other)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", " padded"),
        ("string", "two  spaces"),
        ("time", a_time("+2024-02-31T00:00:00Z")),
        ("time", a_time("nonsense")),
        ("quantity", {"amount": "+1", "unit": "nonsense"}),
        ("quantity", {"amount": "plenty", "unit": "1"}),
        ("globecoordinate", a_point(precision=None)),
        ("globecoordinate", a_point(precision=0)),
        (ITEM, {"entity-type": "item"}),
        (ITEM, {"entity-type": "lexeme", "id": "L1"}),
        ("a kind of tomorrow", [1, {"b": 2, "a": None}]),
    ],
)
def test_whatever_others_wrote_is_kept_letter_for_letter(kind: str, value: Any) -> None:
    kept = value_of(kind, value)

    assert isinstance(kept, Foreign)
    written = statement_json(Statement(main=Snak("P1", kept)))["mainsnak"]["datavalue"]
    assert written == {"type": kind, "value": value}
