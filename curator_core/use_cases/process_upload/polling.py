"""Waits for what the wiki does in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Step
from curator_core.ports.clock import Clock
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.process_upload.attempt import Attempt

T = TypeVar("T")

_FIRST_PAUSE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """- The wiki is asked again after pauses that double, up to a longest one.
    - A poll that goes wrong is repeated as a poll: what it asks after is not begun anew.
    - A wiki that answers is a wiki at work, so that the lease is kept; a deadline ends it.
    """

    persistence: Persistence
    clock: Clock
    policy: Policy

    def until_done(self, attempt: Attempt, step: Step, ask: Callable[[], T | None]) -> T:
        """What `ask` answers in the end; None means not yet. Raises `Exhausted`, and `Faulted`
        with `NO_RESULT` at the deadline."""
        waited, pause = timedelta(), _FIRST_PAUSE
        while True:
            # Pauses are added up: the machine's clock may jump.
            self.clock.sleep(pause)
            waited += pause
            answer = self.persistence.attempt(step, lambda: (ask(),))[0]
            attempt.advanced()
            if answer is not None:
                return answer
            if waited >= self.policy.poll_for:
                raise Faulted(Fault(kind=FaultKind.NO_RESULT, info=_late(waited)))
            pause = min(pause * 2, self.policy.poll_every)


def _late(waited: timedelta) -> str:
    return f"the wiki was not done after {waited.total_seconds():.0f} seconds"
