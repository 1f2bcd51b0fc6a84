"""Wherever a worker is killed, cut off or stopped for long: one file, once, with its statements.

Each test lets one thing happen at one call to the outside, and there is one test for each call.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator_core.domain.caption import Caption
from curator_core.domain.errors import LeaseLost, ServiceDown
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import ImageId, UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import House, a_house
from tests.core.fate import Death
from tests.fakes.wiki import fault

DISPATCH = ["commit", "commit", "commit"]
CLAIM = ["commit"]
PREPARE = ["blacklist_reason", "image", "max_size", "fetch", "commit", "look", "hold"]
PUBLISH = ["commit", "commit", "publish", "commit"]
DESCRIBE = ["write", "refresh", "commit"]

ONE_CHUNK = [*DISPATCH, *CLAIM, *PREPARE, *["send", "commit"], *PUBLISH, *DESCRIBE]
THREE_CHUNKS = [*DISPATCH, *CLAIM, *PREPARE, *["send", "commit"] * 3, *PUBLISH, *DESCRIBE]
CALLS = {3000: ONE_CHUNK, 3001: THREE_CHUNKS}
"""Every call of an upload on its way by the file's size in bytes."""

WIKI = {"blacklist_reason", "max_size", "look", "send", "publish", "write", "refresh"}


def calls(only: set[str] | None = None) -> list[object]:
    """A test's `size`, `at` and `after` for each call, as pytest wants them."""
    return [
        pytest.param(size, at, after, id=f"{size}-{at:02}-{'after' if after else 'before'}-{name}")
        for size, names in CALLS.items()
        for at, name in enumerate(names)
        for after in (False, True)
        if only is None or name in only
    ]


def on_the_way(call: Any) -> bool:
    """When the statements were sent and did not reach the wiki yet."""
    size, at, after = call.values
    return (at, after) == (CALLS[size].index("write"), False)


def a_house_with(size: int) -> tuple[House, UploadId, bytes]:
    """A house with one accepted upload; whatever is larger than 3000 bytes is cut in three."""
    house = a_house(policy=Policy(chunk_size=3000 if size <= 3000 else 1024))
    upload_id = house.an_accepted_upload(size=size)
    return house, upload_id, house.a_picture(size=size)


def assert_published_once(house: House, upload_id: UploadId, data: bytes) -> None:
    """What everybody was promised."""
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.COMPLETED, upload.failure
    assert upload.success == "https://wiki.test/wiki/File:Bridge_1001.jpg"
    assert upload.sealed_token is None
    assert {title: [v.data for v in versions] for title, versions in house.wiki.files.items()} == {
        "Bridge 1001.jpg": [data]
    }
    described = house.wiki.descriptions["Bridge 1001.jpg"]
    image = house.source.image(ImageId("1001"))
    assert described.statements == list(house.source.statements(image, copyright_override=False))
    assert described.captions == {"en": Caption(language="en", text="Bridge number 1001")}
    assert len(described.summaries) == 1
    assert "Bridge 1001.jpg" in house.wiki.refreshed


def dies() -> None:
    raise Death


@pytest.mark.parametrize("size", CALLS)
def test_these_are_the_calls_that_an_upload_makes(size: int) -> None:
    house, upload_id, data = a_house_with(size)
    before = len(house.fate.calls)
    house.work_to_the_end()
    assert house.fate.calls[before:] == CALLS[size]
    assert_published_once(house, upload_id, data)


@pytest.mark.parametrize(("size", "at", "after"), calls())
def test_a_killed_worker_leaves_nothing_lost_and_nothing_doubled(
    size: int, at: int, after: bool
) -> None:
    house, upload_id, data = a_house_with(size)
    house.fate.strike(at, dies, after=after)
    with pytest.raises(Death):
        house.work()
    assert house.fate.struck == CALLS[size][at]
    house.work_to_the_end()
    assert_published_once(house, upload_id, data)


RESPELLED = [
    *ONE_CHUNK[: ONE_CHUNK.index("publish") + 1],
    # Nothing was published by the first request, so that nothing is in doubt any more; the second
    # one takes a turn of its own.
    *["commit", "commit", "commit", "publish", "commit"],
    *DESCRIBE,
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("what", "at"),
    [
        (what, at)
        for at, name in enumerate(RESPELLED)
        for what in ("killed", "unreachable")
        if what == "killed" or name in WIKI
    ],
)
def test_a_name_that_the_wiki_spells_otherwise_is_found_again_in_its_spelling(
    what: str, at: int, after: bool
) -> None:
    house, upload_id, data = a_house_with(3000)
    house.wiki.respelled["Bridge 1001.jpg"] = "bridge 1001.jpg"

    def strikes() -> None:
        if what == "killed":
            raise Death
        raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")

    house.fate.strike(at, strikes, after=after)
    with suppress(Death):
        house.work()
    assert house.fate.struck == RESPELLED[at]
    house.work_to_the_end()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.COMPLETED, upload.failure
    assert {title: [v.data for v in versions] for title, versions in house.wiki.files.items()} == {
        "bridge 1001.jpg": [data]
    }
    assert len(house.wiki.descriptions["bridge 1001.jpg"].summaries) == 1


@pytest.mark.parametrize(("size", "at", "after"), calls(WIKI))
def test_a_request_that_fails_or_whose_answer_is_lost_is_made_good_at_once(
    size: int, at: int, after: bool
) -> None:
    house, upload_id, data = a_house_with(size)

    def answer_is_lost() -> None:
        raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")

    house.fate.strike(at, answer_is_lost, after=after)
    house.work()
    assert house.fate.struck == CALLS[size][at]
    if CALLS[size][at] == "publish" and not after:
        # The wiki may still be at it, for all that is known.
        assert house.upload(upload_id).status is UploadStatus.QUEUED
        house.work_to_the_end()
    assert_published_once(house, upload_id, data)


@pytest.mark.parametrize(("size", "at", "after"), calls({"commit"}))
def test_a_database_that_goes_away_costs_time_and_nothing_else(
    size: int, at: int, after: bool
) -> None:
    house, upload_id, data = a_house_with(size)

    def database_is_away() -> None:
        raise ServiceDown("database", "gone away")

    house.fate.strike(at, database_is_away, after=after)
    house.work()
    assert house.fate.struck == "commit"
    house.work_to_the_end()
    assert_published_once(house, upload_id, data)


@pytest.mark.parametrize(("size", "at", "after"), [c for c in calls() if not on_the_way(c)])
def test_a_worker_that_stopped_for_longer_than_its_lease_changes_nothing_any_more(
    size: int, at: int, after: bool
) -> None:
    house, upload_id, data = a_house_with(size)
    seen = []

    def others_take_over() -> None:
        house.clock.advance(house.policy.lease + timedelta(seconds=1))
        house.work_to_the_end()
        seen.append(house.upload(upload_id))

    house.fate.strike(at, others_take_over, after=after)
    house.work()
    assert house.fate.struck == CALLS[size][at]
    assert_published_once(house, upload_id, data)
    assert seen == [house.upload(upload_id)]


@pytest.mark.parametrize("call", ["publish", "write"])
def test_who_stopped_for_long_makes_sure_before_sending_what_cannot_be_taken_back(
    call: str,
) -> None:
    house, upload_id, data = a_house_with(3000)

    def others_take_over() -> None:
        house.clock.advance(house.policy.lease + timedelta(seconds=1))
        house.work_to_the_end()

    house.fate.strike(ONE_CHUNK.index(call) - 1, others_take_over, after=True)
    house.work()
    assert house.asked().count(call) == 1
    assert_published_once(house, upload_id, data)


@pytest.mark.parametrize("ahead", [1, 3600])
def test_a_clock_that_jumps_ahead_keeps_nobody_from_publishing(ahead: int) -> None:
    house, upload_id, data = a_house_with(3000)
    house.fate.strike(
        ONE_CHUNK.index("publish") - 1, lambda: house.clock.advance(timedelta(seconds=ahead))
    )
    house.work()
    assert_published_once(house, upload_id, data)


@pytest.mark.parametrize(("size", "at", "after"), [c for c in calls() if on_the_way(c)])
def test_statements_that_arrive_much_later_are_there_twice_but_nothing_else_is(
    size: int, at: int, after: bool
) -> None:
    # No lease reaches as far as the wiki, which adds whatever it is sent.
    house, upload_id, data = a_house_with(size)

    def others_take_over() -> None:
        house.clock.advance(house.policy.lease + timedelta(seconds=1))
        house.work_to_the_end()

    house.fate.strike(at, others_take_over, after=after)
    house.work()
    described = house.wiki.descriptions["Bridge 1001.jpg"]
    assert len(described.summaries) == 2
    described.statements, described.summaries = list(set(described.statements)), ["once"]
    described.statements.sort(key=lambda each: ["P1947", "P571", "P275"].index(each.main.property))
    assert_published_once(house, upload_id, data)


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["publish", "commit"])
def test_a_wiki_whose_clock_is_an_hour_off_is_asked_by_its_own_clock(
    call: str, after: bool, hours: int
) -> None:
    house = a_house(wiki_is_off_by=timedelta(hours=hours))
    upload_id = house.an_accepted_upload()
    at = ONE_CHUNK.index("publish") + (call == "commit")
    house.fate.strike(at, dies, after=after)
    with pytest.raises(Death):
        house.work()
    house.work_to_the_end()
    assert_published_once(house, upload_id, house.a_picture())


def test_a_worker_whose_lease_was_taken_over_is_told_so() -> None:
    house, upload_id, _ = a_house_with(3000)

    def others_take_over() -> None:
        house.clock.advance(house.policy.lease + timedelta(seconds=1))
        house.work_to_the_end()

    attempt = house.app.process_upload.start(upload_id)
    assert attempt is not None
    house.fate.strike(0, others_take_over, after=True)
    with pytest.raises(LeaseLost):
        house.app.process_upload.carry_out(attempt)


@settings(derandomize=True, max_examples=200)
@given(data=st.data())
def test_several_mishaps_one_after_the_other_change_nothing_either(data: st.DataObject) -> None:
    house, upload_id, picture = a_house_with(data.draw(st.sampled_from(sorted(CALLS)), "size"))

    def answer_is_lost() -> None:
        raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")

    def database_is_away() -> None:
        raise ServiceDown("database", "gone away")

    mishaps: dict[str, Callable[[], None]] = {
        "killed": dies,
        "unreachable": answer_is_lost,
        "database": database_is_away,
    }
    # An upload that stops three workers is given up, and that is meant.
    for _ in range(2):
        name = data.draw(st.sampled_from(sorted(mishaps)), "what")
        at, after = data.draw(st.integers(0, 30), "at"), data.draw(st.booleans(), "after")

        def strike(name: str = name) -> None:
            if {
                "unreachable": house.fate.struck in WIKI,
                "database": house.fate.struck == "commit",
            }.get(name, True):
                mishaps[name]()

        house.fate.strike(at, strike, after=after)
        with suppress(Death):
            house.work()
        house.clock.advance(timedelta(seconds=61))
        if data.draw(st.booleans(), "flushed"):
            house.locks.forget()
    house.fate.calm()
    house.work_to_the_end()
    assert_published_once(house, upload_id, picture)
