"""When two values mean the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from curator_core.domain.statement import (
    Coordinates,
    Day,
    Foreign,
    Item,
    Quantity,
    Reference,
    Snak,
    Text,
    Value,
    mean_the_same,
    same_reference,
)
from tests.core.merging import degrees


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (degrees("90"), degrees("90.0")),
        (degrees("90"), degrees("9E+1")),
        (degrees("0"), degrees("-0.0")),
        (Quantity(amount=Decimal(1)), Quantity(amount=Decimal("1.00"))),
        (
            Coordinates(latitude=51.5, longitude=-0.12, precision=0.0001),
            Coordinates(latitude=51.50004, longitude=-0.12004, precision=1e-6),
        ),
        (
            Coordinates(latitude=51.50005, longitude=0, precision=0.0001),
            Coordinates(latitude=51.5, longitude=0, precision=0.0001),
        ),
        (Coordinates(latitude=0, longitude=180), Coordinates(latitude=0, longitude=-180)),
        (
            Coordinates(latitude=0, longitude=179.9999999),
            Coordinates(latitude=0, longitude=-179.9999999),
        ),
        (Foreign(kind="novalue"), Foreign(kind="novalue")),
        (None, None),
    ],
)
def test_values_mean_the_same_however_they_are_spelled(
    one: Value | None, other: Value | None
) -> None:
    assert mean_the_same(one, other)
    assert mean_the_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (degrees("90"), degrees("91")),
        (degrees("90"), Quantity(amount=Decimal(90))),
        (degrees("90"), Quantity(amount=Decimal(90), unit=Item("Q355198"))),
        (Item("Q1"), Text("Q1")),
        (Item("Q1"), None),
        (Foreign(kind="novalue"), None),
        (Text("a"), Text("A")),
        (Day(date(2024, 5, 1)), Day(date(2024, 5, 2))),
        (Coordinates(latitude=51.5, longitude=0), Coordinates(latitude=51.500001, longitude=0)),
        (Coordinates(latitude=51.5, longitude=0), Coordinates(latitude=51.5, longitude=1e-6)),
    ],
)
def test_values_that_say_something_else_are_others(one: Value | None, other: Value | None) -> None:
    assert not mean_the_same(one, other)
    assert not mean_the_same(other, one)


def test_references_are_the_same_in_whatever_order_they_say_it() -> None:
    one, two = Snak("P854", Text("https://a.org/")), Snak("P813", Day(date(2024, 5, 1)))

    assert same_reference(Reference((one, two)), Reference((two, one)))
    assert not same_reference(Reference((one, two)), Reference((one,)))
    assert not same_reference(Reference((one,)), Reference((one, two)))
