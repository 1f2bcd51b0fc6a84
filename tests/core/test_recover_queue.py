"""After Redis lost everything what waits keeps its slots, and ended sessions are told at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.catalogue import SESSION_EXPIRED
from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import FaultKind
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.retry import LOGINS_ARE_YOUNG_FOR
from curator_core.domain.upload import UploadStatus
from curator_core.use_cases.recover_queue import Recovered
from curator_core.use_cases.sessions import SessionState
from tests.builders import House, a_house, some_items
from tests.fakes.wiki import fault

SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
OUTAGE = fault(FaultKind.UNREACHABLE, "", "The connection broke.")


def a_house_with_queued_uploads() -> House:
    """Two of Ada's in one batch and one in another, one of Grace's; all logins are old."""
    house = a_house(limits=SIX_A_MINUTE)
    for number in range(1, 5):
        house.a_picture(str(number))
    house.add(house.a_batch(), *some_items(2))
    house.add(house.a_batch(), *some_items(1, first=3))
    house.add(house.a_batch(house.grace), *some_items(1, first=4), user=house.grace)
    house.clock.advance(LOGINS_ARE_YOUNG_FOR + timedelta(seconds=1))
    return house


def redis_forgets(house: House) -> None:
    house.locks.forget()
    house.slots.forget()
    house.queue.take()
    house.recovery_mark.forget()


def recovered(house: House) -> Recovered:
    found = house.app.recover_queue.if_redis_forgot()
    assert found is not None
    return found


def statuses(house: House) -> list[UploadStatus]:
    return [each.status for each in house.database.committed.uploads.values()]


def test_it_is_done_once_for_each_time_that_redis_forgot() -> None:
    house = a_house_with_queued_uploads()
    redis_forgets(house)
    recovered(house)
    assert house.app.recover_queue.if_redis_forgot() is None
    redis_forgets(house)
    recovered(house)


def test_each_users_token_is_asked_after_once_for_each_edit_group() -> None:
    house = a_house_with_queued_uploads()
    redis_forgets(house)
    found = recovered(house)
    assert [each.group.count for each in found.groups] == [2, 1, 1]
    assert found.count(SessionState.VALID) == 4
    assert house.asked().count("identify") == 3


def test_what_waits_keeps_its_slots_and_what_is_added_comes_behind() -> None:
    house = a_house_with_queued_uploads()
    slots = [each.publish_at for each in house.database.committed.uploads.values()]
    last = max(slot for slot in slots[:3] if slot)
    house.clock.advance(timedelta(minutes=-5))
    redis_forgets(house)
    recovered(house)
    assert [each.publish_at for each in house.database.committed.uploads.values()] == slots
    batch = house.a_batch()
    house.a_picture("9")
    house.add(batch, *some_items(1, first=9))
    (added,) = house.uploads(batch)
    assert added.publish_at is not None
    assert added.publish_at > last


def test_an_ended_session_fails_its_groups_and_nobody_elses() -> None:
    house = a_house_with_queued_uploads()
    house.wiki.revoke(house.wiki.accounts["Ada"])
    redis_forgets(house)
    found = recovered(house)
    assert found.count(SessionState.ENDED) == 3
    uploads = list(house.database.committed.uploads.values())
    assert [each.failure and each.failure.message for each in uploads[:3]] == [SESSION_EXPIRED] * 3
    assert all(each.sealed_token is None for each in uploads[:3])
    assert uploads[3].status is UploadStatus.QUEUED


def test_a_login_that_the_wikis_replicas_may_not_know_yet_has_not_ended() -> None:
    house = a_house_with_queued_uploads()
    house.clock.advance(-LOGINS_ARE_YOUNG_FOR)
    house.wiki.revoke(house.wiki.accounts["Ada"])
    redis_forgets(house)
    assert recovered(house).count(SessionState.UNKNOWN) == 3
    assert set(statuses(house)) == {UploadStatus.QUEUED}


def test_what_cannot_be_asked_stays_queued_and_says_why() -> None:
    house = a_house_with_queued_uploads()
    house.wiki.fail_next("identify", OUTAGE, times=3)
    redis_forgets(house)
    found = recovered(house)
    (unknown,) = [each for each in found.groups if each.state is SessionState.UNKNOWN]
    assert "The connection broke." in unknown.reason
    assert set(statuses(house)) == {UploadStatus.QUEUED}


def test_a_token_that_no_key_opens_leaves_its_uploads_queued() -> None:
    house = a_house_with_queued_uploads()
    house.vault.keys = ("another",)
    redis_forgets(house)
    found = recovered(house)
    assert found.count(SessionState.UNKNOWN) == 4
    assert "TOKEN_ENCRYPTION_KEY" in found.groups[0].reason
    assert house.asked().count("identify") == 0
    assert set(statuses(house)) == {UploadStatus.QUEUED}


def test_a_dry_run_finds_the_same_and_changes_nothing() -> None:
    house = a_house_with_queued_uploads()
    house.wiki.revoke(house.wiki.accounts["Ada"])
    before = dict(house.database.committed.uploads)
    found = house.app.recover_queue(dry=True)
    assert found.dry
    assert found.count(SessionState.ENDED) == 3
    assert house.database.committed.uploads == before


def test_a_recovery_that_was_broken_off_is_begun_again() -> None:
    house = a_house_with_queued_uploads()
    redis_forgets(house)
    house.database.down = True
    with pytest.raises(ServiceDown):
        house.app.recover_queue.if_redis_forgot()
    house.database.down = False
    recovered(house)


def test_what_is_due_is_sent_again_at_once_since_its_message_is_lost() -> None:
    house = a_house_with_queued_uploads()
    house.app.dispatch_due_uploads()
    redis_forgets(house)
    assert house.app.dispatch_due_uploads().sent == 0
    recovered(house)
    assert house.app.dispatch_due_uploads().sent > 0
