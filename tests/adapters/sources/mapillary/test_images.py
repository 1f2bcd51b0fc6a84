"""Each of Mapillary's images becomes a picture, or a sentence that says why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from curator_adapters.sources.mapillary.images import picture
from curator_core.domain.ids import ImageId
from curator_core.domain.media import Camera, ImageProblem, MediaImage
from tests.adapters.sources.mapillary.graph import an_entry


def shown(**changes: object) -> MediaImage:
    found = picture(ImageId("101"), an_entry("101", **changes))
    assert isinstance(found, MediaImage), found
    return found


def why_not(**changes: object) -> str:
    found = picture(ImageId("101"), an_entry("101", **changes))
    assert isinstance(found, ImageProblem)
    assert found.image_id == "101"
    return found.message


def test_title_and_addresses_are_made_of_the_id_and_the_day() -> None:
    image = shown()
    assert image.title == "Photo from Mapillary 2024-05-27 (101).jpg"
    assert image.addresses.page == "https://www.mapillary.com/app/?pKey=101&focus=photo"
    assert image.addresses.original.endswith("/101/original.jpg")
    assert image.addresses.preview.endswith("/101/1024.jpg")
    assert image.addresses.thumbnail.endswith("/101/256.jpg")
    assert image.creator.profile_url == "https://www.mapillary.com/app/user/ada"


def test_the_day_is_that_of_utc() -> None:
    almost_midnight = int(datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()) * 1000 + 999
    assert shown(captured_at=almost_midnight).title == "Photo from Mapillary 2023-12-31 (101).jpg"
    assert shown(captured_at=almost_midnight + 1).title.startswith(
        "Photo from Mapillary 2024-01-01"
    )


def test_milliseconds_are_kept() -> None:
    assert shown(captured_at=1_716_800_403_137).taken.microsecond == 137_000


@pytest.mark.parametrize("angle", [0.000001, 1, 84.5, 180, 359.999999])
def test_a_compass_angle_strictly_between_0_and_360_counts(angle: float) -> None:
    place = shown(compass_angle=angle).place
    assert place is not None
    assert place.compass_angle == angle


@pytest.mark.parametrize("angle", [0, 0.0, -0.0, 360, 360.5, -1, 1e300, float("nan"), None])
def test_any_other_compass_angle_is_none(angle: float | None) -> None:
    place = shown(compass_angle=angle).place
    assert place is not None
    assert place.compass_angle is None


@pytest.mark.parametrize("word", ["none", "None", "NONE", " none ", "", "  ", None])
def test_a_make_or_model_of_none_is_none(word: str | None) -> None:
    assert shown(make=word, model=word).camera == Camera()


def test_a_known_camera_is_told() -> None:
    camera = shown(make=" GoPro ", model="HERO9  Black", is_pano=True).camera
    assert camera == Camera(make="GoPro", model="HERO9 Black", is_pano=True)


def test_smaller_pictures_that_are_not_offered_are_stood_in_for_by_larger_ones() -> None:
    addresses = shown(thumb_256_url=None).addresses
    assert addresses.thumbnail == addresses.preview
    addresses = shown(thumb_256_url=None, thumb_1024_url=None).addresses
    assert addresses.thumbnail == addresses.preview == addresses.original


def test_a_user_name_is_quoted_in_the_address_of_its_page() -> None:
    creator = shown(creator={"username": "ada & bob/ä", "id": "7"}).creator
    assert creator.username == "ada & bob/ä"
    assert creator.profile_url.endswith("/app/user/ada%20%26%20bob%2F%C3%A4")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"geometry": None}, "where"),
        ({"geometry": {"type": "Point", "coordinates": [13.0, 95.0]}}, "place"),
        ({"geometry": {"type": "Point", "coordinates": [13.0]}}, "geometry"),
        ({"creator": None}, "who"),
        ({"creator": {"id": "7"}}, "who"),
        ({"creator": {"username": "  ", "id": "7"}}, "who"),
        ({"captured_at": None}, "when"),
        ({"captured_at": 0}, "when"),
        ({"captured_at": 10**18}, "time"),
        ({"captured_at": 10**30}, "time"),
        ({"captured_at": "yesterday"}, "captured_at"),
        ({"width": None}, "width"),
        ({"height": 0}, "height"),
        ({"height": -5}, "height"),
        ({"thumb_original_url": None}, "original"),
        ({"thumb_original_url": ""}, "original"),
    ],
)
def test_an_image_that_lacks_what_commons_needs_is_told_with_the_reason(
    changes: dict[str, object], told: str
) -> None:
    message = why_not(**changes)
    assert told in message
    assert message.endswith(".")
