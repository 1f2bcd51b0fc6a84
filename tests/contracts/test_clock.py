"""What every `Clock`, `Chance` and `Heartbeat` promises."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from curator_adapters.system import SystemChance, SystemClock, ThreadHeartbeat
from curator_core.ports.clock import Chance, Clock, Heartbeat
from curator_worker.lifecycle import StoppableClock
from tests.fakes.clock import FakeChance, FakeClock, FakeHeartbeat

OFTEN = timedelta(milliseconds=2)
SECONDS = 10.0


@pytest.fixture(params=["fake", "system", "worker"])
def clock(request: pytest.FixtureRequest) -> Clock:
    if request.param == "worker":
        return StoppableClock(SystemClock(), Event())
    return FakeClock() if request.param == "fake" else SystemClock()


@pytest.fixture(params=["fake", "system"])
def chance(request: pytest.FixtureRequest) -> Chance:
    return FakeChance() if request.param == "fake" else SystemChance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """A heartbeat, and how a test lets its intervals pass until something is so."""

    heartbeat: Heartbeat
    until: Callable[[Event], None]


@pytest.fixture(params=["fake", "thread"])
def pulse(request: pytest.FixtureRequest) -> Pulse:
    if request.param == "thread":
        return Pulse(heartbeat=ThreadHeartbeat(), until=_wait_for)
    fake = FakeHeartbeat()

    def until(event: Event) -> None:
        for _ in range(100):
            if event.is_set():
                return
            fake.beat_now()
        pytest.fail("it did not come")

    return Pulse(heartbeat=fake, until=until)


def _wait_for(event: Event) -> None:
    assert event.wait(SECONDS), "it did not come"


def test_the_time_is_aware_and_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_sleep_returns_after_at_least_the_time_asked_for(clock: Clock) -> None:
    before = clock.now()

    clock.sleep(timedelta(milliseconds=5))

    assert clock.now() - before >= timedelta(milliseconds=5)


def test_a_sleep_of_less_than_nothing_returns_at_once(clock: Clock) -> None:
    before = clock.now()

    clock.sleep(timedelta(days=-1))

    assert timedelta(0) <= clock.now() - before < timedelta(seconds=SECONDS)


def test_the_systems_clock_tells_the_systems_time() -> None:
    assert abs(SystemClock().now() - datetime.fromtimestamp(time.time(), UTC)) < timedelta(
        seconds=SECONDS
    )


def test_no_two_names_are_the_same(chance: Chance) -> None:
    assert len({chance.lease_token() for _ in range(1000)}) == 1000
    assert len({chance.edit_group_id() for _ in range(1000)}) == 1000


def test_names_have_the_form_that_their_types_promise(chance: Chance) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", chance.lease_token())
    assert re.fullmatch(r"[0-9a-f]{12}", chance.edit_group_id())


def test_two_processes_draw_different_names() -> None:
    assert SystemChance().lease_token() != SystemChance().lease_token()


def test_it_beats_again_and_again_while_the_block_lasts(pulse: Pulse) -> None:
    beats = 0
    enough = Event()

    def beat() -> bool:
        nonlocal beats
        beats += 1
        if beats == 3:
            enough.set()
        return True

    with pulse.heartbeat.during(beat, OFTEN):
        pulse.until(enough)

    assert beats >= 3


def test_it_beats_no_more_after_an_answer_of_false(pulse: Pulse) -> None:
    answers = iter([True, False])
    others_beat = Event()
    beats = 0

    def beat() -> bool:
        nonlocal beats
        beats += 1
        return next(answers)

    def later() -> bool:
        if beats == 2 and next(after, None) is None:
            others_beat.set()
        return True

    # A second heart keeps the time: five of its beats after the first has answered False.
    after = iter(range(5))
    with pulse.heartbeat.during(beat, OFTEN), pulse.heartbeat.during(later, OFTEN):
        pulse.until(others_beat)

    assert beats == 2


def test_a_beat_that_fails_counts_as_true(pulse: Pulse) -> None:
    beats = 0
    came_again = Event()

    def beat() -> bool:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise ConnectionError("no answer")
        came_again.set()
        return True

    with pulse.heartbeat.during(beat, OFTEN):
        pulse.until(came_again)

    assert came_again.is_set()


def test_it_beats_no_more_once_the_block_is_left(pulse: Pulse) -> None:
    first, beating_elsewhere = Event(), Event()
    is_left = False
    beats_after = 0

    def beat() -> bool:
        nonlocal beats_after
        beats_after += is_left
        first.set()
        return True

    def elsewhere() -> bool:
        if next(five, None) is None:
            beating_elsewhere.set()
        return True

    with pulse.heartbeat.during(beat, OFTEN):
        pulse.until(first)
    is_left = True
    five = iter(range(5))
    with pulse.heartbeat.during(elsewhere, OFTEN):
        pulse.until(beating_elsewhere)

    assert beats_after == 0


def test_an_error_in_the_block_goes_on_and_ends_the_beating(pulse: Pulse) -> None:
    beats = 0

    def beat() -> bool:
        nonlocal beats
        beats += 1
        return True

    def fails() -> None:
        with pulse.heartbeat.during(beat, OFTEN):
            raise LookupError("the work failed")

    with pytest.raises(LookupError, match="the work failed"):
        fails()
    counted, beating_elsewhere = beats, Event()

    def elsewhere() -> bool:
        beating_elsewhere.set()
        return True

    with pulse.heartbeat.during(elsewhere, OFTEN):
        pulse.until(beating_elsewhere)

    assert beats == counted


def test_leaving_the_block_does_not_wait_for_the_next_beat() -> None:
    before = time.monotonic()

    with ThreadHeartbeat().during(lambda: True, timedelta(hours=1)):
        pass

    assert time.monotonic() - before < SECONDS


def test_a_beat_that_is_under_way_has_ended_when_the_block_is_left() -> None:
    begun, ended = Event(), Event()
    let_go = Event()

    def beat() -> bool:
        begun.set()
        let_go.wait(SECONDS)
        ended.set()
        return True

    with ThreadHeartbeat().during(beat, OFTEN):
        _wait_for(begun)
        let_go.set()

    assert ended.is_set()
