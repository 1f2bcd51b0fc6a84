"""What an attempt has to do with gates: those that bar it, those it probes, those it closes."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.breaker import Evidence, Gate
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.upload import Upload
from curator_core.ports.work import Begin, Work


class AtGates:
    """`probes` are the gates that the attempt was let through to probe."""

    def __init__(self, begin: Begin, probes: tuple[Gate, ...] = ()) -> None:
        self._begin = begin
        self._probes = probes
        self._shown: set[Evidence] = set()

    def proved(self, upload: Upload, *evidence: Evidence) -> None:
        """Something works: gates that are probed open by it at once, whatever comes after."""
        fresh = frozenset(evidence) - self._shown
        self._shown |= fresh
        if fresh and self._probes:
            with self._begin() as work:
                opened = {gate.name for gate in work.gates.prove(upload, fresh)}
            self._probes = tuple(gate for gate in self._probes if gate.name not in opened)

    def has_proved(self, evidence: Evidence) -> bool:
        """Whether it was shown before."""
        return evidence in self._shown

    def struck(self, upload: Upload, fault: Fault) -> Gate:
        """A fault that has a breaker was met; answers its gate, closed or not."""
        with self._begin() as work:
            return work.gates.strike(fault.kind, upload, fault.detail)

    def refuse_barred(self, work: Work, upload: Upload) -> None:
        """Raises `Faulted` with `GATE_CLOSED` where the upload has to wait behind a gate by now."""
        gate = work.gates.barring(upload)
        if gate is not None:
            raise Faulted(barred_by(gate, upload))

    def leave(self, work: Work, upload: Upload) -> None:
        """The attempt ends: what worked is no longer struck, although nothing was probed, and
        another upload may probe what this one told nothing of."""
        if self._shown:
            work.gates.prove(upload, self._shown)
        if self._probes:
            work.gates.leave(upload.id)


def barred_by(gate: Gate, upload: Upload) -> Fault:
    """What `upload` meets that has to wait behind `gate`."""
    wait = until_probe(gate, upload)
    return Fault(kind=FaultKind.GATE_CLOSED, info=gate.reason, retry_after=wait)


def until_probe(gate: Gate, upload: Upload) -> timedelta:
    """How long until the gate is probed, by the database's clock, which told the time when the
    upload was last stored; at least a second."""
    wait = gate.probe_at - upload.updated_at if gate.probe_at else timedelta(0)
    return max(wait, timedelta(seconds=1))
