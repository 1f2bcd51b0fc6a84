"""Breakers at work, in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.absent import insert_where_absent
from curator_adapters.sql.closed_gates import CLOSED, KNOWN, bars, names_for
from curator_adapters.sql.mapping import gate_of
from curator_adapters.sql.probing import take_probes
from curator_adapters.sql.tables import GATES, GateRow
from curator_adapters.sql.times import later, now
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

_gates = GATES.c

_REASON = 16_000
"""Characters that the column holds, whatever they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlGates:
    session: Session

    def strike(self, kind: FaultKind, upload: Upload, reason: str) -> Gate:
        breaker = BREAKERS[kind]
        subject = subject_of(kind, upload.user_id, upload.handler)
        this_one = _gates.name == gate_name(kind, subject)
        # The row is there and ours to write from here on.
        self._hold(gate_name(kind, subject), kind, subject)
        row = self.session.scalars(select(GateRow).where(this_one)).one()
        values: dict[str, object] = {"reason": _fitting(reason), "last_upload": upload.id}
        if row.closed_at is None:
            strikes = row.strikes + (row.last_upload != upload.id)
            values |= {"strikes": strikes}
            if strikes >= breaker.strikes:
                values |= {"closed_at": now(), "probe_at": later(breaker.wait(0))}
        elif row.probing == upload.id:
            probes = row.probes + 1
            wait = breaker.wait(probes)
            values |= {"probes": probes, "probe_at": later(wait), "probing": None}
        self._write(this_one, values)
        return self._where(this_one)[0]

    def prove(self, upload: Upload, evidence: Collection[Evidence]) -> tuple[Gate, ...]:
        kinds = [kind for kind, breaker in BREAKERS.items() if breaker.opened_by in evidence]
        concerned = _gates.name.in_(names_for(upload.user_id, upload.handler, kinds))
        # Mostly there is none, and this is all.
        if not kinds or not self._where(concerned):
            return ()
        rows = self.session.scalars(
            select(GateRow).where(concerned).order_by(_gates.name).with_for_update()
        )
        proved = [row for row in rows if row.closed_at is None or row.probing == upload.id]
        if proved:
            names = [row.name for row in proved]
            self.session.connection().execute(delete(GATES).where(_gates.name.in_(names)))
        return tuple(gate_of(row) for row in proved if row.closed_at is not None)

    def leave(self, upload_id: UploadId) -> None:
        self._write(_gates.probing == upload_id, {"probing": None, "probe_at": now()})

    def barring(self, upload: Upload) -> Gate | None:
        barring = self._where(bars(upload.id, upload.user_id, upload.handler))
        return barring[0] if barring else None

    def probed_by(self, upload_id: UploadId) -> tuple[Gate, ...]:
        return self._where(_gates.probing == upload_id, CLOSED)

    def take_probes(self, resend: timedelta) -> tuple[UploadId, ...]:
        return take_probes(self.session.connection(), resend)

    def all(self) -> tuple[Gate, ...]:
        return self._where()

    def _hold(self, name: GateName, kind: FaultKind, subject: str) -> None:
        fresh = {"strikes": 0, "reason": "", "probes": 0}
        row = {"name": name, "kind": kind.value, "scope": BREAKERS[kind].scope.value, **fresh}
        connection = self.session.connection()
        insert_where_absent(connection, GATES, [{**row, "subject": subject}])

    def _write(self, which: ColumnElement[bool], values: dict[str, object]) -> None:
        self.session.connection().execute(update(GATES).where(which).values(**values))

    def _where(self, *conditions: ColumnElement[bool]) -> tuple[Gate, ...]:
        rows = self.session.scalars(select(GateRow).where(KNOWN, *conditions))
        return tuple(gate_of(row) for row in sorted(rows, key=lambda row: row.name))


def _fitting(reason: str) -> str:
    return reason[:_REASON].encode("utf-8", "replace").decode()
