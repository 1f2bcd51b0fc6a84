"""An attempt keeps its lease through one long call, as long as bytes move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.upload import UploadStatus
from tests.builders import House, a_house


def slow_down(house: House, where: str, minutes: int) -> list[bool]:
    """Each quarter of the bytes takes so long; answers whether the lease was renewed in each."""
    renewed: list[bool] = []

    def between() -> None:
        house.clock.advance(timedelta(minutes=minutes))
        house.heartbeat.beat_now()
        renewed.append(house.heartbeat.is_beating)

    slow: dict[str, Callable[[Callable[[], None]], None]] = {
        "download": lambda how: setattr(house.downloads, "between", how),
        "chunk": lambda how: setattr(house.wiki, "between", how),
    }
    slow[where](between)
    return renewed


@pytest.mark.parametrize("where", ["download", "chunk"])
def test_a_long_call_keeps_the_lease_while_its_bytes_move(where: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    renewed = slow_down(house, where, minutes=6)
    house.work()
    assert renewed == [True] * 4
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


@pytest.mark.parametrize("where", ["download", "chunk"])
def test_a_call_whose_bytes_stand_still_loses_it(where: str) -> None:
    house = a_house()
    house.an_accepted_upload()
    renewed = slow_down(house, where, minutes=11)
    house.work()
    assert renewed == [False] * 4
