"""Whole batches through a bad day: seeded mishaps in every port, on a virtual clock."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import FaultKind
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from curator_core.domain.upload import DUPLICATES, UploadStatus
from tests.builders import House, a_house, an_item
from tests.core.fate import Death
from tests.fakes.sources import HOST
from tests.fakes.wiki import fault

SIXTY_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=60, seconds=60),))
DATABASE = {"commit"}
SOURCE = {"image", "fetch"}
OURS = {"hold"}


class BadDay:
    """What may happen at any call; each knows at which calls it can."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.chance = random.Random(seed)
        self.mishaps: list[Callable[[str], None]] = [
            self.a_worker_is_killed,
            self.an_answer_is_lost,
            self.the_database_goes_away,
            self.the_others_overtake,
            self.redis_forgets_everything,
            self.the_stash_is_lost,
            self.the_wiki_is_busy,
        ]

    def strikes(self) -> None:
        """Something happens, at one of the next calls."""
        what = self.chance.choice(self.mishaps)
        after = self.chance.random() < 0.5
        at = self.chance.randrange(45)
        self.house.fate.strike(at, lambda: what(self.house.fate.struck or ""), after=after)

    def a_worker_is_killed(self, at: str) -> None:
        raise Death

    def an_answer_is_lost(self, at: str) -> None:
        if at not in DATABASE | SOURCE | OURS:
            raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")

    def the_database_goes_away(self, at: str) -> None:
        if at in DATABASE:
            raise ServiceDown("database", "gone away")

    def the_others_overtake(self, at: str) -> None:
        self.house.clock.advance(self.house.policy.lease + timedelta(seconds=1))
        with suppress(Death):
            self.house.work()

    def redis_forgets_everything(self, at: str) -> None:
        self.house.locks.forget()
        self.house.slots.forget()
        self.house.queue.take()

    def the_stash_is_lost(self, at: str) -> None:
        self.house.wiki.lose_stash()

    def the_wiki_is_busy(self, at: str) -> None:
        if at in ("send", "publish", "write"):
            raise fault(FaultKind.STORAGE, "uploadstash-exception", "Storage.")


@pytest.mark.parametrize("seed", range(40))
def test_on_a_bad_day_every_picture_is_published_once_or_said_to_be_there_already(
    seed: int,
) -> None:
    house = a_house(
        limits=SIXTY_A_MINUTE,
        # Here workers are killed far more often than any upload deserves.
        policy=Policy(chunk_size=1024, max_attempts=1000, lead=timedelta(seconds=20)),
    )
    pictures = {str(number): house.a_picture(str(number), size=2500) for number in range(1, 9)}
    # Two of them are the same picture.
    house.downloads.offer(f"https://{HOST}/8/original.jpg", pictures["1"])
    mine, hers = house.a_batch(), house.a_batch(house.grace)
    house.add(mine, *(an_item(number) for number in pictures if number not in "78"))
    house.add(hers, *(an_item(number) for number in "78"), user=house.grace)

    day = BadDay(house, seed)
    for _ in range(60):
        day.strikes()
        with suppress(Death):
            house.work()
        house.clock.advance(timedelta(seconds=day.chance.choice([1, 5, 70])))
    house.fate.calm()
    house.work_to_the_end()

    statuses = [each.status for each in (*house.uploads(mine), *house.uploads(hers))]
    assert statuses.count(UploadStatus.COMPLETED) == 7
    assert sum(status in DUPLICATES for status in statuses) == 1
    published = list(house.wiki.files.values())
    assert [len(versions) for versions in published] == [1] * 7
    assert {versions[0].data for versions in published} == {
        pictures[number] for number in pictures if number != "8"
    }
    assert set(house.wiki.descriptions) == set(house.wiki.files)
    assert all(each.sealed_token is None for each in house.database.committed.uploads.values())
