"""Somebody asks what holds up more than one upload."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.breaker import Gate
from curator_core.ports.work import Begin


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowGates:
    """- Only closed gates hold anything up: strikes that do not suffice yet are left out."""

    begin: Begin

    def __call__(self) -> tuple[Gate, ...]:
        """Those that are closed, by name. Raises `ServiceDown`."""
        with self.begin() as work:
            return tuple(gate for gate in work.gates.all() if gate.closed_at is not None)
