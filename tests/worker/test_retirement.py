"""When a worker ends of its own accord."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from structlog.testing import capture_logs

from curator_worker.retirement import Retirement, Workload

MINUTE = 60.0


@dataclass(slots=True)
class Life:
    """A worker's, on a clock that stands still."""

    seconds: float = 0.0
    begun: int = 0
    in_hand: int = 0
    retired: list[float] = field(default_factory=list)

    def retirement(
        self, after_tasks: int | None = None, after_idle: timedelta | None = None
    ) -> Retirement:
        return Retirement(
            lambda: Workload(begun=self.begun, in_hand=self.in_hand),
            lambda: self.retired.append(self.seconds),
            after_tasks=after_tasks,
            after_idle=after_idle,
            now=lambda: self.seconds,
        )


def test_it_comes_once_with_the_last_task_of_the_share() -> None:
    life = Life()
    retirement = life.retirement(after_tasks=3)
    with capture_logs() as logged:
        for life.begun in range(6):
            life.seconds += 1
            retirement.look()

    assert life.retired == [4.0]
    assert logged == [{"event": "ending after its share of tasks", "log_level": "info", "tasks": 3}]


def test_it_comes_after_a_time_in_which_nothing_was_there_to_do() -> None:
    life = Life()
    retirement = life.retirement(after_idle=timedelta(minutes=5))
    for life.seconds in (0.0, 4 * MINUTE, 5 * MINUTE, 6 * MINUTE):
        retirement.look()

    assert life.retired == [5 * MINUTE]


def test_the_wait_begins_with_the_first_look() -> None:
    life = Life()
    retirement = life.retirement(after_idle=timedelta(minutes=5))
    for life.seconds in (60 * MINUTE, 64 * MINUTE, 65 * MINUTE):
        retirement.look()

    assert life.retired == [65 * MINUTE]


def test_who_works_does_not_wait_however_long_it_takes() -> None:
    life = Life()
    retirement = life.retirement(after_idle=timedelta(minutes=5))
    life.begun = life.in_hand = 1
    retirement.look()
    life.seconds = 60 * MINUTE
    retirement.look()
    life.in_hand = 0
    life.seconds = 64 * MINUTE
    retirement.look()
    assert life.retired == []

    life.seconds = 65 * MINUTE
    retirement.look()
    assert life.retired == [65 * MINUTE]


def test_a_task_between_two_looks_counts_as_work() -> None:
    life = Life()
    retirement = life.retirement(after_idle=timedelta(minutes=5))
    life.seconds, life.begun = 4 * MINUTE, 1
    retirement.look()
    life.seconds = 8 * MINUTE
    retirement.look()

    assert life.retired == []


def test_without_limits_it_never_comes() -> None:
    life = Life(begun=1_000_000)
    retirement = life.retirement()
    life.seconds = 1e9
    retirement.look()

    assert life.retired == []
