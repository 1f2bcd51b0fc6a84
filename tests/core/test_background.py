"""Large files: the wiki assembles and publishes them in the background, and is waited for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import QUEUED, House, a_house
from tests.core.fate import Death
from tests.fakes.wiki import fault

SIZE, CHUNK = 5000, 1024
TITLE = "Bridge 1001.jpg"


def a_house_of_large_files(**policy: object) -> House:
    """Everything is large here."""
    house = a_house(policy=Policy(chunk_size=CHUNK, **policy))  # type: ignore[arg-type]
    house.wiki.background_from = 1
    return house


def assert_published_once(house: House, upload_id: UploadId) -> None:
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.COMPLETED, upload.failure
    assert {title: [each.data for each in kept] for title, kept in house.wiki.files.items()} == {
        TITLE: [house.a_picture(size=SIZE)]
    }


def asked(house: House, action: str) -> int:
    return house.asked().count(action)


def unreachable() -> Exception:
    return fault(FaultKind.UNREACHABLE, "", "The connection broke.")


def test_a_large_file_is_waited_for_twice_and_published_once() -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)
    house.work()
    assert_published_once(house, upload_id)
    assert (asked(house, "send"), asked(house, "publish")) == (5, 1)
    assert house.wiki.received == SIZE


def test_a_small_file_is_not_polled_for() -> None:
    house = a_house_of_large_files()
    house.wiki.background_from = SIZE + 1
    house.an_accepted_upload(size=SIZE)
    house.work()
    assert asked(house, "status") == asked(house, "outcome") == 0


def test_the_wiki_is_asked_less_and_less_often() -> None:
    house = a_house_of_large_files()
    house.wiki.jobs.takes = timedelta(minutes=5)
    house.an_accepted_upload(size=SIZE)
    house.work()
    pauses = [each.total_seconds() for each in house.clock.slept]
    assert pauses[:6] == [1, 2, 4, 8, 8, 8]
    assert asked(house, "outcome") < 45


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("poll", ["status", "outcome"])
def test_a_poll_that_goes_wrong_is_repeated_as_a_poll(poll: str, after_effect: bool) -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)
    house.wiki.fail_next(poll, unreachable(), after_effect=after_effect)  # type: ignore[arg-type]
    house.work()
    assert_published_once(house, upload_id)
    assert (asked(house, "send"), asked(house, "publish")) == (5, 1)


@pytest.mark.parametrize("kind", [FaultKind.NO_RESULT, FaultKind.PUBLISH_CONFLICT])
def test_an_outcome_that_nobody_knows_is_settled_before_anything_is_repeated(
    kind: FaultKind,
) -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)
    house.wiki.fail_next("outcome", fault(kind, "missingresult"), after_effect=True)
    house.wiki.jobs.takes = timedelta()
    house.work()
    assert_published_once(house, upload_id)
    assert (asked(house, "publish"), asked(house, "look")) == (1, 2)


def test_a_job_that_was_lost_is_begun_again() -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)

    def jobs_are_lost() -> None:
        house.wiki.jobs.lose()

    strike_at(house, "publish", jobs_are_lost)
    house.work()
    assert_published_once(house, upload_id)
    assert asked(house, "publish") == 2


def test_a_publish_that_takes_longer_than_the_deadline_is_settled_and_waited_for_again() -> None:
    house = a_house_of_large_files(poll_for=timedelta(seconds=10))
    upload_id = house.an_accepted_upload(size=SIZE)

    def jobs_take_long() -> None:
        house.wiki.jobs.takes = timedelta(seconds=25)

    strike_at(house, "publish", jobs_take_long, after=False)
    house.work()
    assert_published_once(house, upload_id)
    assert asked(house, "look") == 2


def test_a_publish_that_never_ends_fails_and_says_so() -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)

    def jobs_are_stuck() -> None:
        house.wiki.jobs.stuck = True

    strike_at(house, "publish", jobs_are_stuck, after=False)
    house.work_to_the_end()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.FAILED
    assert upload.failure is not None
    assert "still publishing" in upload.failure.message
    assert upload.failure.retryable
    assert house.asked().count("publish") == 1
    assert house.wiki.files == {}


def test_bytes_that_somebody_published_meanwhile_are_a_duplicate() -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)
    data = house.a_picture(size=SIZE)
    strike_at(house, "publish", lambda: house.wiki.add_file(TITLE, data))
    house.work()
    assert house.upload(upload_id).status in (
        UploadStatus.DUPLICATE,
        UploadStatus.DUPLICATE_NOT_UPDATED,
        UploadStatus.DUPLICATE_UPDATED,
    )
    assert len(house.wiki.files[TITLE]) == 1


def test_a_file_that_the_wiki_does_not_take_for_what_it_is_called_fails_in_its_words() -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)
    words = "This file did not pass file verification."
    house.wiki.fail_next("status", fault(FaultKind.REFUSED, "stashfailed", words))
    house.work()
    upload = house.upload(upload_id)
    assert upload.failure is not None
    assert upload.failure.message.startswith(f"stashfailed: {words}")


def test_an_assembly_that_was_lost_means_that_the_file_is_sent_anew_once() -> None:
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)

    def wiki_loses_it() -> None:
        house.wiki.jobs.lose()
        house.wiki.lose_stash()

    strike_at(house, "send", wiki_loses_it, nth=5)
    house.work()
    assert_published_once(house, upload_id)
    assert house.wiki.received == 2 * SIZE


def test_an_assembly_that_takes_long_is_waited_for_by_later_attempts_without_a_download() -> None:
    house = a_house_of_large_files(poll_for=timedelta(seconds=10))
    house.wiki.jobs.takes = timedelta(seconds=60)
    upload_id = house.an_accepted_upload(size=SIZE)
    house.work()
    waiting = house.upload(upload_id)
    assert (waiting.status, waiting.checkpoint.offset) == (QUEUED, SIZE)
    house.wiki.jobs.takes = timedelta(seconds=5)
    house.work_to_the_end()
    assert_published_once(house, upload_id)
    assert (len(house.downloads.fetched), house.wiki.received) == (1, SIZE)


def strike_at(
    house: House, name: str, what: Callable[[], object], *, after: bool = True, nth: int = 1
) -> None:
    """Lets something happen at the `nth` call of this name, whichever call of all that is."""
    twin = a_house_of_large_files()
    twin.an_accepted_upload(size=SIZE)
    before = len(twin.fate.calls)
    twin.work()
    found = [at for at, call in enumerate(twin.fate.calls[before:]) if call == name]

    def strike() -> None:
        what()

    house.fate.strike(found[nth - 1], strike, after=after)


# Wherever the worker is killed


def all_calls(background_from: int) -> list[str]:
    house = a_house_of_large_files()
    house.wiki.background_from = background_from
    house.an_accepted_upload(size=SIZE)
    before = len(house.fate.calls)
    house.work()
    return house.fate.calls[before:]


KILLS = [
    pytest.param(background_from, at, after, id=f"{how}-{at:02}-{name}-{after}")
    for background_from, how in ((1, "background"), (SIZE + 1, "at once"))
    for at, name in enumerate(all_calls(background_from))
    for after in (False, True)
]


@pytest.mark.parametrize(("background_from", "at", "after"), KILLS)
def test_a_killed_worker_costs_at_most_one_chunk_and_doubles_nothing(
    background_from: int, at: int, after: bool
) -> None:
    house = a_house_of_large_files()
    house.wiki.background_from = background_from
    upload_id = house.an_accepted_upload(size=SIZE)

    def dies() -> None:
        raise Death

    house.fate.strike(at, dies, after=after)
    with pytest.raises(Death):
        house.work()
    house.work_to_the_end()
    assert_published_once(house, upload_id)
    assert SIZE <= house.wiki.received <= SIZE + CHUNK


def test_a_killed_worker_costs_the_whole_file_where_the_wiki_lost_it() -> None:
    # What the test above says is not so by itself.
    house = a_house_of_large_files()
    upload_id = house.an_accepted_upload(size=SIZE)

    def dies() -> None:
        house.wiki.lose_stash()
        raise Death

    strike_at(house, "send", dies, nth=4)
    with pytest.raises(Death):
        house.work()
    house.work_to_the_end()
    assert_published_once(house, upload_id)
    assert house.wiki.received == 4 * CHUNK + SIZE


def test_where_no_answer_came_through_what_the_wiki_is_still_at_is_waited_for() -> None:
    house = a_house_of_large_files()
    house.wiki.jobs.takes = timedelta(minutes=1)
    upload_id = house.an_accepted_upload(size=SIZE)
    again = fault(FaultKind.NONCE_USED, "mwoauth-invalid-authorization", "Nonce already used")
    house.wiki.fail_next("publish", again, after_effect=True, times=3)
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.COMPLETED
    assert [len(versions) for versions in house.wiki.files.values()] == [1]
