"""When each upload's turn is."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.fault import FaultKind
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from tests.builders import a_house, an_item, some_items
from tests.fakes.clock import START
from tests.fakes.wiki import fault

TEN_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=10, seconds=60),))
A_PACE = timedelta(seconds=6.12)
"""Six seconds, and a little more, so that requests that take unequally long break no limit."""


def test_slots_lie_one_pace_apart_across_slices_and_batches_of_a_user() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    for batch in (house.a_batch(), house.a_batch()):
        house.add(batch, *some_items(2), slice_id=1)
        house.add(batch, *some_items(2, first=3), slice_id=2)
    slots = [each.publish_at for each in house.database.committed.uploads.values()]
    assert slots == [START + A_PACE * place for place in range(8)]


def test_one_users_slots_leave_anothers_alone() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    house.add(house.a_batch(), *some_items(20))
    batch = house.a_batch(house.grace)
    house.add(batch, an_item(), user=house.grace)
    assert house.uploads(batch)[0].publish_at == START


def test_work_on_an_upload_may_begin_a_lead_before_its_slot_and_not_in_the_past() -> None:
    house = a_house(limits=TEN_A_MINUTE, policy=Policy(lead=timedelta(seconds=4)))
    batch = house.a_batch()
    house.add(batch, *some_items(2))
    assert [each.not_before for each in house.uploads(batch)] == [
        START,
        START + A_PACE - timedelta(seconds=4),
    ]


def test_an_item_that_failed_takes_no_slot() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    batch = house.a_batch()
    house.add(batch, an_item("1", title="#.jpg"), an_item("2"))
    assert house.uploads(batch)[1].publish_at == START


def test_an_image_that_the_batch_holds_already_takes_no_slot() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    batch = house.a_batch()
    house.add(batch, an_item("1"), slice_id=1)
    house.add(batch, an_item("1"), an_item("2"), slice_id=2)
    assert house.uploads(batch)[1].publish_at == START + A_PACE


def test_limits_are_asked_for_once_an_hour_and_not_for_each_slice() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    batch = house.a_batch()
    for number in range(5):
        house.add(batch, an_item(str(number)), slice_id=number)
    assert house.asked() == ["limits"]
    house.clock.advance(timedelta(hours=1))
    house.add(batch, an_item("9"), slice_id=9)
    assert house.asked() == ["limits", "limits"]


def test_where_limits_cannot_be_read_the_operators_default_is_the_pace() -> None:
    house = a_house()
    house.wiki.down = True
    batch = house.a_batch()
    house.add(batch, *some_items(2))
    first, second = house.uploads(batch)
    assert first.publish_at == START + timedelta(seconds=4)  # after three attempts
    assert second.publish_at == START + timedelta(seconds=4 + 15)


def test_a_default_is_not_mistaken_for_the_wikis_word() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    house.wiki.fail_next("limits", fault(FaultKind.REFUSED), times=1)
    batch = house.a_batch()
    house.add(batch, an_item("1"), slice_id=1)
    house.add(batch, *some_items(2, first=2), slice_id=2)
    _, second, third = (each.publish_at for each in house.uploads(batch))
    assert second is not None
    assert third == second + A_PACE


def test_an_exempt_user_waits_for_nothing() -> None:
    house = a_house(limits=Limits(exempt=True))
    batch = house.a_batch()
    house.add(batch, *some_items(3))
    assert {each.publish_at for each in house.uploads(batch)} == {START}


def test_limits_that_come_along_with_an_upload_are_the_next_slots_pace() -> None:
    house = a_house(limits=TEN_A_MINUTE)
    batch = house.a_batch()
    house.a_picture("1")
    house.add(batch, an_item("1"), slice_id=1)
    house.wiki.accounts["Ada"].limits = Limits(
        limits=(Limit(action="upload", group="user", hits=20, seconds=60),)
    )
    house.work_to_the_end()
    house.clock.advance(timedelta(minutes=1))
    house.add(batch, *some_items(2, first=2), slice_id=2)
    _, second, third = (each.publish_at for each in house.uploads(batch))
    assert second is not None
    assert third == second + A_PACE / 2
