"""Structured data that Wikibase would take."""

from datetime import date

import pytest

from curator_core.domain.statement import Day, Item, Rank, Snak, Statement, Text


def test_a_statement_is_normal_and_bare_unless_told_otherwise() -> None:
    statement = Statement(main=Snak("P571", Day(date(2024, 5, 27))))
    assert statement.rank is Rank.NORMAL
    assert statement.qualifiers == ()


def test_a_snak_without_a_value_means_some_value() -> None:
    assert Snak("P170", None).value is None


@pytest.mark.parametrize("name", ["", "170", "P", "P0", "P01", "p170", "Q170", "P1\n"])
def test_what_is_no_propertys_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="property's id"):
        Snak(name, None)


@pytest.mark.parametrize("name", ["", "42", "Q", "Q0", "q42", "P42", "Q42\n"])
def test_what_is_no_items_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="item's id"):
        Item(name)


@pytest.mark.parametrize("text", ["", " ", " ada", "ada ", "ada\nlovelace", "ada  lovelace"])
def test_a_string_that_wikibase_refuses_is_refused(text: str) -> None:
    # Captures `wb-string-untrimmed` and `wb-string-with-newline`.
    with pytest.raises(ValueError, match="string value"):
        Text(text)
