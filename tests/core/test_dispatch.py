"""Due uploads reach the workers, whatever was lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UploadId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from curator_core.use_cases.dispatch_due_uploads import Dispatched
from tests.builders import IN_PROGRESS, QUEUED, House, a_house, an_item

ONE_IN_TEN_SECONDS = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))


def a_house_with_uploads(count: int, **how: object) -> House:
    house = a_house(**how)
    for number in range(1, count + 1):
        house.a_picture(str(number))
    house.add(house.a_batch(), *(an_item(str(number)) for number in range(1, count + 1)))
    return house


def dispatch(house: House) -> Dispatched:
    return house.app.dispatch_due_uploads()


def test_with_nothing_to_do_nothing_is_sent() -> None:
    house = a_house()
    assert dispatch(house) == Dispatched(rescued=0, sent=0)
    assert house.queue.sent == []


def test_a_due_upload_gets_one_message_and_its_id_is_kept() -> None:
    house = a_house_with_uploads(1)
    assert dispatch(house).sent == 1
    assert house.queue.sent == [1]
    assert house.database.committed.messages == {1: "message-1"}


def test_an_upload_whose_slot_is_far_gets_no_message_yet() -> None:
    policy = Policy(lead=timedelta(seconds=4))
    house = a_house_with_uploads(2, limits=ONE_IN_TEN_SECONDS, policy=policy)
    dispatch(house)
    assert house.queue.take() == (1,)
    house.clock.advance(timedelta(seconds=5))
    assert dispatch(house).sent == 0
    house.clock.advance(timedelta(seconds=1.5))
    dispatch(house)
    assert house.queue.take() == (2,)


def test_a_message_is_not_sent_twice_at_once_by_several_dispatchers() -> None:
    house = a_house_with_uploads(2)
    assert [dispatch(house).sent for _ in range(5)] == [2, 0, 0, 0, 0]
    assert sorted(house.queue.sent) == [1, 2]


def test_a_lost_message_is_sent_again_after_a_while() -> None:
    house = a_house_with_uploads(1)
    dispatch(house)
    house.queue.take()
    house.clock.advance(house.policy.resend - timedelta(seconds=1))
    assert dispatch(house).sent == 0
    house.clock.advance(timedelta(seconds=1))
    assert dispatch(house).sent == 1


def test_a_queue_that_is_down_costs_a_resend_and_nothing_else() -> None:
    house = a_house_with_uploads(1)
    house.queue.down = True
    with pytest.raises(ServiceDown):
        dispatch(house)
    house.queue.down = False
    house.work_to_the_end()
    assert house.upload(UploadId(1)).status is UploadStatus.COMPLETED


def test_a_doubled_message_does_nothing() -> None:
    house = a_house_with_uploads(1)
    house.work()
    finished, requests = house.upload(UploadId(1)), house.asked()
    house.process(UploadId(1))
    assert house.upload(UploadId(1)) == finished
    assert house.asked() == requests


def test_a_message_for_an_upload_that_somebody_works_on_does_nothing() -> None:
    house = a_house_with_uploads(1)
    assert house.app.process_upload.start(UploadId(1)) is not None
    assert house.app.process_upload.start(UploadId(1)) is None


def test_a_message_that_is_too_early_does_nothing() -> None:
    house = a_house_with_uploads(2, limits=ONE_IN_TEN_SECONDS)
    assert house.app.process_upload.start(UploadId(2)) is None
    assert house.upload(UploadId(2)).status is QUEUED


def test_a_message_for_an_upload_that_never_was_does_nothing() -> None:
    assert a_house().app.process_upload.start(UploadId(99)) is None


def test_uploads_of_a_silent_worker_go_back_to_the_queue_and_are_sent_at_once() -> None:
    house = a_house_with_uploads(1)
    house.app.process_upload.start(UploadId(1))
    assert house.upload(UploadId(1)).status is IN_PROGRESS
    house.clock.advance(house.policy.lease - timedelta(seconds=1))
    assert dispatch(house) == Dispatched(rescued=0, sent=0)
    house.clock.advance(timedelta(seconds=1))
    assert dispatch(house) == Dispatched(rescued=1, sent=1)
    assert house.upload(UploadId(1)).status is QUEUED
    assert house.progress.announced[-1].status is QUEUED


def test_no_user_has_more_under_way_than_their_share() -> None:
    house = a_house_with_uploads(10, policy=Policy(user_concurrency=2))
    assert dispatch(house).sent == 2
    assert dispatch(house).sent == 0
    for upload_id in house.queue.take():
        assert house.app.process_upload.start(upload_id) is not None
    assert dispatch(house).sent == 0
    assert house.app.process_upload.start(UploadId(3)) is None


def test_users_take_turns() -> None:
    house = a_house_with_uploads(400)
    house.a_picture("9001")
    house.add(house.a_batch(house.grace), an_item("9001"), user=house.grace)
    dispatch(house)
    assert 401 in house.queue.sent


def test_a_batch_of_ten_does_not_wait_for_a_batch_of_hundreds() -> None:
    house = a_house_with_uploads(100)
    batch = house.a_batch(house.grace)
    for number in range(901, 911):
        house.a_picture(str(number))
    items = [an_item(str(number)) for number in range(901, 911)]
    house.add(batch, *items, user=house.grace)
    for _ in range(5):
        house.work()
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.COMPLETED}


def test_a_dispatcher_takes_no_more_at_once_than_it_is_told() -> None:
    house = a_house_with_uploads(10, policy=Policy(user_concurrency=10, dispatch_at_once=3))
    assert [dispatch(house).sent for _ in range(4)] == [3, 3, 3, 1]


def test_a_paused_batch_gets_no_new_work() -> None:
    house = a_house_with_uploads(1)
    house.database.pause(house.upload(UploadId(1)).batch_id)
    assert dispatch(house).sent == 0


def test_a_database_that_is_down_is_told() -> None:
    house = a_house_with_uploads(1)
    house.database.down = True
    with pytest.raises(ServiceDown, match="database"):
        dispatch(house)
