"""What every `Locks` promises."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from curator_adapters.redis.locks import RedisLocks
from curator_core.domain.errors import LockHeld, LockLost, ServiceDown
from curator_core.ports.locks import Locks
from tests.contracts.redis_server import let_pass, reached, unreachable
from tests.fakes.clock import FakeClock
from tests.fakes.locks import FakeLocks

LONG = timedelta(minutes=1)
SHORT = timedelta(seconds=10)
OVERRUN = timedelta(seconds=11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Locks as one worker sees them, as another does, and a way to let time pass."""

    locks: Locks
    elsewhere: Locks
    pass_time: Callable[[timedelta], None]
    unreachable: Locks


@pytest.fixture(params=["fake", "redis"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        clock = FakeClock()
        locks, down = FakeLocks(clock), FakeLocks(clock)
        down.down = True
        return Bench(locks=locks, elsewhere=locks, pass_time=clock.advance, unreachable=down)
    connection = reached(request.getfixturevalue("redis_address"))
    return Bench(
        locks=RedisLocks(connection),
        elsewhere=RedisLocks(connection),
        pass_time=partial(let_pass, connection),
        unreachable=RedisLocks(unreachable()),
    )


def test_a_second_holder_is_refused(bench: Bench) -> None:
    with (
        bench.locks.hold("hash", LONG),
        pytest.raises(LockHeld),
        bench.elsewhere.hold("hash", LONG),
    ):
        pytest.fail("both hold it")


def test_another_name_is_another_lock(bench: Bench) -> None:
    with bench.locks.hold("one", LONG), bench.elsewhere.hold("other", LONG) as hold:
        hold.renew()


def test_a_lock_can_be_taken_after_its_block(bench: Bench) -> None:
    with bench.locks.hold("hash", LONG):
        pass

    with bench.elsewhere.hold("hash", LONG) as hold:
        hold.renew()


def test_a_lock_can_be_taken_after_a_block_that_failed(bench: Bench) -> None:
    def fails() -> None:
        with bench.locks.hold("hash", LONG):
            raise LookupError("the work failed")

    with pytest.raises(LookupError):
        fails()

    with bench.elsewhere.hold("hash", LONG) as hold:
        hold.renew()


def test_a_lock_whose_holder_overran_can_be_taken(bench: Bench) -> None:
    with bench.locks.hold("hash", SHORT):
        bench.pass_time(OVERRUN)
        with bench.elsewhere.hold("hash", LONG) as hold:
            hold.renew()


def test_an_overrun_holder_does_not_free_its_successors_lock(bench: Bench) -> None:
    with ExitStack() as successor:
        with bench.locks.hold("hash", SHORT):
            bench.pass_time(OVERRUN)
            hold = successor.enter_context(bench.elsewhere.hold("hash", LONG))

        with pytest.raises(LockHeld), bench.locks.hold("hash", LONG):
            pytest.fail("both hold it")
        hold.renew()


def test_an_overrun_holder_cannot_renew(bench: Bench) -> None:
    with bench.locks.hold("hash", SHORT) as hold:
        bench.pass_time(OVERRUN)

        with pytest.raises(LockLost):
            hold.renew()


def test_an_overrun_holder_cannot_renew_its_successors_lock(bench: Bench) -> None:
    with bench.locks.hold("hash", SHORT) as overrun:
        bench.pass_time(OVERRUN)
        with bench.elsewhere.hold("hash", LONG) as successor:
            with pytest.raises(LockLost):
                overrun.renew()
            successor.renew()


def test_renewing_holds_a_lock_for_its_time_again(bench: Bench) -> None:
    with bench.locks.hold("hash", SHORT) as hold:
        for _ in range(3):
            bench.pass_time(SHORT * 0.9)
            hold.renew()
        bench.pass_time(SHORT * 0.9)
        with pytest.raises(LockHeld), bench.elsewhere.hold("hash", LONG):
            pytest.fail("both hold it")


def test_of_many_at_once_exactly_one_holds_a_lock(bench: Bench) -> None:
    begin, everybody_tried = threading.Barrier(8), threading.Barrier(8)
    outcomes: list[str] = []

    def attempt() -> None:
        begin.wait(10)
        try:
            with bench.elsewhere.hold("hash", LONG):
                outcomes.append("held")
                everybody_tried.wait(10)
        except LockHeld:
            outcomes.append("refused")
            everybody_tried.wait(10)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(outcomes) == ["held"] + ["refused"] * 7


def test_locks_that_cannot_be_reached_say_so_within_3_s(bench: Bench) -> None:
    before = time.monotonic()

    with pytest.raises(ServiceDown, match="Redis"), bench.unreachable.hold("hash", LONG):
        pytest.fail("nobody can know that it is ours")

    assert time.monotonic() - before < 3
