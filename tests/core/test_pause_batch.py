"""A contributor lets a batch wait, and go on."""

from __future__ import annotations

import itertools
from datetime import timedelta

from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import Actor, User
from curator_core.ports.reports import BatchReport
from curator_core.use_cases.ownership import Refused
from tests.builders import House, a_house, some_items

SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))


def a_waiting_batch(house: House, count: int, first: int = 1) -> Batch:
    for number in range(first, first + count):
        house.a_picture(str(number))
    batch = house.a_batch()
    house.add(batch, *some_items(count, first))
    return batch


def pause(
    house: House, batch_id: BatchId, *, paused: bool = True, user: User | None = None
) -> BatchReport | Refused:
    return house.app.pause_batch(Actor(user=user or house.ada), batch_id, paused=paused)


def first_slot(house: House, batch: Batch) -> float:
    """In how many seconds the batch's first slot is."""
    slots = [each.publish_at for each in house.uploads(batch) if each.publish_at]
    return (min(slots) - house.clock.now()).total_seconds()


def test_a_paused_batch_gets_no_work_until_it_is_resumed() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 3)
    report = pause(house, batch.id)
    assert isinstance(report, BatchReport)
    assert report.paused
    assert report.done_at is None
    assert house.work() == []
    resumed = pause(house, batch.id, paused=False)
    assert isinstance(resumed, BatchReport)
    assert not resumed.paused
    house.work_to_the_end()
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.COMPLETED}


def test_a_message_on_its_way_starts_nothing_of_a_paused_batch() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 1)
    house.app.dispatch_due_uploads()
    pause(house, batch.id)
    for upload_id in house.queue.take():
        house.process(upload_id)
    assert [each.status for each in house.uploads(batch)] == [UploadStatus.QUEUED]
    assert house.wiki.files == {}


def test_other_batches_of_the_user_move_up_meanwhile() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    large, small = a_waiting_batch(house, 100), a_waiting_batch(house, 2, first=500)
    assert first_slot(house, small) > 900
    pause(house, large.id)
    assert first_slot(house, small) < 11


def test_a_batch_that_goes_on_gets_new_slots() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    batch = a_waiting_batch(house, 5)
    pause(house, batch.id)
    house.clock.advance(timedelta(hours=3))
    pause(house, batch.id, paused=False)
    begun = house.clock.now()
    house.work_to_the_end()
    published = sorted(versions[0].uploaded_at for versions in house.wiki.files.values())
    assert published[0] >= begun
    apart = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(published)]
    assert len(apart) == 4
    assert min(apart) >= 10


def test_a_batch_says_when_it_will_be_done() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    batch = a_waiting_batch(house, 61)
    report = house.database.reports.batch(batch.id)
    assert report is not None
    assert report.done_at is not None
    assert 600 <= (report.done_at - house.clock.now()).total_seconds() <= 625


def test_only_the_owner_and_administrators_pause_a_batch() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 1)
    refused = pause(house, batch.id, user=house.grace)
    assert isinstance(refused, Refused)
    assert "somebody else's" in refused.reason
    assert house.work() != []
    assert pause(house, BatchId(99)) == Refused(reason="There is no batch 99.")
