"""What Mapillary knows of a picture, as structured data on Commons (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal

from curator_core.domain.media import MediaImage, Place
from curator_core.domain.statement import (
    Coordinates,
    Day,
    Item,
    Quantity,
    Snak,
    Statement,
    Text,
    Value,
)

CREATOR = "P170"
AUTHOR_NAME = "P2093"
MAPILLARY_USER_NAME = "P13988"
MAPILLARY_PHOTO_ID = "P1947"
PUBLISHED_IN = "P1433"
INCEPTION = "P571"
SOURCE_OF_FILE = "P7482"
OPERATOR = "P137"
DESCRIBED_AT_URL = "P973"
POINT_OF_VIEW = "P1259"
HEADING = "P7787"
COPYRIGHT_STATUS = "P6216"
COPYRIGHT_LICENSE = "P275"
WIDTH = "P2049"
HEIGHT = "P2048"

MAPILLARY_THE_COLLECTION = Item("Q26757498")
MAPILLARY_THE_OPERATOR = Item("Q17985544")
FILE_ON_THE_INTERNET = Item("Q74228490")
COPYRIGHTED = Item("Q50423863")
CC_BY_SA_4_0 = Item("Q18199165")
DEGREE = Item("Q28390")
PIXEL = Item("Q355198")


def statements_of(image: MediaImage, *, copyright_override: bool) -> tuple[Statement, ...]:
    """All statements in SPEC's order; `copyright_override` leaves licence and status out."""
    return tuple(_statements(image, copyright_override=copyright_override))


def _statements(image: MediaImage, *, copyright_override: bool) -> Iterator[Statement]:
    name = Text(image.creator.username)
    yield _says(CREATOR, None, Snak(AUTHOR_NAME, name), Snak(MAPILLARY_USER_NAME, name))
    yield _says(MAPILLARY_PHOTO_ID, Text(image.id))
    yield _says(PUBLISHED_IN, MAPILLARY_THE_COLLECTION)
    yield _says(INCEPTION, Day(image.taken.astimezone(UTC).date()))
    yield _says(
        SOURCE_OF_FILE,
        FILE_ON_THE_INTERNET,
        Snak(OPERATOR, MAPILLARY_THE_OPERATOR),
        Snak(DESCRIBED_AT_URL, Text(image.addresses.page)),
    )
    if image.place is not None:
        yield _point_of_view(image.place)
    if not copyright_override:
        yield _says(COPYRIGHT_STATUS, COPYRIGHTED)
        yield _says(COPYRIGHT_LICENSE, CC_BY_SA_4_0)
    yield _says(WIDTH, Quantity(amount=Decimal(image.width), unit=PIXEL))
    yield _says(HEIGHT, Quantity(amount=Decimal(image.height), unit=PIXEL))


def _point_of_view(place: Place) -> Statement:
    at = Coordinates(latitude=place.latitude, longitude=place.longitude)
    if place.compass_angle is None:
        return _says(POINT_OF_VIEW, at)
    # By way of text: the decimal of a float itself has fifty digits.
    angle = Quantity(amount=Decimal(str(place.compass_angle)), unit=DEGREE)
    return _says(POINT_OF_VIEW, at, Snak(HEADING, angle))


def _says(property_id: str, value: Value | None, *qualifiers: Snak) -> Statement:
    return Statement(main=Snak(property_id, value), qualifiers=qualifiers)
