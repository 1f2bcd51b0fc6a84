"""Tells operators when a gate closes, and when it opens."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from curator_core.domain.breaker import Gate, GateName
from curator_core.domain.errors import ServiceDown
from curator_core.use_cases.show_gates import ShowGates

log = structlog.get_logger("curator.gates")


class GateLog:
    """Logs what changed since the last look; at the first one, what is closed already."""

    def __init__(self, show: ShowGates) -> None:
        self._show = show
        self._closed: Mapping[GateName, Gate] = {}

    def look(self) -> None:
        """To be called now and then, in one thread."""
        try:
            closed = {gate.name: gate for gate in self._show()}
        except ServiceDown:
            # Whoever dispatches tells it.
            return
        before, self._closed = self._closed, closed
        for name in sorted(closed.keys() - before.keys()):
            gate = closed[name]
            log.warning("gate closed", **_told(gate), since=str(gate.closed_at), reason=gate.reason)
        for name in sorted(before.keys() - closed.keys()):
            log.info("gate open again", **_told(before[name]))


def _told(gate: Gate) -> dict[str, str]:
    of = {"of": gate.subject} if gate.subject else {}
    return {"gate": gate.kind.value, "scope": gate.scope.value, **of}
