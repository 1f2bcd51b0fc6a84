"""What every `RecoveryMark` promises."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from curator_adapters.redis.connection import RedisConnection
from curator_adapters.redis.recovery_mark import RedisRecoveryMark
from curator_core.domain.errors import ServiceDown
from curator_core.ports.recovery_mark import RecoveryMark
from tests.contracts.database_bench import at_once
from tests.contracts.redis_server import let_pass, reached, unreachable
from tests.fakes.clock import FakeClock
from tests.fakes.recovery_mark import FakeRecoveryMark

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A mark, ways to let it grow old and to lose it, and one that nobody can reach."""

    mark: RecoveryMark
    pass_time: Callable[[timedelta], None]
    forget: Callable[[], object]
    unreachable: RecoveryMark


@pytest.fixture(params=["fake", "redis"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        clock = FakeClock()
        mark, down = FakeRecoveryMark(clock), FakeRecoveryMark(clock)
        down.down = True
        return Bench(mark=mark, pass_time=clock.advance, forget=mark.forget, unreachable=down)
    connection = reached(request.getfixturevalue("redis_address"))
    return Bench(
        mark=RedisRecoveryMark(connection),
        pass_time=partial(let_pass, connection),
        forget=partial(_forget, connection),
        unreachable=RedisRecoveryMark(unreachable()),
    )


def _forget(connection: RedisConnection) -> None:
    """All that is kept under the test's own prefix."""
    for key in connection.client.scan_iter(f"{connection.prefix}*"):
        connection.client.delete(key)


def test_whoever_asks_first_recovers(bench: Bench) -> None:
    assert bench.mark.take(MINUTE)
    assert not bench.mark.take(MINUTE)


def test_of_many_that_ask_at_once_one_recovers(bench: Bench) -> None:
    assert sorted(at_once(8, lambda _: bench.mark.take(MINUTE))) == [False] * 7 + [True]


def test_where_a_process_died_in_it_another_recovers(bench: Bench) -> None:
    assert bench.mark.take(2 * MINUTE)
    bench.pass_time(MINUTE)
    assert not bench.mark.take(MINUTE)
    bench.pass_time(2 * MINUTE)
    assert bench.mark.take(MINUTE)


def test_a_mark_that_is_kept_stays(bench: Bench) -> None:
    bench.mark.take(MINUTE)
    bench.mark.keep()
    bench.pass_time(timedelta(days=400))
    assert not bench.mark.take(MINUTE)


def test_what_was_not_recovered_is_recovered_by_whoever_asks_next(bench: Bench) -> None:
    bench.mark.take(MINUTE)
    bench.mark.drop()
    assert bench.mark.take(MINUTE)


def test_a_mark_that_nobody_took_may_be_dropped(bench: Bench) -> None:
    bench.mark.drop()
    assert bench.mark.take(MINUTE)


def test_when_everything_was_forgotten_the_queue_is_recovered_again(bench: Bench) -> None:
    bench.mark.take(MINUTE)
    bench.mark.keep()
    bench.forget()
    assert bench.mark.take(MINUTE)


@pytest.mark.parametrize(
    "call",
    [lambda mark: mark.take(MINUTE), lambda mark: mark.keep(), lambda mark: mark.drop()],
    ids=["take", "keep", "drop"],
)
def test_a_mark_that_cannot_be_reached_says_so_within_3_s(
    bench: Bench, call: Callable[[RecoveryMark], object]
) -> None:
    before = time.monotonic()
    with pytest.raises(ServiceDown, match="Redis"):
        call(bench.unreachable)
    assert time.monotonic() - before < 3
