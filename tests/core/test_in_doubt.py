"""An upload that fails although its file may have been published says so, under which title."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.policy import Policy
from curator_core.ports.publisher import Warned
from tests.builders import House, a_house
from tests.core.endings import failed
from tests.core.fate import Death
from tests.fakes.wiki import fault

SAID = "It may have been published all the same, as File:Bridge 1001.jpg."
TO_DO = "Look for the file on the wiki. A retry does not publish it twice."
LOST = fault(FaultKind.UNREACHABLE, "", "The connection broke.")
ODD = fault(FaultKind.ODD_ANSWER, "", "The wiki at the fake answered with HTTP 403.")
REVOKED = fault(FaultKind.NO_GRANT, "mwoauth-invalid-authorization", "No approved grant")
STORAGE = fault(FaultKind.STORAGE, "internal_api_error_DBQueryError", "Caught exception")
GONE = fault(FaultKind.STASH_GONE, "uploadstash-file-not-found", "Key not found.")
REFUSED = fault(FaultKind.REFUSED, "verification-error", "Not a picture.")


def says_so(failure: Failure) -> None:
    assert SAID in failure.message
    assert failure.hint.startswith(TO_DO)


def says_nothing_of_it(failure: Failure) -> None:
    assert "may have been published" not in f"{failure.message} {failure.hint}"


def dies() -> None:
    raise Death


def begun(*, took: bool = True, **changes: object) -> tuple[House, UploadId]:
    """A house whose worker was killed while it published; whether that took, nobody knows."""
    house = a_house(**changes)
    upload_id = house.an_accepted_upload()
    house.fate.strike("publish", dies, after=took)
    with pytest.raises(Death):
        house.work()
    # Long after the login: nobody waits for a grant that is gone.
    house.clock.advance(timedelta(minutes=20))
    return house, upload_id


def to_the_end(house: House, upload_id: UploadId) -> Failure:
    house.work_to_the_end()
    return failed(house, upload_id)


# What ends an upload before anybody looked


def the_session_ended(house: House, _: UploadId) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])


def the_look_is_answered_oddly(house: House, _: UploadId) -> None:
    house.wiki.fail_next("look", ODD, times=12)


def the_source_is_known_no_more(house: House, upload_id: UploadId) -> None:
    house.change(upload_id, handler="gone")


def the_token_was_erased(house: House, upload_id: UploadId) -> None:
    house.change(upload_id, sealed_token=None)


def the_title_is_legal_no_more(house: House, upload_id: UploadId) -> None:
    # Not by hand, in truth: by a stricter release.
    house.change(upload_id, filename="Bridge 1001.exe")


def nobody_foresaw_it(house: House, _: UploadId) -> None:
    def surprise() -> None:
        raise ZeroDivisionError("by nothing")

    house.fate.strike("look", surprise)


def raises(error: Faulted) -> Callable[[], None]:
    def strike() -> None:
        raise error

    return strike


@pytest.mark.parametrize(
    "what",
    [
        the_session_ended,
        the_look_is_answered_oddly,
        the_source_is_known_no_more,
        the_token_was_erased,
        nobody_foresaw_it,
    ],
)
def test_what_ends_an_upload_before_anybody_looked_says_that_it_may_be_published(
    what: Callable[[House, UploadId], None],
) -> None:
    house, upload_id = begun()
    what(house, upload_id)
    says_so(to_the_end(house, upload_id))


def test_a_title_that_is_legal_no_more_is_named_as_it_was_published() -> None:
    house, upload_id = begun()
    the_title_is_legal_no_more(house, upload_id)
    assert "all the same, as File:Bridge 1001.exe." in to_the_end(house, upload_id).message


@pytest.mark.parametrize("is_there", [True, False])
def test_the_wiki_is_asked_before_a_source_that_has_lost_the_picture(is_there: bool) -> None:
    house, upload_id = begun(took=is_there)
    house.source.remove(house.upload(upload_id).image_id)
    failure = to_the_end(house, upload_id)
    assert "The source has no such picture" in failure.message
    assert "may have been published" not in failure.message
    assert failure.message.startswith("Published, but") == is_there
    assert (house.upload(upload_id).success is not None) == is_there


def test_a_title_that_was_blacklisted_meanwhile_is_asked_after_once_nothing_is_in_doubt() -> None:
    house, upload_id = begun(took=False)
    checkpoint = house.upload(upload_id).checkpoint
    house.change(upload_id, checkpoint=checkpoint.without_stash())
    house.wiki.blacklist.append(("Bridge", "No bridges."))
    failure = to_the_end(house, upload_id)
    assert failure.type.value == "title_blacklisted"
    assert "may have been published" not in failure.message


def test_an_upload_that_stops_its_workers_while_publishing_says_so() -> None:
    house, upload_id = begun()
    for _ in range(2):
        house.fate.strike("look", dies)
        with pytest.raises(Death):
            house.work()
        house.clock.advance(timedelta(minutes=2))
    says_so(to_the_end(house, upload_id))


# What ends it in the attempt that published


@pytest.mark.parametrize("last", [REVOKED, ODD])
def test_a_lost_answer_that_could_not_be_settled_says_so(last: Faulted) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.clock.advance(timedelta(minutes=20))
    house.wiki.fail_next("publish", LOST, after_effect=True)
    house.fate.strike("publish", lambda: house.wiki.fail_next("look", last, times=15))
    says_so(to_the_end(house, upload_id))


def test_storage_trouble_whose_last_look_failed_says_so() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    looks = iter(range(10))

    def no_look_after_the_last() -> None:
        if next(looks) == 3:
            house.wiki.fail_next("look", REVOKED)

    house.wiki.fail_next("publish", STORAGE, times=4)
    at_each_publish(house, no_look_after_the_last)
    says_so(to_the_end(house, upload_id))


def test_a_stash_that_is_gone_and_a_look_that_fails_say_so() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", GONE, times=2)
    published = iter(range(10))

    def no_look_after_the_second() -> None:
        if next(published) == 1:
            house.wiki.fail_next("look", REVOKED)

    at_each_publish(house, no_look_after_the_second)
    says_so(to_the_end(house, upload_id))


def at_each_publish(house: House, what: Callable[[], None]) -> None:
    """Lets something happen at each of the next publish requests."""

    def again() -> None:
        what()
        house.fate.strike("publish", again)

    house.fate.strike("publish", again)


def test_a_publish_in_the_background_that_never_ends_says_so() -> None:
    house = a_house(policy=Policy(poll_for=timedelta(seconds=30)))
    house.wiki.background_from = 1
    upload_id = house.an_accepted_upload()

    def jobs_are_stuck() -> None:
        house.wiki.jobs.stuck = True

    house.fate.strike("publish", jobs_are_stuck)
    failure = to_the_end(house, upload_id)
    assert "still publishing" in failure.message
    says_so(failure)
    assert failure.retryable


def test_a_publish_in_the_background_of_which_nobody_can_be_asked_says_so() -> None:
    house = a_house()
    house.wiki.background_from = 1
    upload_id = house.an_accepted_upload()

    def jobs_are_stuck() -> None:
        house.wiki.jobs.stuck = True
        house.wiki.fail_next("outcome", ODD, times=12)

    house.fate.strike("publish", jobs_are_stuck)
    failure = to_the_end(house, upload_id)
    assert failure.code == "odd_answer"
    says_so(failure)


# What is known


@pytest.mark.parametrize("error", [REFUSED, STORAGE, GONE])
def test_what_was_answered_or_looked_after_says_nothing_of_it(error: Faulted) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", error, times=4)
    says_nothing_of_it(to_the_end(house, upload_id))


def test_a_lost_answer_that_was_looked_after_says_nothing_of_it() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", LOST)
    house.wiki.fail_next("publish", REFUSED)
    says_nothing_of_it(to_the_end(house, upload_id))


def test_a_warning_says_nothing_of_it() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.warn_next.append(Warned(others=(("was-deleted", "Bridge"),)))
    says_nothing_of_it(to_the_end(house, upload_id))


def test_trouble_before_anything_was_published_says_nothing_of_it() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("send", STORAGE, times=4)
    says_nothing_of_it(to_the_end(house, upload_id))
    assert house.upload(upload_id).checkpoint.publish_begun is None


def test_a_stash_in_trouble_after_a_look_says_nothing_of_it() -> None:
    house, upload_id = begun()
    house.wiki.delete("Bridge 1001.jpg")
    house.wiki.fail_next("send", STORAGE, times=4)
    says_nothing_of_it(to_the_end(house, upload_id))


NO = [FaultKind.PAGE_REFUSED, FaultKind.FILTER_WARNING, FaultKind.REFUSED]


def refused_in_the_background(kind: FaultKind, *, dies_first: bool) -> tuple[House, UploadId]:
    """A house where what the wiki publishes in the background comes to nothing, as it tells."""
    house = a_house()
    house.wiki.background_from = 1
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("outcome", fault(kind, "abusefilter-disallowed", "Not this."))

    def comes_to_nothing() -> None:
        house.wiki.jobs.lose()
        if dies_first:
            raise Death

    house.fate.strike("publish", comes_to_nothing, after=True)
    return house, upload_id


@pytest.mark.parametrize("kind", NO)
def test_what_the_wiki_refused_in_the_background_says_nothing_of_it(kind: FaultKind) -> None:
    house, upload_id = refused_in_the_background(kind, dies_first=False)
    failure = to_the_end(house, upload_id)
    assert failure.message.startswith("abusefilter-disallowed: Not this.")
    says_nothing_of_it(failure)


@pytest.mark.parametrize("kind", NO)
def test_a_refusal_that_the_next_attempt_is_told_ends_it_without_another_request_to_publish(
    kind: FaultKind,
) -> None:
    house, upload_id = refused_in_the_background(kind, dies_first=True)
    with pytest.raises(Death):
        house.work()
    says_nothing_of_it(to_the_end(house, upload_id))
    assert house.asked().count("publish") == 1
    assert house.wiki.files == {}


def test_what_nobody_understands_of_a_publish_in_the_background_says_so() -> None:
    house, upload_id = refused_in_the_background(FaultKind.UNFORESEEN, dies_first=False)
    says_so(to_the_end(house, upload_id))
