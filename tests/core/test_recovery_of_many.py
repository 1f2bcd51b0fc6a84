"""A recovery of many groups while the wiki cannot answer."""

from __future__ import annotations

import pytest

from curator_core.domain.breaker import BREAKERS
from curator_core.domain.fault import FaultKind
from curator_core.domain.upload import UploadStatus
from curator_core.use_cases.sessions import SessionState
from tests.builders import House, a_house, an_item
from tests.fakes.wiki_state import fault


@pytest.fixture
def house() -> House:
    """Five of Ada's batches wait, each a group of its own."""
    house = a_house()
    for number in range(5):
        house.add(house.a_batch(), an_item(str(number)))
    house.wiki.requests.clear()
    return house


def states(house: House) -> list[SessionState]:
    return [each.state for each in house.app.recover_queue().groups]


def test_a_wiki_that_is_away_is_not_asked_for_every_group(house: House) -> None:
    house.wiki.down = True
    assert states(house) == [SessionState.UNKNOWN] * 5
    # Three attempts in all for each question (SPEC §3).
    assert house.asked() == ["identify"] * 3 * BREAKERS[FaultKind.UNREACHABLE].strikes
    assert {each.status for each in house.database.committed.uploads.values()} == {
        UploadStatus.QUEUED
    }


def test_all_that_were_not_asked_for_say_why(house: House) -> None:
    house.wiki.down = True
    reasons = {each.reason for each in house.app.recover_queue().groups}
    assert len(reasons) == 1
    assert "cannot be reached" in reasons.pop()


def test_credentials_that_the_wiki_refuses_are_shown_to_it_once(house: House) -> None:
    house.wiki.fail_next("identify", fault(FaultKind.MISCONFIGURED, "", "Invalid signature"))
    assert states(house) == [SessionState.UNKNOWN] * 5
    assert house.asked() == ["identify"]


def test_one_question_that_went_wrong_is_no_reason_not_to_ask_the_next(house: House) -> None:
    for _ in range(3):
        house.wiki.fail_next("identify", fault(FaultKind.UNREACHABLE, "", "no route"))
    valid = [SessionState.VALID] * 4
    assert states(house) == [SessionState.UNKNOWN, *valid]


def test_what_concerns_one_user_is_no_reason_not_to_ask_for_the_next(house: House) -> None:
    house.add(house.a_batch(house.grace), an_item("grace"), user=house.grace)
    house.wiki.fail_next("identify", fault(FaultKind.RATE_LIMITED, "", "too often"), times=2)
    assert states(house)[2:] == [SessionState.VALID] * 4
