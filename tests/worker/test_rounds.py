"""What a worker's timer does, round by round."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from curator_core.application import Ports
from curator_core.domain.breaker import Evidence
from curator_core.domain.errors import Interrupted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.retry import LOGINS_ARE_YOUNG_FOR
from curator_core.domain.upload import UploadStatus
from curator_core.ports.work import Work
from curator_worker.gate_log import GateLog
from curator_worker.rounds import Rounds
from curator_worker.tasks import Tasks
from tests.builders import House, an_item

RECOVERED = "queue recovered, since Redis had lost it"


@pytest.fixture
def house() -> House:
    return House()


class Watch:
    """A stop watch that is set by hand; in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def struck(house: House, kind: FaultKind, upload_id: UploadId) -> None:
    with house.database.begin() as work:
        work.gates.strike(kind, house.upload(upload_id), "in the wiki's words")


def opened(house: House, upload_id: UploadId, evidence: Evidence) -> None:
    """The gate's time to be probed comes, and the probe succeeds."""
    house.clock.advance(timedelta(minutes=10))
    with house.database.begin() as work:
        assert work.gates.take_probes(timedelta(minutes=1)) == (upload_id,)
        assert work.gates.prove(house.upload(upload_id), {evidence})


def events(logs: list[Any]) -> list[str]:
    return [entry["event"] for entry in logs]


# Rounds


def test_every_round_dispatches(house: House) -> None:
    upload_id = house.an_accepted_upload()
    watch = Watch()
    rounds = Rounds(Tasks(house.app), watch)
    for _ in range(3):
        house.clock.advance(timedelta(minutes=2))
        rounds.go()
    assert house.queue.sent == [upload_id] * 3


def test_a_queue_that_redis_forgot_is_recovered_within_half_a_minute(house: House) -> None:
    house.an_accepted_upload()
    watch = Watch()
    rounds = Rounds(Tasks(house.app), watch)
    with capture_logs() as logs:
        rounds.go()
        assert events(logs).count(RECOVERED) == 1
        house.recovery_mark.forget()
        for _ in range(29):
            watch.seconds += 1
            rounds.go()
        assert events(logs).count(RECOVERED) == 1
        watch.seconds += 1
        rounds.go()
        assert events(logs).count(RECOVERED) == 2
        watch.seconds += 60
        rounds.go()
        assert events(logs).count(RECOVERED) == 2


class CountingHouse(House):
    """Counts the units of work that are begun."""

    begun = 0

    def _ports(self) -> Ports:
        ports = super()._ports()

        def begin() -> AbstractContextManager[Work]:
            self.begun += 1
            return ports.begin()

        return replace(ports, begin=begin)


def test_most_rounds_ask_the_database_for_no_more_than_dispatching_takes() -> None:
    house, watch = CountingHouse(), Watch()
    tasks = Tasks(house.app)
    rounds = Rounds(tasks, watch)
    house.begun = 0
    rounds.go()
    first, house.begun = house.begun, 0
    tasks.dispatch()
    alone, house.begun = house.begun, 0
    for _ in range(4):
        watch.seconds += 1
        rounds.go()
    assert first > alone > 0
    assert house.begun == 4 * alone


# Gates


def test_a_gate_is_told_when_it_closes_and_when_it_opens(house: House) -> None:
    upload_id = house.an_accepted_upload()
    gates = GateLog(house.app.show_gates)
    with capture_logs() as logs:
        gates.look()
        struck(house, FaultKind.READ_ONLY, upload_id)
        gates.look()
        gates.look()
        opened(house, upload_id, Evidence.STORED)
        gates.look()
        gates.look()
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("gate closed", "warning"),
        ("gate open again", "info"),
    ]
    assert (logs[0]["gate"], logs[0]["scope"]) == ("read_only", "everybody")
    assert logs[0]["reason"] == "in the wiki's words"


def test_a_users_gate_names_the_user(house: House) -> None:
    struck(house, FaultKind.RATE_LIMITED, house.an_accepted_upload())
    with capture_logs() as logs:
        GateLog(house.app.show_gates).look()
    assert [(entry["gate"], entry["of"]) for entry in logs] == [("rate_limited", house.ada.id)]


def test_a_strike_that_closes_nothing_is_not_told(house: House) -> None:
    struck(house, FaultKind.UNREACHABLE, house.an_accepted_upload())
    with capture_logs() as logs:
        GateLog(house.app.show_gates).look()
    assert logs == []


def test_a_database_that_is_away_opens_no_gate(house: House) -> None:
    struck(house, FaultKind.READ_ONLY, house.an_accepted_upload())
    gates = GateLog(house.app.show_gates)
    with capture_logs() as logs:
        gates.look()
        house.database.down = True
        gates.look()
        house.database.down = False
        gates.look()
    assert events(logs) == ["gate closed"]


# Recovery


def two_groups(house: House) -> None:
    """Ada's and Grace's, since yesterday."""
    for user in (house.ada, house.grace):
        house.add(house.a_batch(user), an_item(user.username), user=user)
    house.clock.advance(LOGINS_ARE_YOUNG_FOR + timedelta(days=1))


def test_each_group_is_told_with_what_was_found(house: House) -> None:
    two_groups(house)
    house.wiki.revoke(house.wiki.accounts["Ada"])
    with capture_logs() as logs:
        Tasks(house.app).recover()
    told = {entry["user_id"]: entry for entry in logs if "session" in entry}
    assert {user: entry["session"] for user, entry in told.items()} == {
        house.ada.id: "ended",
        house.grace.id: "valid",
    }
    assert {entry["log_level"] for entry in told.values()} == {"info"}
    assert house.upload(UploadId(1)).status is UploadStatus.FAILED


def test_a_group_that_could_not_be_checked_is_a_warning(house: House) -> None:
    two_groups(house)
    house.wiki.down = True
    with capture_logs() as logs:
        Tasks(house.app).recover()
    told = [entry for entry in logs if "session" in entry]
    assert [(entry["log_level"], entry["session"]) for entry in told] == [
        ("warning", "unknown")
    ] * 2


def test_a_redis_that_is_away_is_no_surprise(house: House) -> None:
    house.recovery_mark.down = True
    Tasks(house.app).recover()
    house.recovery_mark.down = False
    assert house.recovery_mark.take(timedelta(1))


def test_a_worker_that_is_to_end_leaves_the_recovery_to_another(house: House) -> None:
    two_groups(house)
    tasks = Tasks(house.app)

    def end(*_: object) -> None:
        raise Interrupted

    house.login.identify = end  # type: ignore[method-assign, assignment]
    tasks.recover()
    assert house.recovery_mark.take(timedelta(1)), "somebody else may at once"

    house.recovery_mark.forget()
    tasks.stopping.set()
    tasks.recover()
    assert house.recovery_mark.take(timedelta(1)), "nothing is begun any more"
