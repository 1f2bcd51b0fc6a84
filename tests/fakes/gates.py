"""Gates in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from curator_core.domain.breaker import (
    BREAKERS,
    Evidence,
    Gate,
    GateName,
    gate_name,
    subject_of,
)
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Upload
from tests.fakes.work_due import Due
from tests.fakes.work_tables import Now, StoredGate, Tables


@dataclass(frozen=True, slots=True)
class FakeGates:
    tables: Tables
    clock: Now

    def strike(self, kind: FaultKind, upload: Upload, reason: str) -> Gate:
        breaker, now = BREAKERS[kind], self.clock.now()
        subject = subject_of(kind, upload.user_id, upload.handler)
        fresh = StoredGate(gate=Gate(kind=kind, scope=breaker.scope, subject=subject))
        stored = self.tables.gates.get(gate_name(kind, subject), fresh)
        gate, probes = replace(stored.gate, reason=reason), stored.probes
        if gate.closed_at is None:
            gate = replace(gate, strikes=gate.strikes + (stored.last_upload != upload.id))
            if gate.strikes >= breaker.strikes:
                gate = replace(gate, closed_at=now, probe_at=now + breaker.wait(0))
        elif gate.probing == upload.id:
            probes += 1
            gate = replace(gate, probing=None, probe_at=now + breaker.wait(probes))
        struck = StoredGate(gate=gate, last_upload=upload.id, probes=probes)
        self.tables.gates[gate.name] = struck
        return gate

    def prove(self, upload: Upload, evidence: Collection[Evidence]) -> tuple[Gate, ...]:
        proved = [
            gate
            for gate in self.all()
            if BREAKERS[gate.kind].opened_by in evidence
            and gate.concerns(upload.user_id, upload.handler)
            and (gate.closed_at is None or gate.probing == upload.id)
        ]
        for gate in proved:
            del self.tables.gates[gate.name]
        return tuple(gate for gate in proved if gate.closed_at is not None)

    def leave(self, upload_id: UploadId) -> None:
        for gate in self.probed_by(upload_id):
            self._write(replace(gate, probing=None, probe_at=self.clock.now()))

    def barring(self, upload: Upload) -> Gate | None:
        return next((gate for gate in self.all() if _bars(gate, upload)), None)

    def probed_by(self, upload_id: UploadId) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.all() if gate.closed_at and gate.probing == upload_id)

    def take_probes(self, resend: timedelta) -> tuple[UploadId, ...]:
        due = Due(self.tables, self.clock.now())
        wanted, past = due.probes()
        taken = []
        for some in wanted:
            found = due.prober(some, past) if past.issuperset(some) else None
            if found is None:
                continue
            upload_id, behind = found
            for name in behind:
                self._let_through(name, upload_id)
            past = past.difference(behind)
            self.tables.sent_until[upload_id] = self.clock.now() + resend
            taken.append(upload_id)
        return tuple(taken)

    def all(self) -> tuple[Gate, ...]:
        return tuple(stored.gate for _, stored in sorted(self.tables.gates.items()))

    def _let_through(self, name: GateName, upload_id: UploadId) -> None:
        stored = self.tables.gates[name]
        wait = BREAKERS[stored.gate.kind].wait(stored.probes)
        self._write(replace(stored.gate, probing=upload_id, probe_at=self.clock.now() + wait))

    def _write(self, gate: Gate) -> None:
        self.tables.gates[gate.name] = replace(self.tables.gates[gate.name], gate=gate)


def _bars(gate: Gate, upload: Upload) -> bool:
    return gate.bars(upload.id, upload.user_id, upload.handler)
