"""What is no single upload's fault holds the others back, is probed by one, and passes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from curator_core.domain.batch import Batch
from curator_core.domain.breaker import BREAKERS, Gate
from curator_core.domain.fault import FaultKind
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.domain.user import User
from tests.builders import House, a_house, some_items
from tests.fakes.gates import FakeGates
from tests.fakes.wiki import fault
from tests.fakes.work import FakeWork

LIMITED = fault(FaultKind.RATE_LIMITED, "ratelimited", "Too many.")
READ_ONLY = fault(FaultKind.READ_ONLY, "readonly", "Maintenance.")
BAD_CONSUMER = fault(FaultKind.MISCONFIGURED, "mwoauth-invalid-authorization", "Invalid consumer")
A_MINUTE = timedelta(minutes=1)


def a_waiting_batch(house: House, count: int, user: User | None = None, first: int = 1) -> Batch:
    for number in range(first, first + count):
        house.a_picture(str(number))
    batch = house.a_batch(user)
    house.add(batch, *some_items(count, first), user=user)
    return batch


def closed(house: House) -> list[str]:
    with house.database.begin() as work:
        return [gate.name for gate in work.gates.all() if gate.closed_at is not None]


def asked_in(house: House, how_long: timedelta) -> int:
    """How many requests the wiki gets while dispatchers and workers go on so long."""
    before = len(house.wiki.requests)
    until = house.clock.now() + how_long
    while house.clock.now() < until:
        house.work()
        house.clock.advance(timedelta(seconds=1))
    return len(house.wiki.requests) - before


def is_done(house: House, batch: Batch) -> bool:
    return {each.status for each in house.uploads(batch)} == {UploadStatus.COMPLETED}


def test_an_outage_of_the_wiki_pauses_everybody_and_fails_nobody() -> None:
    house = a_house()
    batches = [a_waiting_batch(house, 10), a_waiting_batch(house, 10, house.grace, first=20)]
    house.wiki.down = True
    # A probe asks for the blacklist and looks at the wiki, three times each.
    assert asked_in(house, timedelta(minutes=30)) <= 30 * 6 + 12
    assert closed(house) == ["unreachable"]
    waiting = [each for batch in batches for each in house.uploads(batch)]
    assert {each.status for each in waiting} == {UploadStatus.QUEUED}
    assert {each.attempts for each in waiting} == {0}
    house.wiki.down = False
    house.work_to_the_end()
    assert all(is_done(house, batch) for batch in batches)
    assert closed(house) == []


class OpenGates(FakeGates):
    """Count strikes, and never close."""

    def strike(self, kind: FaultKind, upload: Upload, reason: str) -> Gate:
        return Gate(kind=kind, scope=BREAKERS[kind].scope)


def without_gates(house: House) -> None:
    @contextmanager
    def begin() -> Iterator[FakeWork]:
        with house.database.begin() as work:
            work.gates = OpenGates(work.gates.tables, work.gates.clock)
            yield work

    process = house.app.process_upload
    claim = replace(process.claim, begin=begin)
    house.app = replace(house.app, process_upload=replace(process, claim=claim))


def test_without_a_gate_the_same_outage_would_be_asked_after_by_every_upload() -> None:
    asked = {}
    for gates in ("closing", "open"):
        house = a_house()
        if gates == "open":
            without_gates(house)
        a_waiting_batch(house, 10)
        house.wiki.down = True
        asked[gates] = asked_in(house, timedelta(minutes=10))
    assert asked["open"] > 3 * asked["closing"]


def test_one_upload_that_does_not_get_through_pauses_nobody() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 3)
    lost = fault(FaultKind.UNREACHABLE, "", "The connection broke.")
    # The first upload's three attempts, and no other's.
    house.wiki.fail_next("look", lost, times=3)
    house.work()
    assert closed(house) == []
    house.work_to_the_end()
    assert is_done(house, batch)


def test_only_one_upload_probes_a_closed_gate() -> None:
    house = a_house()
    a_waiting_batch(house, 5)
    house.wiki.read_only = True
    house.work()
    assert closed(house) == ["read_only"]
    house.clock.advance(A_MINUTE)
    assert len(house.work()) == 1
    assert house.work() == []


def test_a_read_only_wiki_pauses_everybody_until_it_takes_something_again() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 5)
    house.wiki.read_only = True
    asked_in(house, timedelta(minutes=5))
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.QUEUED}
    house.wiki.read_only = False
    house.work_to_the_end()
    assert is_done(house, batch)
    assert closed(house) == []


def test_our_own_bad_credentials_pause_everybody_and_fail_nobody() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 5)
    house.wiki.fail_next("*", BAD_CONSUMER, times=10)
    asked_in(house, timedelta(minutes=3))
    assert closed(house) == ["misconfigured"]
    with house.database.begin() as work:
        (gate,) = work.gates.all()
    assert "Invalid consumer" in gate.reason
    house.work_to_the_end()
    assert is_done(house, batch)


def test_a_user_at_the_limit_is_held_back_and_nobody_else() -> None:
    house = a_house()
    mine, hers = a_waiting_batch(house, 5), a_waiting_batch(house, 5, house.grace, first=20)
    # Ada's first is dispatched first.
    house.wiki.fail_next("publish", LIMITED)
    asked_in(house, timedelta(seconds=30))
    assert closed(house) == [f"rate_limited:user:{house.ada.id}"]
    assert is_done(house, hers)
    assert UploadStatus.FAILED not in {each.status for each in house.uploads(mine)}
    house.work_to_the_end()
    assert is_done(house, mine)
    assert closed(house) == []


def test_while_the_limit_lasts_it_is_asked_after_ever_less_often() -> None:
    house = a_house()
    a_waiting_batch(house, 5)
    house.wiki.fail_next("publish", LIMITED, times=1000)
    asked_in(house, timedelta(hours=1))
    tries = house.asked().count("publish")
    # After 1, 2, 4, 8, 8, 8 … minutes; the last of them within the hour.
    assert 8 <= tries <= 11, tries


def test_an_upload_on_its_way_does_not_publish_once_its_users_gate_is_closed() -> None:
    house = a_house()
    a_waiting_batch(house, 2)
    house.app.dispatch_due_uploads()
    first, second = house.queue.take()
    house.wiki.fail_next("publish", LIMITED)
    house.fate.strike("send", lambda: house.process(second))
    house.process(first)
    assert house.asked().count("publish") == 1
    assert house.upload(first).status is UploadStatus.QUEUED


def test_a_published_file_whose_user_is_held_back_is_described_later() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 2)
    house.app.dispatch_due_uploads()
    first, second = house.queue.take()
    house.wiki.fail_next("write", LIMITED)

    def described_elsewhere() -> None:
        house.process(second)

    house.fate.strike("publish", described_elsewhere)
    house.process(first)
    held_back = house.upload(first)
    assert held_back.checkpoint.published_title is not None
    assert held_back.status is UploadStatus.QUEUED
    assert house.asked().count("write") == 1
    house.work_to_the_end()
    assert is_done(house, batch)
    assert [len(versions) for versions in house.wiki.files.values()] == [1, 1]


def test_a_dead_source_holds_its_uploads_back_and_fails_only_those_that_showed_it() -> None:
    house = a_house()
    batch = a_waiting_batch(house, 20)
    house.source.is_down = True
    asked_in(house, timedelta(minutes=30))
    assert closed(house) == ["source_trouble:source:mapillary"]
    house.source.is_down = False
    house.work_to_the_end()
    assert is_done(house, batch)
    assert closed(house) == []


def test_a_blocked_account_stops_at_once_with_the_wikis_words_and_no_further_request() -> None:
    house = a_house()
    mine, hers = a_waiting_batch(house, 10), a_waiting_batch(house, 2, house.grace, first=20)
    house.wiki.accounts["Ada"].blocked = True
    house.work()
    sent = [request.user for request in house.wiki.requests].count("Ada")
    house.work_to_the_end()
    failures = [each.failure for each in house.uploads(mine)]
    assert all(each and "has been blocked" in each.message for each in failures)
    assert [request.user for request in house.wiki.requests].count("Ada") == sent
    assert is_done(house, hers)


def test_who_is_no_longer_blocked_goes_on_with_a_new_batch() -> None:
    house = a_house()
    a_waiting_batch(house, 3)
    house.wiki.accounts["Ada"].blocked = True
    house.work_to_the_end()
    assert closed(house) == [f"blocked:user:{house.ada.id}"]
    house.wiki.accounts["Ada"].blocked = False
    batch = a_waiting_batch(house, 3, first=50)
    house.work_to_the_end()
    assert is_done(house, batch)
    assert closed(house) == []


def test_the_gate_of_a_limited_user_moves_their_slots_back() -> None:
    six = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
    house = a_house(limits=six)
    batch = a_waiting_batch(house, 5)
    house.wiki.fail_next("publish", LIMITED)
    house.work()
    slots = sorted(each.publish_at for each in house.uploads(batch) if each.publish_at)
    waits = [(slot - house.clock.now()).total_seconds() for slot in slots]
    assert waits[0] >= 55
    assert all(10 <= later - earlier <= 10.5 for earlier, later in itertools.pairwise(waits))
