"""Files are stashed ahead of their slots and published in them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import QUEUED, House, a_house, an_item
from tests.fakes.clock import START

SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
PATIENT = Policy(lead=timedelta(minutes=30), user_concurrency=5)
"""Works far ahead of the slots, so that files wait in the stash."""
A_WHILE = timedelta(seconds=30)
"""Longer than a wait in place, and nearer than the fifth slot."""


def published_at(house: House) -> list[float]:
    return sorted(
        (versions[0].uploaded_at - START).total_seconds() for versions in house.wiki.files.values()
    )


@pytest.mark.parametrize("policy", [Policy(), PATIENT], ids=["short lead", "long lead"])
def test_no_file_is_published_before_its_slot(policy: Policy) -> None:
    house = a_house(limits=SIX_A_MINUTE, policy=policy)
    for number in range(1, 6):
        house.a_picture(str(number))
    house.add(house.a_batch(), *(an_item(str(number)) for number in range(1, 6)))
    house.work_to_the_end()
    for place, at in enumerate(published_at(house)):
        assert 10 * place <= at < 10 * place + 10


def test_a_file_whose_slot_is_far_is_stashed_and_goes_back_to_the_queue_without_a_lock() -> None:
    house = a_house(limits=SIX_A_MINUTE, policy=PATIENT)
    house.slots.next_free[house.ada.id] = house.clock.now() + A_WHILE
    upload_id = house.an_accepted_upload()
    house.work()
    parked = house.upload(upload_id)
    assert parked.status is QUEUED
    assert parked.checkpoint.assembled
    assert parked.attempts == 0
    assert parked.sealed_token is not None
    assert parked.publish_at is not None
    assert parked.not_before is not None
    assert timedelta(0) <= parked.publish_at - parked.not_before <= timedelta(seconds=10)
    assert house.locks.holder(f"hash:{parked.checkpoint.sha1}") is None
    assert house.database.committed.rights == {}
    assert house.wiki.files == {}


def test_a_parked_file_is_published_from_the_stash_without_another_download() -> None:
    house = a_house(limits=SIX_A_MINUTE, policy=PATIENT)
    house.slots.next_free[house.ada.id] = house.clock.now() + A_WHILE
    upload_id = house.an_accepted_upload()
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert len(house.downloads.fetched) == 1
    asked = house.asked()
    assert asked[asked.index("send") :] == [
        "send",
        "whole",
        "look",
        "publish",
        "write",
        "refresh",
    ]


def test_a_parked_file_of_which_the_wiki_holds_other_bytes_is_sent_again() -> None:
    house = a_house(limits=SIX_A_MINUTE, policy=PATIENT)
    house.slots.next_free[house.ada.id] = house.clock.now() + A_WHILE
    house.an_accepted_upload()
    house.work()
    (stashed,) = house.wiki.stash.values()
    stashed.data[-1] ^= 1
    house.work_to_the_end()
    assert [version.data for version in house.wiki.files["Bridge 1001.jpg"]] == [house.a_picture()]


def test_the_next_file_may_be_published_while_the_last_ones_statements_are_written() -> None:
    house = a_house()
    house.an_accepted_upload()
    held = {}

    def statements_are_written() -> None:
        held["write"] = set(house.database.committed.rights)

    def publishing_begins() -> None:
        held["publish"] = set(house.database.committed.rights)
        house.fate.strike("write", statements_are_written)

    house.fate.strike("publish", publishing_begins)
    house.work()
    sha1 = hashlib.sha1(house.a_picture()).hexdigest()
    assert held == {"publish": {f"sha1:{sha1}", f"user:{house.ada.id}"}, "write": {f"sha1:{sha1}"}}


def test_a_parked_file_whose_stash_did_not_live_that_long_is_sent_again() -> None:
    house = a_house(limits=SIX_A_MINUTE, policy=PATIENT)
    house.slots.next_free[house.ada.id] = house.clock.now() + A_WHILE
    upload_id = house.an_accepted_upload()
    house.work()
    house.wiki.lose_stash()
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.asked().count("send") == 2
