"""A wiki that is away, busy or says no, and a house of our own that is not in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.upload import UploadStatus
from tests.builders import a_house
from tests.core.endings import STORAGE, TITLE, completed, delays, failed, requeued_for
from tests.core.fate import Death
from tests.fakes.token_vault import FakeVault
from tests.fakes.wiki import fault


def test_an_unreachable_wiki_fails_nobody_however_long_it_is_away() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.down = True
    for _ in range(20):
        house.work()
        assert requeued_for(house, upload_id) == 60
        house.clock.advance(timedelta(seconds=60))
    house.wiki.down = False
    assert completed(house, upload_id).attempts == 1


ODD = fault(FaultKind.ODD_ANSWER, "", "The wiki at the fake answered with HTTP 403.")


@pytest.mark.parametrize("call", ["look", "send", "publish", "write"])
def test_a_wiki_that_goes_on_answering_oddly_is_left_alone_thrice_before_the_upload_fails(
    call: str,
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next(call, ODD, times=12)
    assert delays(house, upload_id) == [300, 600, 900]
    assert house.asked().count(call) >= 12
    failure = failed(house, upload_id)
    assert "answers that Curator does not understand" in failure.message
    assert "answered with HTTP 403" in failure.message
    assert (failure.code, failure.retryable) == ("odd_answer", True)


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("call", ["blacklist_reason", "look", "send", "publish", "write"])
def test_two_odd_answers_cost_some_seconds_and_nothing_is_done_twice(
    call: str, after_effect: bool
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next(call, ODD, times=1 if after_effect else 2, after_effect=after_effect)
    assert delays(house, upload_id) == []
    completed(house, upload_id)
    assert len(house.wiki.descriptions[TITLE].summaries) == 1


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.READ_ONLY])
@pytest.mark.parametrize("call", ["publish", "write"])
def test_what_passes_by_itself_is_waited_for_without_using_up_an_attempt(
    call: str, kind: FaultKind
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next(call, fault(kind, "ratelimited"), times=5)
    waits = delays(house, upload_id)
    assert len(waits) == 5
    assert completed(house, upload_id).attempts == 1
    assert len(house.wiki.descriptions[TITLE].summaries) == 1


def test_a_wiki_that_is_misconfigured_for_us_fails_nobody() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("look", fault(FaultKind.MISCONFIGURED, "mwoauth-invalid-authorization"))
    assert delays(house, upload_id) == [60]


def test_a_busy_wiki_is_given_the_time_it_asks_for() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    patience = timedelta(seconds=120)
    busy = Faulted(Fault(kind=FaultKind.BUSY, code="maxlag", retry_after=patience, no_effect=True))
    house.wiki.fail_next("publish", busy)
    assert delays(house, upload_id) == [120]
    completed(house, upload_id)


def test_a_blocked_user_is_told_in_the_wikis_words() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.accounts["Ada"].blocked = True
    assert delays(house, upload_id) == []
    assert "has been blocked" in failed(house, upload_id).message


def test_a_session_that_was_revoked_asks_for_a_new_login() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.revoke(house.wiki.accounts["Ada"])
    house.work_to_the_end()
    failure = failed(house, upload_id)
    assert failure.message == "Your session has expired. Please log in and retry."


@pytest.mark.parametrize("call", ["send", "publish"])
def test_what_the_wiki_refuses_fails_at_once_in_its_own_words(call: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    words = "This action has been automatically identified as harmful."
    house.wiki.fail_next(call, fault(FaultKind.REFUSED, "abusefilter-disallowed", words))
    assert delays(house, upload_id) == []
    failure = failed(house, upload_id)
    assert failure.message.startswith(f"abusefilter-disallowed: {words}")
    assert failure.raw_code == "abusefilter-disallowed"


def test_a_lost_answer_to_publishing_is_settled_by_one_look_and_not_published_again() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", fault(FaultKind.UNREACHABLE), after_effect=True)
    completed(house, upload_id)
    asked = house.asked()
    # What was found there is read before it is described.
    assert asked[asked.index("publish") :] == ["publish", "look", "read", "write", "refresh"]


def test_publishing_that_took_although_the_storage_complained_is_found_out() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", STORAGE, after_effect=True)
    completed(house, upload_id)
    assert house.asked().count("publish") == 1


@pytest.mark.parametrize("call", ["look", "max_size"])
def test_storage_trouble_at_a_question_is_no_reason_to_fail_at_once(call: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    trouble = fault(FaultKind.STORAGE, "internal_api_error_DBQueryError", "Caught exception")
    house.wiki.fail_next(call, trouble, times=3)
    assert delays(house, upload_id) == []
    completed(house, upload_id)
    assert house.asked().count(call) == 4


def test_an_unreadable_token_waits_for_the_operator_to_mend_the_keys() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    unreadable = FakeVault("a key that is configured no more").seal(house.ada_token)
    house.change(upload_id, sealed_token=unreadable)
    for _ in range(5):
        house.work()
        assert requeued_for(house, upload_id) == 60
        house.clock.advance(timedelta(seconds=60))
    assert house.asked() == ["limits"]
    house.change(upload_id, sealed_token=house.vault.seal(house.ada_token))
    completed(house, upload_id)


def test_a_source_that_is_known_no_more_fails_with_a_sentence() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.change(upload_id, handler="gone")
    house.work()
    assert "no source called 'gone'" in failed(house, upload_id).message


def test_an_upload_that_kills_three_workers_is_stopped_and_says_so() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def dies() -> None:
        raise Death

    for _ in range(3):
        house.fate.strike("fetch", dies)
        with pytest.raises(Death):
            house.work()
        house.clock.advance(timedelta(minutes=2))
    house.work()
    failure = failed(house, upload_id)
    assert failure.code == "poison"
    assert "3 times" in failure.message
    assert house.upload(upload_id).sealed_token is None
    assert house.progress.announced[-1].status is UploadStatus.FAILED


def test_a_surprise_fails_the_upload_with_its_type_and_message() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def surprise() -> None:
        raise ZeroDivisionError("by nothing")

    house.fate.strike("send", surprise)
    house.work()
    failure = failed(house, upload_id)
    assert "ZeroDivisionError: by nothing" in failure.message
    assert failure.code == "unforeseen"
    assert failure.retryable


def test_a_surprise_after_publishing_says_that_it_is_published() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def surprise() -> None:
        raise ZeroDivisionError("by nothing")

    house.fate.strike("write", surprise)
    house.work()
    failure = failed(house, upload_id)
    assert failure.message.startswith("Published, but its statements could not be written: ")
    assert house.upload(upload_id).success == "https://wiki.test/wiki/File:Bridge_1001.jpg"


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"sealed_token": None}, "Log in again, then retry."),
        ({"handler": "gone"}, "Tell the operator of this server, then retry."),
        ({"filename": "Bridge 1001.exe"}, "Choose another title, then retry."),
    ],
    ids=["token", "source", "title"],
)
def test_what_cannot_even_be_begun_says_what_to_do_before_a_retry(
    change: dict[str, Any], hint: str
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.change(upload_id, **change)
    house.work()
    failure = failed(house, upload_id)
    assert (failure.hint, failure.retryable) == (hint, True)
