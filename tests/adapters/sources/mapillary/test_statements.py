"""The statements of Mapillary's images, compared with files that were read and approved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curator_adapters.sources.mapillary.images import picture
from curator_adapters.sources.mapillary.statements import statements_of
from curator_core.domain.ids import ImageId
from curator_core.domain.media import MediaImage
from curator_core.domain.statement import (
    Coordinates,
    Day,
    Foreign,
    Item,
    Quantity,
    Snak,
    Statement,
    Text,
    Value,
)

GOLDEN = Path(__file__).parent / "golden"
CASES = ["full", "sparse", "odd"]


def golden(case: str) -> dict[str, Any]:
    """An entry as Graph gives it, and the statements that are to come of it, in order."""
    read: dict[str, Any] = json.loads((GOLDEN / f"{case}.json").read_text())
    return read


def the_picture(entry: dict[str, Any]) -> MediaImage:
    found = picture(ImageId(entry["id"]), entry)
    assert isinstance(found, MediaImage), found
    return found


def written(value: Value | None) -> str:
    """A value in one line, as the golden files have it."""
    match value:
        case None:
            return "some value"
        case Foreign(written=foreign):
            return foreign
        case Item(id=item):
            return item
        case Text(text=text):
            return json.dumps(text, ensure_ascii=False)
        case Day(date=day):
            return day.isoformat()
        case Quantity(amount=amount, unit=unit):
            return f"{amount} {unit.id if unit else '1'}"
        case Coordinates(latitude=latitude, longitude=longitude, precision=precision):
            return f"{latitude}, {longitude} ± {precision}"


def line(snak: Snak) -> str:
    return f"{snak.property} = {written(snak.value)}"


def lines(statements: tuple[Statement, ...]) -> list[list[str]]:
    return [
        [line(statement.main), *(line(qualifier) for qualifier in statement.qualifiers)]
        for statement in statements
    ]


@pytest.mark.parametrize("case", CASES)
def test_the_statements_are_those_of_the_golden_file(case: str) -> None:
    expected = golden(case)
    image = the_picture(expected["entry"])
    assert image.title == expected["title"]
    assert lines(statements_of(image, copyright_override=False)) == expected["statements"]


@pytest.mark.parametrize("case", CASES)
def test_a_copyright_of_ones_own_leaves_out_status_and_licence_alone(case: str) -> None:
    expected = golden(case)
    rest = [
        lines for lines in expected["statements"] if not lines[0].startswith(("P6216 ", "P275 "))
    ]
    assert len(rest) == len(expected["statements"]) - 2
    image = the_picture(expected["entry"])
    assert lines(statements_of(image, copyright_override=True)) == rest


def test_a_picture_without_a_place_has_no_point_of_view() -> None:
    entry = golden("full")["entry"]
    image = the_picture(entry)
    with_place = lines(statements_of(image, copyright_override=False))
    placeless = MediaImage(
        id=image.id,
        title=image.title,
        taken=image.taken,
        creator=image.creator,
        place=None,
        addresses=image.addresses,
        width=image.width,
        height=image.height,
    )
    assert lines(statements_of(placeless, copyright_override=False)) == [
        each for each in with_place if not each[0].startswith("P1259 ")
    ]
