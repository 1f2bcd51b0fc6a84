"""A session has ended when the wiki says so, and then for all that waits with its token."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.catalogue import SESSION_EXPIRED
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.retry import LOGINS_ARE_YOUNG_FOR
from curator_core.domain.upload import UploadStatus
from tests.builders import House, a_house, some_items
from tests.core.endings import requeued_for
from tests.fakes.wiki import fault

LOGGED_OUT = fault(FaultKind.NOT_LOGGED_IN, "assertuserfailed", "You are no longer logged in.")
NO_GRANT = fault(FaultKind.NO_GRANT, "mwoauth-invalid-authorization", "No approved grant")
OUTAGE = fault(FaultKind.UNREACHABLE, "", "The connection broke.")
REFUSALS = pytest.mark.parametrize("refusal", [LOGGED_OUT, NO_GRANT], ids=["assert", "grant"])


def waiting(house: House, count: int = 5) -> None:
    """Ada's uploads, of a login that is not young any more."""
    for number in range(1, count + 1):
        house.a_picture(str(number))
    house.add(house.a_batch(), *some_items(count))
    house.clock.advance(LOGINS_ARE_YOUNG_FOR + timedelta(seconds=1))


def everything(house: House) -> list[UploadStatus]:
    return [each.status for each in house.database.committed.uploads.values()]


def test_a_revoked_token_fails_all_that_waits_with_it_after_one_question() -> None:
    house = a_house()
    waiting(house)
    house.wiki.revoke(house.wiki.accounts["Ada"])
    house.work()
    uploads = house.database.committed.uploads.values()
    assert {each.status for each in uploads} == {UploadStatus.FAILED}
    assert {each.failure and each.failure.message for each in uploads} == {SESSION_EXPIRED}
    assert house.asked().count("identify") == 1


def revoked_before_the_publish_is_settled(house: House) -> None:
    def at_the_next_look() -> None:
        house.fate.strike("look", lambda: house.wiki.revoke(house.wiki.accounts["Ada"]))

    house.fate.strike("publish", at_the_next_look)


def test_where_nobody_can_ask_any_more_the_failure_says_that_the_file_may_be_there() -> None:
    house = a_house()
    waiting(house, 1)
    house.wiki.fail_next("publish", OUTAGE, after_effect=True)
    revoked_before_the_publish_is_settled(house)
    house.work_to_the_end()
    (upload,) = house.database.committed.uploads.values()
    assert (upload.status, upload.success) == (UploadStatus.FAILED, None)
    assert upload.failure is not None
    assert upload.failure.message.startswith(SESSION_EXPIRED)
    assert "may have been published all the same, as File:Bridge 1.jpg" in upload.failure.message
    assert upload.failure.hint.startswith("Look for the file on the wiki.")
    assert list(house.wiki.files) == ["Bridge 1.jpg"]


def test_a_publish_that_the_wiki_refused_is_in_no_doubt() -> None:
    house = a_house()
    waiting(house, 1)
    house.fate.strike("publish", lambda: house.wiki.revoke(house.wiki.accounts["Ada"]))
    house.work_to_the_end()
    (upload,) = house.database.committed.uploads.values()
    assert upload.failure is not None
    assert upload.failure.message == SESSION_EXPIRED
    assert house.wiki.files == {}


def test_uploads_of_a_new_login_are_not_failed_with_those_of_the_old_one() -> None:
    house = a_house()
    waiting(house, 3)
    house.wiki.revoke(house.wiki.accounts["Ada"])
    house.ada_token = house.wiki.grant(house.wiki.accounts["Ada"])
    batch = house.a_batch()
    house.a_picture("50")
    house.add(batch, *some_items(1, first=50))
    house.work_to_the_end()
    assert [each.status for each in house.uploads(batch)] == [UploadStatus.COMPLETED]
    assert everything(house)[:3] == [UploadStatus.FAILED] * 3


@REFUSALS
def test_a_refusal_that_the_wiki_does_not_confirm_fails_nobody(refusal: Faulted) -> None:
    house = a_house()
    waiting(house, 1)
    house.wiki.fail_next("look", refusal)
    house.work()
    (upload,) = house.database.committed.uploads.values()
    assert requeued_for(house, upload.id) == 60
    house.work_to_the_end()
    assert everything(house) == [UploadStatus.COMPLETED]


@REFUSALS
def test_a_wiki_that_refuses_whom_it_knows_again_and_again_fails_that_upload(
    refusal: Faulted,
) -> None:
    house = a_house()
    waiting(house, 1)
    house.wiki.fail_next("look", refusal, times=100)
    house.work_to_the_end()
    assert everything(house) == [UploadStatus.FAILED]
    assert house.asked().count("look") == 4


@REFUSALS
def test_where_nobody_can_say_who_we_are_the_uploads_wait(refusal: Faulted) -> None:
    house = a_house()
    waiting(house)
    house.wiki.fail_next("look", refusal)
    house.wiki.fail_next("identify", OUTAGE, times=3)
    house.work()
    assert UploadStatus.FAILED not in everything(house)
    house.work_to_the_end()
    assert set(everything(house)) == {UploadStatus.COMPLETED}
