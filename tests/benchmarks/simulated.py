"""How many seeded runs of the simulation lose an upload or publish one twice."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.rows import How, Measured
from tests.simulation.plan import draw_plan
from tests.simulation.run import run


def seeded(runs: int) -> Callable[[How], Measured]:
    """Every run that breaks an invariant counts, whichever it is."""

    def measure(how: How) -> Measured:
        broken = []
        for seed in range(runs):
            violation = run(draw_plan(seed)).violation
            if violation is not None:
                how.tell(f"SEED={seed}: {violation}")
                broken.append(seed)
        return Measured(figure=f"{len(broken)} of {runs:,} runs", is_reached=not broken)

    return measure
