"""Which gates are shown."""

from __future__ import annotations

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import FaultKind
from tests.builders import House, a_house


def struck(house: House, image_id: str) -> None:
    upload_id = house.an_accepted_upload(image_id)
    with house.database.begin() as work:
        work.gates.strike(FaultKind.UNREACHABLE, house.upload(upload_id), "no route")


def test_one_that_was_only_struck_holds_nobody_up() -> None:
    house = a_house()
    struck(house, "1001")
    assert house.app.show_gates() == ()

    struck(house, "1002")
    (gate,) = house.app.show_gates()
    assert (gate.kind, gate.reason) == (FaultKind.UNREACHABLE, "no route")
    assert gate.closed_at == house.clock.now()


def test_a_database_that_is_down_is_told() -> None:
    house = a_house()
    house.database.down = True
    with pytest.raises(ServiceDown):
        house.app.show_gates()
