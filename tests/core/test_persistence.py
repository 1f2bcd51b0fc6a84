"""How the one interpreter of the retry table carries it out."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.errors import LeaseLost
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.retry import Step, Then
from curator_core.use_cases.persistence import Exhausted, Persistence
from tests.fakes.clock import FakeClock
from tests.fakes.wiki import fault

UNREACHABLE = fault(FaultKind.UNREACHABLE)
CONFLICT = fault(FaultKind.PUBLISH_CONFLICT)


def busy(seconds: float) -> Exception:
    return type(UNREACHABLE)(Fault(kind=FaultKind.BUSY, retry_after=timedelta(seconds=seconds)))


class Scripted:
    """Answers or raises what it was given, one after the other; the last one for ever."""

    def __init__(self, *script: object) -> None:
        self.script = list(script)
        self.calls = 0

    def __call__(self) -> object:
        self.calls += 1
        said = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(said, BaseException):
            raise said
        return said


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def attempt(clock: FakeClock) -> Callable[..., object]:
    return Persistence(clock=clock).attempt


def slept(clock: FakeClock) -> list[float]:
    return [each.total_seconds() for each in clock.slept]


def test_what_works_is_done_once(attempt: Callable[..., object], clock: FakeClock) -> None:
    call = Scripted("done")
    assert attempt(Step.REQUEST, call) == "done"
    assert (call.calls, clock.slept) == (1, [])


def test_it_tries_as_often_and_waits_as_long_as_the_table_says(
    attempt: Callable[..., object], clock: FakeClock
) -> None:
    call = Scripted(UNREACHABLE, UNREACHABLE, "done")
    assert attempt(Step.REQUEST, call) == "done"
    assert (call.calls, slept(clock)) == (3, [1, 3])


def test_what_is_exhausted_says_what_follows(attempt: Callable[..., object]) -> None:
    call = Scripted(UNREACHABLE)
    with pytest.raises(Exhausted) as exhausted:
        attempt(Step.CHUNK, call)
    assert call.calls == 3
    assert exhausted.value.rule.then is Then.WAIT
    assert exhausted.value.step is Step.CHUNK
    assert exhausted.value.fault.kind is FaultKind.UNREACHABLE


def test_each_kind_of_fault_has_attempts_of_its_own(attempt: Callable[..., object]) -> None:
    trouble = fault(FaultKind.STORAGE)
    call = Scripted(UNREACHABLE, trouble, UNREACHABLE, trouble, trouble, "done")
    assert attempt(Step.CHUNK, call) == "done"


def test_what_nobody_foresaw_passes_through_at_once(
    attempt: Callable[..., object], clock: FakeClock
) -> None:
    for surprise in (ZeroDivisionError(), LeaseLost()):
        call = Scripted(surprise)
        with pytest.raises(type(surprise)):
            attempt(Step.PUBLISH, call)
        assert call.calls == 1
    assert clock.slept == []


def test_a_retry_after_is_waited_for_in_place_and_uses_up_no_attempt(
    attempt: Callable[..., object], clock: FakeClock
) -> None:
    call = Scripted(*[busy(5)] * 6, "done")
    assert attempt(Step.CHUNK, call) == "done"
    assert slept(clock) == [5] * 6


def test_more_than_thirty_seconds_are_waited_for_in_the_queue(
    attempt: Callable[..., object], clock: FakeClock
) -> None:
    for call in (Scripted(busy(31)), Scripted(busy(20))):
        with pytest.raises(Exhausted) as exhausted:
            attempt(Step.CHUNK, call)
        assert exhausted.value.rule.then is Then.WAIT
    assert slept(clock) == [20]


@pytest.mark.parametrize("seconds", [0, -5])
def test_a_wiki_that_asks_to_be_asked_again_at_once_is_not_asked_for_ever(
    attempt: Callable[..., object], seconds: float
) -> None:
    script = [busy(seconds)] * 1000
    with pytest.raises(Exhausted):
        attempt(Step.CHUNK, Scripted(*script, AssertionError("asked a thousand times")))


def test_before_a_repeat_it_is_settled_whether_the_last_attempt_took(
    attempt: Callable[..., object],
) -> None:
    call, settle = Scripted(CONFLICT, "done again"), Scripted("done before")
    assert attempt(Step.PUBLISH, call, settle=settle) == "done before"
    assert (call.calls, settle.calls) == (1, 1)


def test_where_it_did_not_take_it_is_repeated(attempt: Callable[..., object]) -> None:
    call, settle = Scripted(CONFLICT, CONFLICT, "done"), Scripted(None)
    assert attempt(Step.PUBLISH, call, settle=settle) == "done"
    assert (call.calls, settle.calls) == (3, 2)


def test_nothing_is_repeated_while_it_cannot_be_settled(attempt: Callable[..., object]) -> None:
    call, settle = Scripted(CONFLICT, "done again"), Scripted(UNREACHABLE, "done before")
    assert attempt(Step.PUBLISH, call, settle=settle) == "done before"
    assert call.calls == 1


def test_a_doubt_is_not_forgotten_over_another_fault(attempt: Callable[..., object]) -> None:
    # The first attempt is in doubt, and the look at it meets a fault that asks for no look.
    settle = Scripted(fault(FaultKind.BAD_TOKEN), "done before")
    call = Scripted(CONFLICT, "done again")
    assert attempt(Step.PUBLISH, call, settle=settle) == "done before"
    assert call.calls == 1


def test_before_giving_up_it_is_settled_once_more(attempt: Callable[..., object]) -> None:
    call, settle = Scripted(CONFLICT), Scripted(None, None, None, "done after all")
    assert attempt(Step.PUBLISH, call, settle=settle) == "done after all"
    assert call.calls == 4


def test_where_even_that_fails_the_first_trouble_is_told(attempt: Callable[..., object]) -> None:
    gone = fault(FaultKind.STASH_GONE)
    with pytest.raises(Exhausted) as exhausted:
        attempt(Step.PUBLISH, Scripted(gone), settle=Scripted(UNREACHABLE))
    assert exhausted.value.fault.kind is FaultKind.STASH_GONE


def test_what_the_fault_told_is_put_right_before_a_repeat(attempt: Callable[..., object]) -> None:
    seen: list[int | None] = []
    call = Scripted(fault(FaultKind.WRONG_OFFSET, offset=4096), "done")
    attempt(Step.CHUNK, call, mend=lambda told: seen.append(told.offset))
    assert seen == [4096]


def test_what_an_inner_step_gave_up_on_is_not_tried_again_outside(
    attempt: Callable[..., object],
) -> None:
    inner = Scripted(fault(FaultKind.STORAGE))
    with pytest.raises(Exhausted) as exhausted:
        attempt(Step.FILE, lambda: attempt(Step.CHUNK, inner))
    assert inner.calls == 4
    assert exhausted.value.step is Step.CHUNK


def test_a_lost_stash_starts_over_once(attempt: Callable[..., object], clock: FakeClock) -> None:
    inner = Scripted(fault(FaultKind.STASH_GONE))
    with pytest.raises(Exhausted) as exhausted:
        attempt(Step.FILE, lambda: attempt(Step.CHUNK, inner))
    assert (inner.calls, slept(clock)) == (2, [2])
    assert exhausted.value.rule.then is Then.FAIL
