"""What every `Slots` promises."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from curator_adapters.redis.slots import RedisSlots
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Pace
from curator_core.ports.slots import Slots
from tests.contracts.redis_server import let_pass, reached, unreachable
from tests.fakes.clock import FakeClock
from tests.fakes.slots import FakeSlots

USER, OTHER = UserId("4"), UserId("6")

# So slow that the seconds which a test itself takes are small beside one interval.
SLOW = Pace(interval=timedelta(hours=1))
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Slots, a way to let what is remembered grow old, and slots that nobody can reach."""

    slots: Slots
    pass_time: Callable[[timedelta], None]
    unreachable: Slots


@pytest.fixture(params=["fake", "redis"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        clock = FakeClock()
        slots, down = FakeSlots(clock), FakeSlots(clock)
        down.down = True
        return Bench(slots=slots, pass_time=clock.advance, unreachable=down)
    connection = reached(request.getfixturevalue("redis_address"))
    return Bench(
        slots=RedisSlots(connection),
        pass_time=partial(let_pass, connection),
        unreachable=RedisSlots(unreachable()),
    )


def _places(waits: tuple[timedelta, ...], interval: timedelta) -> list[int]:
    """Which slots, counted from now, `waits` are; each has to be near one."""
    places = [round(wait / interval) for wait in waits]
    for wait, place in zip(waits, places, strict=True):
        assert abs(wait - place * interval) < TOLERANCE, f"{wait} lies between two slots"
    return places


def test_the_first_slot_is_now_and_the_others_follow_at_the_pace(bench: Bench) -> None:
    waits = bench.slots.reserve(USER, 4, SLOW)

    assert waits == tuple(SLOW.interval * place for place in range(4))


def test_a_later_call_goes_on_where_the_former_ended(bench: Bench) -> None:
    bench.slots.reserve(USER, 3, SLOW)

    waits = bench.slots.reserve(USER, 2, SLOW)

    assert _places(waits, SLOW.interval) == [3, 4]


def test_each_user_has_slots_of_their_own(bench: Bench) -> None:
    bench.slots.reserve(USER, 100, SLOW)

    assert bench.slots.reserve(OTHER, 1, SLOW) == (timedelta(0),)


def test_a_free_slot_in_the_past_means_now(bench: Bench) -> None:
    quick = Pace(interval=timedelta(microseconds=1))
    bench.slots.reserve(USER, 1, quick)
    bench.pass_time(timedelta(seconds=1))

    assert bench.slots.reserve(USER, 1, quick) == (timedelta(0),)


def test_a_pace_of_another_length_begins_where_the_former_ended(bench: Bench) -> None:
    bench.slots.reserve(USER, 1, SLOW)

    waits = bench.slots.reserve(USER, 3, Pace(interval=SLOW.interval * 2))

    assert _places(waits, SLOW.interval) == [1, 3, 5]


def test_intervals_of_microseconds_are_kept_exactly(bench: Bench) -> None:
    odd = Pace(interval=timedelta(hours=1, microseconds=333_333))

    waits = bench.slots.reserve(USER, 1000, odd)

    assert waits == tuple(odd.interval * place for place in range(1000))


def test_a_pace_without_an_interval_gives_now_and_moves_nothing(bench: Bench) -> None:
    bench.slots.reserve(USER, 1, SLOW)

    assert bench.slots.reserve(USER, 3, Pace.unlimited()) == (timedelta(0),) * 3
    assert _places(bench.slots.reserve(USER, 1, SLOW), SLOW.interval) == [1]


def test_reserving_nothing_moves_nothing(bench: Bench) -> None:
    assert bench.slots.reserve(USER, 0, SLOW) == ()
    assert bench.slots.reserve(USER, 1, SLOW) == (timedelta(0),)


def test_no_slot_is_given_twice_or_left_out_however_many_reserve_at_once(bench: Bench) -> None:
    bench.slots.reserve(USER, 1, SLOW)
    calls = [1, 2, 3, 4, 5] * 40

    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda count: bench.slots.reserve(USER, count, SLOW), calls))

    places = sorted(place for waits in given for place in _places(waits, SLOW.interval))
    assert places == list(range(1, 1 + sum(calls)))


def test_slots_that_were_reserved_at_once_lie_side_by_side(bench: Bench) -> None:
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: bench.slots.reserve(USER, 7, SLOW), range(50)))

    for waits in given:
        assert [wait - waits[0] for wait in waits] == [SLOW.interval * place for place in range(7)]


@pytest.mark.parametrize("reserved", [0, 1, 10])
def test_slots_begin_anew_so_long_from_now_whatever_was_given(bench: Bench, reserved: int) -> None:
    bench.slots.reserve(USER, reserved, SLOW)
    bench.slots.reserve(OTHER, 1, SLOW)
    bench.slots.restart(USER, SLOW.interval * 3)

    assert _places(bench.slots.reserve(USER, 2, SLOW), SLOW.interval) == [3, 4]
    assert _places(bench.slots.reserve(OTHER, 1, SLOW), SLOW.interval) == [1]


def test_slots_may_begin_anew_at_once(bench: Bench) -> None:
    bench.slots.reserve(USER, 10, SLOW)
    bench.slots.restart(USER, timedelta(0))

    assert _places(bench.slots.reserve(USER, 2, SLOW), SLOW.interval) == [0, 1]


def test_whoever_remembers_a_pace_is_told_the_former_one(bench: Bench) -> None:
    hour = timedelta(hours=1)

    assert bench.slots.remember_pace(USER, Pace.of(7, 60), hour) is None
    assert bench.slots.remember_pace(OTHER, Pace.of(9, 60), hour) is None
    assert bench.slots.remember_pace(USER, Pace.unlimited(), hour) == Pace.of(7, 60)
    assert bench.slots.remember_pace(USER, Pace.of(8, 60), hour) == Pace.unlimited()
    bench.pass_time(2 * hour)
    assert bench.slots.remember_pace(USER, Pace.of(7, 60), hour) is None


def test_a_pace_is_remembered_for_its_user_alone(bench: Bench) -> None:
    bench.slots.remember_pace(USER, Pace.of(7, 60), timedelta(hours=1))

    assert bench.slots.remembered_pace(USER) == Pace.of(7, 60)
    assert bench.slots.remembered_pace(OTHER) is None


def test_no_limit_at_all_is_remembered_too(bench: Bench) -> None:
    bench.slots.remember_pace(USER, Pace.unlimited(), timedelta(hours=1))

    assert bench.slots.remembered_pace(USER) == Pace.unlimited()


def test_the_pace_remembered_last_counts(bench: Bench) -> None:
    bench.slots.remember_pace(USER, Pace.of(7, 60), timedelta(hours=2))
    bench.slots.remember_pace(USER, Pace.of(8, 60), timedelta(hours=1))

    assert bench.slots.remembered_pace(USER) == Pace.of(8, 60)


def test_a_remembered_pace_runs_out(bench: Bench) -> None:
    bench.slots.remember_pace(USER, SLOW, timedelta(hours=1))
    bench.pass_time(timedelta(minutes=59))
    assert bench.slots.remembered_pace(USER) == SLOW

    bench.pass_time(timedelta(minutes=2))

    assert bench.slots.remembered_pace(USER) is None


def test_remembering_and_reserving_do_not_disturb_each_other(bench: Bench) -> None:
    bench.slots.remember_pace(USER, SLOW, timedelta(hours=1))

    assert bench.slots.reserve(USER, 2, SLOW)[1] == SLOW.interval
    assert bench.slots.remembered_pace(USER) == SLOW


@pytest.mark.parametrize(
    "call",
    [
        lambda slots: slots.reserve(USER, 1, SLOW),
        lambda slots: slots.restart(USER, timedelta(0)),
        lambda slots: slots.remember_pace(USER, SLOW, timedelta(hours=1)),
        lambda slots: slots.remembered_pace(USER),
    ],
    ids=["reserve", "restart", "remember", "remembered"],
)
def test_slots_that_cannot_be_reached_say_so_within_3_s(
    bench: Bench, call: Callable[[Slots], object]
) -> None:
    before = time.monotonic()

    with pytest.raises(ServiceDown, match="Redis"):
        call(bench.unreachable)

    assert time.monotonic() - before < 3
