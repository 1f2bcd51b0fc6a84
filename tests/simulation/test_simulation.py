"""Whole batches through bad days: a short run of the simulation, and what it is worth."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict

import pytest

from tests.simulation.plan import draw_plan
from tests.simulation.plants import PLANTS
from tests.simulation.run import Outcome, run
from tests.simulation.shrink import fewest, shortest

SEEDS = 80
WITHIN = 200
AT_ONCE = 10


def told(outcome: Outcome) -> str:
    return "\n".join((str(outcome.violation), *outcome.told))


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_on_bad_days_nothing_is_lost_and_nothing_published_twice(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        outcome = run(draw_plan(seed))
        assert outcome.violation is None, f"SEED={seed}\n{told(outcome)}"


def test_a_day_without_mishaps_goes_well() -> None:
    outcome = run(draw_plan(1).keeping(()))
    assert outcome.violation is None
    assert outcome.told == ()
    assert outcome.ended["completed"] > 0
    assert not outcome.ended["failed"]


def first_failure(plant: str) -> tuple[int, Outcome]:
    for seed in range(WITHIN):
        outcome = run(draw_plan(seed), PLANTS[plant])
        if outcome.violation is not None:
            return seed, outcome
    pytest.fail(f"{plant} was not found in {WITHIN} runs")


FOUND_BY = {
    "lock-delete": {"a_lock_has_one_holder"},
    "read-then-write-slots": {"slots_are_given_once"},
    "unfenced-completion": {"finished_ones_never_change"},
    "no-rescue": {"everything_ends"},
    "hasty-history": {"every_story_ends_as_its_upload_did"},
    "blind-republish": {"a_file_is_published_once", "what_failed_is_not_there"},
}


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_a_planted_bug_is_found_and_without_it_the_same_seed_passes(plant: str) -> None:
    seed, outcome = first_failure(plant)
    assert outcome.violation is not None
    assert outcome.violation.name in FOUND_BY[plant]
    assert run(draw_plan(seed)).violation is None


def test_a_failing_plan_is_shortened_to_what_makes_it_fail_and_fails_again() -> None:
    plant = PLANTS["unfenced-completion"]
    seed, outcome = first_failure("unfenced-completion")
    found = shortest(draw_plan(seed), outcome, plant)
    assert len(found.kept) <= 2 < len(draw_plan(seed).mishaps)
    again = run(draw_plan(seed).keeping(found.kept, found.plan.schedule), plant)
    assert again == found.outcome
    assert again.violation is not None


def test_a_run_replays_exactly_in_another_process() -> None:
    script = (
        "from tests.simulation.run import run; from tests.simulation.plan import draw_plan; "
        "print(*(run(draw_plan(seed)) for seed in range(8)), sep='\\n')"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": hashes, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    }
    assert len(runs) == 1
    here = [run(draw_plan(seed)) for seed in range(8)]
    assert runs == {"".join(f"{outcome}\n" for outcome in here)}


@pytest.mark.parametrize("culprits", [set(), {0}, {19}, {3, 11}, {0, 9, 10, 19}])
def test_what_has_no_part_in_a_failure_is_left_out(culprits: set[int]) -> None:
    assert set(fewest(range(20), lambda kept: culprits <= set(kept))) == culprits


def test_plans_differ_by_seed_and_are_the_same_for_the_same() -> None:
    assert asdict(draw_plan(5)) == asdict(draw_plan(5))
    assert draw_plan(5).mishaps != draw_plan(6).mishaps
