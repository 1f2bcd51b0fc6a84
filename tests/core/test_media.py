"""What a source offers has to make sense."""

from datetime import datetime
from typing import Any

import pytest

from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId, UserId
from curator_core.domain.media import Place
from tests.fakes.clock import START
from tests.fakes.sources import a_media_image


@pytest.mark.parametrize("angle", [0, 360, -1, 400])
def test_a_compass_angle_counts_only_strictly_between_0_and_360(angle: float) -> None:
    with pytest.raises(ValueError, match="compass"):
        Place(latitude=0, longitude=0, compass_angle=angle)


@pytest.mark.parametrize(("latitude", "longitude"), [(90.1, 0), (-91, 0), (0, 180.1), (0, -181)])
def test_a_place_lies_on_earth(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Place(latitude=latitude, longitude=longitude)


def test_the_poles_and_the_date_line_are_on_earth() -> None:
    assert Place(latitude=-90, longitude=180).compass_angle is None


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2024, 5, 27, 9)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="zone"):
        a_media_image(taken=naive)
    with pytest.raises(ValueError, match="zone"):
        Batch(
            id=BatchId(1),
            user_id=UserId("1"),
            edit_group_id=None,
            created_at=START,
            updated_at=naive,
        )


@pytest.mark.parametrize("size", [{"width": 0}, {"height": -1}])
def test_a_picture_has_a_width_and_a_height(size: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="width"):
        a_media_image(**size)
