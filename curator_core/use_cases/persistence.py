"""The one interpreter of the retry table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.retry import Rule, Step, Then, rule_for
from curator_core.ports.clock import Clock
from curator_core.use_cases.diary import note_fault

T = TypeVar("T")


class Exhausted(Faulted):
    """All that the table allows was tried; `rule.then` says what follows.

    `settled`: no attempt may have taken without our knowing it: whatever was in doubt was looked
    after.
    """

    def __init__(self, step: Step, fault: Fault, rule: Rule, *, settled: bool = False) -> None:
        super().__init__(fault)
        self.step = step
        self.rule = rule
        self.settled = settled

    @classmethod
    def at_once(cls, step: Step, fault: Fault) -> Exhausted:
        """For what we found out ourselves, where asking again would tell the same."""
        return cls(step, fault, rule_for(step, fault.kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Persistence:
    """Calls something outside as often as the retry table allows."""

    clock: Clock

    def attempt(
        self,
        step: Step,
        call: Callable[[], T],
        *,
        settle: Callable[[], T | None] | None = None,
        mend: Callable[[Fault], None] | None = None,
    ) -> T:
        """What `call` answers in the end. Raises `Exhausted`.

        `settle` answers what the last attempt came to, or None where it came to nothing; it is
        asked where the rule says so. `mend` puts right what the fault told, before a repeat.
        """
        tries: Counter[FaultKind] = Counter()
        obeyed = timedelta()
        unsettled = False
        while True:
            try:
                if unsettled and settle is not None and (found := settle()) is not None:
                    return found
                unsettled = False
                return call()
            except Faulted as faulted:
                fault, rule = faulted.fault, self._rule(step, faulted)
                unsettled = unsettled or rule.settle
                patience = timedelta(seconds=rule.obey) - obeyed
                asked = fault.retry_after or timedelta()
                # Whoever asks for no wait at all names none: obeying would never end.
                if timedelta() < asked <= patience:
                    obeyed += asked
                    note_fault(step, fault, asked)
                    self.clock.sleep(asked)
                    continue
                if tries[fault.kind] >= len(rule.waits):
                    note_fault(step, fault)
                    known = faulted.settled if isinstance(faulted, Exhausted) else not unsettled
                    return self._last_settling(step, fault, rule, settle, settled=known)
                wait = timedelta(seconds=rule.waits[tries[fault.kind]])
                note_fault(step, fault, wait)
                self.clock.sleep(wait)
                tries[fault.kind] += 1
                if mend is not None:
                    mend(fault)

    @staticmethod
    def _rule(step: Step, faulted: Faulted) -> Rule:
        # What an inner step gave up on is final, unless it asked to start over: then this
        # step's own row says how often.
        if isinstance(faulted, Exhausted) and faulted.rule.then is not Then.START_OVER:
            raise faulted
        # What nobody looked at is no more than any request, whatever it would have changed.
        return rule_for(Step.REQUEST if faulted.fault.no_effect else step, faulted.fault.kind)

    @staticmethod
    def _last_settling(
        step: Step,
        fault: Fault,
        rule: Rule,
        settle: Callable[[], T | None] | None,
        *,
        settled: bool,
    ) -> T:
        try:
            if rule.settle and settle is not None:
                found = settle()
                settled = True
                if found is not None:
                    return found
        except Faulted:
            # What made the last attempt fail says more than why it could not be settled; the
            # next attempt settles it.
            pass
        raise Exhausted(step, fault, rule, settled=settled)
