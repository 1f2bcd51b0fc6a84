"""An operator's monitoring asks how it goes."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.breaker import Gate
from curator_core.ports.meter import Counted, Meter
from curator_core.ports.reports import Reports, Standing
from curator_core.use_cases.show_gates import ShowGates


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database knows: all uploads at a glance, and the gates that are closed."""

    standing: Standing
    closed: tuple[Gate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFigures:
    """- Each service is asked for itself: one that is down hides nothing of another's."""

    reports: Reports
    show_gates: ShowGates
    meter: Meter

    def stored(self) -> Stored:
        """Raises `ServiceDown`."""
        return Stored(standing=self.reports.standing(), closed=self.show_gates())

    def counted(self) -> tuple[Counted, ...]:
        """What all processes counted. Raises `ServiceDown`."""
        return self.meter.counted()
