"""Finds the shortest plan that still breaks the same invariant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.simulation.plan import Plan
from tests.simulation.run import Outcome, run

if TYPE_CHECKING:
    from tests.simulation.plants import Plant

OTHER_SCHEDULES = 12
"""Without a mishap everything after it comes in another order; in one of several the rest may
still do the same harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortest:
    """`kept` are places in the list of the seed's own plan."""

    plan: Plan
    kept: tuple[int, ...]
    outcome: Outcome


def shortest(plan: Plan, outcome: Outcome, plant: Plant | None = None) -> Shortest:
    """Deletes mishaps as long as the invariant that `outcome` broke is still broken."""
    assert outcome.violation is not None
    name = outcome.violation.name
    best = Shortest(plan=plan, kept=tuple(range(len(plan.mishaps))), outcome=outcome)

    def still_fails(kept: Sequence[int]) -> bool:
        nonlocal best
        for other in range(OTHER_SCHEDULES + 1):
            schedule = best.plan.schedule if other == 0 else other
            tried = plan.keeping(kept, schedule)
            seen = run(tried, plant)
            if seen.violation is not None and seen.violation.name == name:
                best = Shortest(plan=tried, kept=tuple(kept), outcome=seen)
                return True
        return False

    fewest(best.kept, still_fails)
    return best


def fewest(things: Sequence[int], still_fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """A list from which nothing can be left out, by delta debugging: halves first, then quarters
    and so on, down to single ones."""
    left = list(things)
    parts = 2
    while left:
        length = max(1, len(left) // parts)
        for start in range(0, len(left), length):
            rest = left[:start] + left[start + length :]
            if still_fails(rest):
                left, parts = rest, max(parts - 1, 2)
                break
        else:
            if length == 1:
                return left
            parts *= 2
    return left
