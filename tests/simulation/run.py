"""One run: its plan carried out, watched from the first call to the last."""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from tests.simulation.actors import Actors
from tests.simulation.invariants import OF_THE_END, Violation, no_log_tells_a_secret
from tests.simulation.plan import Plan
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.simulation.plants import Plant

FAULTS_END = 420.0
ENDS_WITHIN = 4 * 3600.0
"""Longer than all delays of the retry table one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`told` is what happened, in order; `ended` how many uploads ended how; `calls` and
    `seconds` (of virtual time) say how long the run was."""

    violation: Violation | None
    told: tuple[str, ...]
    ended: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    seconds: float = 0.0


def run(plan: Plan, plant: Plant | None = None) -> Outcome:
    """The same outcome for the same plan, every time."""
    world = World(plan, plant)
    with capture_logs() as logs:
        try:
            _live(world)
        except Exception:  # noqa: BLE001 - whatever escapes a task is what the run looks for
            world.watch.violation = Violation(
                name="nothing_escapes",
                sentence="No exception leaves a use case that its shell does not know.",
                found=traceback.format_exc(limit=-6),
            )
        finally:
            world.schedule.close()
        world.watch.judge(no_log_tells_a_secret, no_log_tells_a_secret(world, repr(logs)))
    return Outcome(
        violation=world.watch.violation,
        told=tuple(world.faults.told),
        ended=Counter(upload.status.value for upload in world.uploads().values()),
        calls=world.faults.calls,
        seconds=world.schedule.now,
    )


def _live(world: World) -> None:
    schedule = world.schedule
    world.actors = Actors(world)
    world.actors.begin()
    schedule.run(until=FAULTS_END)
    world.calm()
    schedule.run(until=FAULTS_END + ENDS_WITHIN)
    if world.watch.violation is None:
        for invariant in OF_THE_END:
            world.watch.judge(invariant, invariant(world))
