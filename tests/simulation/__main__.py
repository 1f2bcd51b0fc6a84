"""`python -m tests.simulation`: many seeds, or one again; a failing one is shortened."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.simulation.plan import Plan, draw_plan
from tests.simulation.plants import PLANTS
from tests.simulation.run import Outcome, run
from tests.simulation.shrink import shortest

AT_ONCE = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where an invariant was broken."""
    asked = _parser().parse_args(arguments)
    if asked.seed is not None and asked.runs is None:
        return _again(asked)
    return _many(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--runs", type=int, help="so many seeds (200 where no seed is named)")
    parser.add_argument("--seed", type=int, help="the first seed, or the only one")
    parser.add_argument("--keep", help="these mishaps of the seed's plan only, by number: 3,7")
    parser.add_argument("--schedule", type=int, help="another seed for the order of things")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="plant this bug first")
    parser.add_argument("--processes", type=int, default=1, help="run in so many at once")
    return parser


def _again(asked: argparse.Namespace) -> int:
    """One seed, told in full."""
    plan = _plan(asked)
    outcome = run(plan, PLANTS.get(asked.plant))
    say(f"seed {asked.seed}: {outcome.calls} calls, {outcome.seconds:.0f} s of virtual time")
    for line in outcome.told:
        say(f"  {line}")
    say(f"  {_ended(outcome.ended)}")
    if outcome.violation is None:
        say("Every invariant held.")
        return 0
    say(str(outcome.violation))
    if asked.keep is None:
        _shorten(plan, outcome, asked.plant)
    return 1


def _many(asked: argparse.Namespace) -> int:
    first, runs = asked.seed or 0, asked.runs or 200
    begun = time.monotonic()
    ended: Counter[str] = Counter()
    for seed, outcome in _outcomes(range(first, first + runs), asked):
        ended += outcome.ended
        if outcome.violation is not None:
            say(f"seed {seed} failed, after {seed - first + 1} of {runs} runs")
            say(str(outcome.violation))
            _shorten(draw_plan(seed), outcome, asked.plant)
            return 1
    took = time.monotonic() - begun
    say(f"{runs} runs from seed {first} in {took:.0f} s, every invariant held.")
    say(f"uploads: {_ended(ended)}")
    return 0


def _outcomes(seeds: range, asked: argparse.Namespace) -> Iterator[tuple[int, Outcome]]:
    """In the order of the seeds, however many processes there are."""
    work = partial(_run, plant=asked.plant)
    if asked.processes == 1:
        yield from zip(seeds, map(work, seeds), strict=True)
        return
    with ProcessPoolExecutor(asked.processes) as pool:
        yield from zip(seeds, pool.map(work, seeds, chunksize=AT_ONCE), strict=True)


def _run(seed: int, plant: str | None) -> Outcome:
    return run(draw_plan(seed), PLANTS.get(plant or ""))


def _plan(asked: argparse.Namespace) -> Plan:
    plan = draw_plan(asked.seed)
    places = list(range(len(plan.mishaps)))
    if asked.keep is not None:
        places = [int(each) for each in asked.keep.split(",") if each]
    return plan.keeping(places, asked.schedule)


def _shorten(plan: Plan, outcome: Outcome, plant: str | None) -> None:
    found = shortest(plan, outcome, PLANTS.get(plant or ""))
    say(f"\nThe shortest plan that breaks it too ({len(found.kept)} of {len(plan.mishaps)}):")
    for mishap in found.plan.mishaps:
        say(f"  {mishap}")
    say("\nWhat happened then:")
    for line in found.outcome.told:
        say(f"  {line}")
    say(str(found.outcome.violation))
    kept = ",".join(map(str, found.kept))
    again = f"make simulate SEED={plan.seed} KEEP={kept} SCHEDULE={found.plan.schedule}"
    say(f"\nAgain: {again}{f' PLANT={plant}' if plant else ''}")


def _ended(ended: Counter[str]) -> str:
    return ", ".join(f"{count} {status}" for status, count in sorted(ended.items()))


def say(line: str) -> None:
    """One line to the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
