"""Locks, turns and the stash: who may send, and what is lost on the way."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import a_house, an_item
from tests.core.endings import ADDRESS, STORAGE, TITLE, completed, delays, failed, requeued_for
from tests.fakes.sources import HOST
from tests.fakes.wiki import fault


def test_bytes_that_somebody_else_is_sending_are_waited_for_three_times() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    sha1 = hashlib.sha1(house.a_picture()).hexdigest()
    with house.locks.hold(f"hash:{sha1}", timedelta(days=1)):
        assert delays(house, upload_id) == [60, 60, 60]
    assert failed(house, upload_id).code == "hash_locked"
    assert "send" not in house.asked()


def test_without_redis_the_database_decides_who_publishes_the_bytes() -> None:
    house = a_house()
    house.locks.down = True
    data = house.a_picture("1")
    house.a_picture("2")
    house.downloads.offer(f"https://{HOST}/2/original.jpg", data)
    mine, theirs = house.a_batch(), house.a_batch(house.grace)
    house.add(mine, an_item("1"))
    house.add(theirs, an_item("2"), user=house.grace)

    (of_grace,) = house.uploads(theirs)

    def grace_comes_in_between() -> None:
        house.process(of_grace.id)
        assert requeued_for(house, of_grace.id) == 60
        assert house.upload(of_grace.id).checkpoint.requeue_count("hash_locked") == 1

    # Ada holds the right to the bytes when Grace wants it.
    house.fate.strike("publish", grace_comes_in_between)
    house.work()
    assert house.fate.struck == "publish"
    house.work_to_the_end()
    assert house.upload(of_grace.id).status is UploadStatus.DUPLICATE_NOT_UPDATED
    assert list(house.wiki.files) == ["Bridge 1.jpg"]


def test_a_user_publishes_one_file_at_a_time() -> None:
    house = a_house()
    house.a_picture("1")
    house.a_picture("2")
    batch = house.a_batch()
    house.add(batch, an_item("1"), an_item("2"))
    house.app.dispatch_due_uploads()
    first, second = house.queue.take()

    def the_other_worker_gets_as_far() -> None:
        house.process(second)

    attempt = house.app.process_upload.start(first)
    assert attempt is not None
    house.fate.strike("publish", the_other_worker_gets_as_far)
    house.app.process_upload.carry_out(attempt)
    assert house.fate.struck == "publish"
    one, other = house.uploads(batch)
    assert one.status is UploadStatus.COMPLETED
    # The other waited for its turn in place for half a minute, then in the queue.
    assert requeued_for(house, other.id) <= 5
    assert house.asked().count("publish") == 1
    house.work_to_the_end()
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.COMPLETED}


def test_trouble_with_the_wikis_storage_is_waited_for_longer_and_longer() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("send", STORAGE, times=16)
    assert delays(house, upload_id) == [300, 600, 900]
    failure = failed(house, upload_id)
    assert failure.message.startswith("uploadstash-exception: Could not store upload.")
    assert (failure.code, failure.raw_code) == ("stash_trouble", "uploadstash-exception")
    assert failure.retryable


def test_storage_that_recovers_is_forgiven() -> None:
    house = a_house()
    house.wiki.fail_next("send", STORAGE, times=15)
    completed(house, house.an_accepted_upload())


def test_delays_of_one_class_are_not_used_up_by_another() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.downloads.fail_next(ADDRESS, *[Fault(kind=FaultKind.SOURCE_TROUBLE)] * 4)
    house.wiki.fail_next("send", STORAGE, times=12)
    assert delays(house, upload_id) == [600, 300, 600, 900]
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_a_lost_stash_is_started_over_once_and_then_fails() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    gone = fault(FaultKind.STASH_GONE, "uploadstash-file-not-found", "Not found.")
    house.wiki.fail_next("publish", gone, times=2)
    assert delays(house, upload_id) == []
    failure = failed(house, upload_id)
    assert failure.message.startswith("uploadstash-file-not-found: Not found.")
    assert house.asked().count("send") == 2
    assert timedelta(seconds=2) in house.clock.slept


def test_a_stash_that_was_lost_once_is_made_good() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.fate.strike("publish", house.wiki.lose_stash)
    house.work()
    completed(house, upload_id)
    assert house.asked().count("send") == 2


def test_a_wrong_offset_is_taken_up_from_where_the_wiki_is() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=5000)
    # The wiki took the second chunk, but its answer was lost: the repeat is at a wrong offset.
    house.wiki.fail_next("send", fault(FaultKind.UNREACHABLE), after_effect=True, times=3)
    completed(house, upload_id)


def test_bytes_that_changed_on_their_way_to_the_wiki_are_never_published() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=2000)

    def a_bit_flips() -> None:
        (stashed,) = house.wiki.stash.values()
        stashed.data[-1] ^= 1

    house.fate.strike("send", a_bit_flips, after=True)
    completed(house, upload_id)
    assert house.wiki.files[TITLE][0].data == house.a_picture(size=2000)
    assert house.asked().count("send") == 4


@pytest.mark.parametrize("offset", [5000, 7000])
def test_a_stash_that_says_it_has_everything_but_put_nothing_together_is_started_over(
    offset: int,
) -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=5000)
    wrong = fault(FaultKind.WRONG_OFFSET, "stashfailed", "Invalid chunk offset", offset)

    def second_chunk_fails() -> None:
        house.fate.strike("send", lambda: house.wiki.fail_next("send", wrong))

    house.fate.strike("send", second_chunk_fails)
    completed(house, upload_id)
    assert house.wiki.files[TITLE][0].data == house.a_picture(size=5000)


def test_a_whole_stash_whose_last_answer_was_lost_is_found_again_and_not_sent_again() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=2000)
    lost = fault(FaultKind.UNREACHABLE, "", "The connection broke.")

    def last_chunk_is_lost() -> None:
        house.fate.strike("send", lambda: house.wiki.fail_next("send", lost, after_effect=True))

    house.fate.strike("send", last_chunk_is_lost)
    completed(house, upload_id)
    assert house.asked().count("send") == 2
    assert house.asked().count("find") == 1
