"""A user's files are published a pace apart, whatever became of their slots."""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta

from curator_core.domain.batch import Batch
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.upload import UploadStatus
from tests.builders import House, a_house, some_items


def a_minute(hits: int) -> Limits:
    return Limits(limits=(Limit(action="upload", group="user", hits=hits, seconds=60),))


def a_waiting_batch(house: House, count: int) -> Batch:
    for number in range(1, count + 1):
        house.a_picture(str(number))
    batch = house.a_batch()
    house.add(batch, *some_items(count))
    return batch


def published_at(house: House) -> list[datetime]:
    return sorted(versions[0].uploaded_at for versions in house.wiki.files.values())


def seconds_apart(house: House) -> list[float]:
    times = itertools.pairwise(published_at(house))
    return [(later - earlier).total_seconds() for earlier, later in times]


def most_in_a_minute(house: House) -> int:
    times, minute = published_at(house), timedelta(minutes=1)
    return max(sum(begin <= each < begin + minute for each in times) for begin in times)


def test_slots_that_passed_while_nobody_worked_are_not_all_used_at_once() -> None:
    house = a_house(limits=a_minute(6))
    batch = a_waiting_batch(house, 8)
    house.clock.advance(timedelta(hours=1))
    house.work_to_the_end()
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.COMPLETED}
    assert most_in_a_minute(house) == 6
    assert min(seconds_apart(house)) >= 9


def test_what_was_reserved_twice_because_redis_forgot_is_published_once_a_pace() -> None:
    house = a_house(limits=a_minute(6))
    a_waiting_batch(house, 4)
    house.slots.forget()
    batch = house.a_batch()
    for number in range(5, 9):
        house.a_picture(str(number))
    house.add(batch, *some_items(4, first=5))
    house.work_to_the_end()
    assert len(seconds_apart(house)) == 7
    assert most_in_a_minute(house) == 6
    assert min(seconds_apart(house)) >= 9


def test_what_is_a_little_late_each_time_costs_nothing_of_the_pace() -> None:
    house = a_house(limits=a_minute(6))
    chance = random.Random("late")
    house.clock.oversleeps = lambda: timedelta(seconds=chance.uniform(0, 0.4))
    a_waiting_batch(house, 30)
    house.work_to_the_end()
    times = published_at(house)
    assert times[-1] - times[0] <= 29 * timedelta(seconds=10.2) + timedelta(seconds=1)
    assert most_in_a_minute(house) == 6


def test_a_limit_that_is_cut_slows_what_waits_down() -> None:
    house = a_house(limits=a_minute(6))
    batch = a_waiting_batch(house, 9)
    house.work()
    house.wiki.accounts["Ada"].limits = a_minute(2)
    house.work_to_the_end()
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.COMPLETED}
    assert min(seconds_apart(house)[2:]) >= 30


def test_a_limit_that_is_raised_lets_what_waits_move_up() -> None:
    house = a_house(limits=a_minute(2))
    a_waiting_batch(house, 9)
    house.work()
    house.wiki.accounts["Ada"].limits = a_minute(12)
    house.work_to_the_end()
    assert max(seconds_apart(house)[2:]) <= 6


def test_nobody_waits_who_is_exempt() -> None:
    house = a_house()
    a_waiting_batch(house, 8)
    begun = house.clock.now()
    house.work_to_the_end()
    assert house.clock.now() - begun < timedelta(seconds=30)


def test_work_begins_as_long_before_the_slot_as_files_took_lately() -> None:
    house = a_house(limits=a_minute(1))
    house.downloads.between = lambda: house.clock.advance(timedelta(seconds=10))
    a_waiting_batch(house, 6)
    house.work_to_the_end()
    batch = house.a_batch()
    house.add(batch, *some_items(2, first=50))
    _, next_one = house.uploads(batch)
    assert next_one.publish_at is not None
    assert next_one.not_before is not None
    lead = next_one.publish_at - next_one.not_before
    assert timedelta(seconds=40) <= lead <= timedelta(seconds=45)


def test_no_more_than_four_files_are_stashed_ahead_however_long_they_take() -> None:
    house = a_house(limits=a_minute(6))
    house.downloads.between = lambda: house.clock.advance(timedelta(minutes=5))
    a_waiting_batch(house, 2)
    house.work_to_the_end()
    batch = house.a_batch()
    house.add(batch, *some_items(20, first=50))
    now = house.clock.now()
    assert sum((each.not_before or now) <= now for each in house.uploads(batch)) <= 5


def test_slots_given_while_the_limits_could_not_be_read_are_given_anew_once_they_can() -> None:
    house = a_house(limits=a_minute(60))
    house.wiki.down = True
    batch = a_waiting_batch(house, 10)
    house.wiki.down = False
    slots = [each.publish_at for each in house.uploads(batch) if each.publish_at]
    assert max(slots) - min(slots) > timedelta(minutes=2)
    begun = house.clock.now()
    house.work_to_the_end()
    assert house.clock.now() - begun < timedelta(seconds=40)
