"""Statements to Wikibase's JSON and back."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator_adapters.mediawiki.wikibase_json import (
    entity_data,
    statement_json,
    statement_of,
    stored_statement_of,
)
from curator_core.domain.caption import Caption
from curator_core.domain.merge import Additions, Description, Gain, merge
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
    Text,
)
from tests.adapters.mediawiki.captured import captured

CAPTURED: dict[str, list[dict[str, Any]]] = captured("entity")["statements"]

items = st.integers(1, 10**9).map(lambda number: Item(f"Q{number}"))
texts = st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool).map(Text)
amounts = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4)
values = st.one_of(
    st.none(),
    items,
    texts,
    st.dates(min_value=date(1000, 1, 1)).map(Day),
    st.builds(Quantity, amount=amounts, unit=st.none() | items),
    st.builds(
        Coordinates,
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        precision=st.sampled_from([1e-6, 0.0001, 1.0]),
    ),
    st.just(Foreign(kind="novalue")),
    texts.map(
        lambda text: Foreign(
            kind="monolingualtext",
            written=json.dumps(
                {"language": "de", "text": text.text}, ensure_ascii=False, separators=(",", ":")
            ),
        )
    ),
)
snaks = st.builds(Snak, st.integers(1, 20000).map(lambda number: f"P{number}"), values)


def grouped(statement: Statement) -> Statement:
    """Wikibase keeps the snaks of one property together."""
    return replace(
        statement,
        qualifiers=in_groups(statement.qualifiers),
        references=tuple(Reference(in_groups(each.snaks)) for each in statement.references),
    )


def in_groups(snaks: tuple[Snak, ...]) -> tuple[Snak, ...]:
    order = list(dict.fromkeys(snak.property for snak in snaks))
    return tuple(sorted(snaks, key=lambda snak: order.index(snak.property)))


@given(
    st.builds(
        Statement,
        main=snaks,
        qualifiers=st.lists(snaks, max_size=4).map(tuple),
        references=st.lists(
            st.lists(snaks, min_size=1, max_size=3).map(tuple).map(Reference), max_size=2
        ).map(tuple),
        rank=st.sampled_from(Rank),
    )
)
def test_what_is_written_is_read_back(statement: Statement) -> None:
    assert statement_of(json.loads(json.dumps(statement_json(statement)))) == grouped(statement)


def without_hashes(written: Any) -> Any:
    """Hashes are the wiki's own business."""
    if isinstance(written, dict):
        return {name: without_hashes(each) for name, each in written.items() if name != "hash"}
    return [without_hashes(each) for each in written] if isinstance(written, list) else written


@pytest.mark.parametrize("name", sorted(CAPTURED))
def test_a_captured_statement_is_read_and_written_as_wikibase_does(name: str) -> None:
    for captured_statement in CAPTURED[name]:
        expected = without_hashes(captured_statement)
        del expected["id"]

        statement = statement_of(captured_statement)

        assert statement_json(statement) == expected


@pytest.mark.parametrize(
    ("amount", "written"),
    [("2048", "+2048"), ("-0.5", "-0.5"), ("1E+3", "+1000"), ("0", "+0"), ("12.50", "+12.50")],
)
def test_amounts_carry_a_sign_and_no_exponent(amount: str, written: str) -> None:
    statement = Statement(main=Snak("P2049", Quantity(amount=Decimal(amount))))

    value = statement_json(statement)["mainsnak"]["datavalue"]["value"]

    assert value == {"amount": written, "unit": "1"}


def test_a_day_is_written_at_midnight_with_its_precision() -> None:
    written = statement_json(Statement(main=Snak("P571", Day(date(2024, 5, 1)))))

    value = written["mainsnak"]["datavalue"]["value"]
    assert (value["time"], value["precision"]) == ("+2024-05-01T00:00:00Z", 11)
    assert value["calendarmodel"].endswith("/Q1985727")


def test_statements_are_sent_as_claims_and_captions_as_labels() -> None:
    data = entity_data(
        Additions(
            statements=(Statement(main=Snak("P1947", Text("1"))),),
            captions=(Caption(language="en", text="A view"),),
        )
    )

    assert data.keys() == {"claims", "labels"}
    assert data["labels"] == {"en": {"language": "en", "value": "A view"}}


@pytest.mark.parametrize(
    "snak",
    [
        {"snaktype": "novalue", "property": "P170"},
        # A text in a language.
        CAPTURED["P1476"][0]["mainsnak"],
        {
            "snaktype": "value",
            "property": "P571",
            "datavalue": {
                "type": "time",
                "value": {
                    "time": "+2024-05-00T00:00:00Z",
                    "precision": 10,
                    "calendarmodel": "http://www.wikidata.org/entity/Q1985727",
                },
            },
        },
        {
            "snaktype": "value",
            "property": "P2049",
            "datavalue": {
                "type": "quantity",
                "value": {"amount": "+1", "unit": "1", "upperBound": "+2", "lowerBound": "+0"},
            },
        },
    ],
)
def test_what_the_core_has_no_word_for_is_not_made_into_something_else(
    snak: dict[str, Any],
) -> None:
    statement = statement_of({"mainsnak": snak, "rank": "normal"})

    assert isinstance(statement.main.value, Foreign)
    assert statement_json(statement)["mainsnak"] == without_hashes(snak)


# An existing statement that gains something

CREATOR = CAPTURED["P170"][1]
REFERRED = {
    **CREATOR,
    "references": [
        {
            "hash": "a" * 40,
            "snaks": {"P854": [{"snaktype": "somevalue", "property": "P854", "hash": "b" * 40}]},
            "snaks-order": ["P854"],
        }
    ],
}
SOURCE = Reference((Snak("P854", Text("https://example.org/")),))


@pytest.mark.parametrize("written", [*(each for name in CAPTURED for each in CAPTURED[name])])
def test_what_gains_something_is_sent_with_all_that_was_read(written: dict[str, Any]) -> None:
    gain = Gain(to=stored_statement_of(written), qualifiers=(Snak("P99", None),))

    (sent,) = entity_data(Additions(gains=(gain,)))["claims"]

    added = sent["qualifiers"].pop("P99")
    assert sent["qualifiers-order"].pop() == "P99"
    assert added == [{"snaktype": "somevalue", "property": "P99"}]
    if "qualifiers" not in written:
        assert (sent.pop("qualifiers"), sent.pop("qualifiers-order")) == ({}, [])
    assert sent == written


def test_a_qualifier_joins_those_of_its_property_and_references_follow_those_there() -> None:
    gain = Gain(
        to=stored_statement_of(REFERRED),
        qualifiers=(Snak("P2093", Text("Jan")), Snak("P13988", Text("jan"))),
        references=(SOURCE,),
    )

    (sent,) = entity_data(Additions(gains=(gain,)))["claims"]

    names = [each["datavalue"]["value"] for each in sent["qualifiers"]["P2093"]]
    assert names == ["Jane Doe", "Jan"]
    assert sent["qualifiers-order"] == [*CREATOR["qualifiers-order"], "P13988"]
    assert sent["references"][0] == REFERRED["references"][0]
    assert sent["references"][1]["snaks"]["P854"][0]["datavalue"]["value"] == "https://example.org/"
    assert sent["id"] == CREATOR["id"]


def test_what_was_captured_lacks_nothing_of_itself() -> None:
    stored = [stored_statement_of(each) for name in CAPTURED for each in CAPTURED[name]]
    existing = Description(revision=307, statements=tuple(stored))

    assert merge(existing, [each.statement for each in stored], ()) == Additions()
