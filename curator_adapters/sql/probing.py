"""Lets one upload at a time through closed gates, to probe them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection, exists, select, update

from curator_adapters.sql.closed_gates import CLOSED, KNOWN, Barred
from curator_adapters.sql.dispatching import Next, mark_sent, next_of_each
from curator_adapters.sql.tables import GATES, UPLOADS
from curator_adapters.sql.times import later, now
from curator_adapters.sql.waiting import at_once, something_is_due, users_with_due
from curator_core.domain.breaker import BREAKERS, Scope
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import UploadStatus

_gates = GATES.c
_uploads = UPLOADS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closed:
    """A closed gate; `is_ready` says that its time has come, `is_probed` that somebody who is
    alive probes it."""

    name: str
    kind: FaultKind
    scope: Scope
    subject: str
    probes: int
    is_ready: bool
    is_probed: bool

    def concerns(self, upload: Next) -> bool:
        """Whether this upload waits behind it."""
        if self.scope is Scope.EVERYBODY:
            return True
        return self.subject == (upload.user if self.scope is Scope.USER else upload.handler)


def take_probes(connection: Connection, resend: timedelta) -> tuple[UploadId, ...]:
    """`Gates.take_probes`: one short statement where no gate's time has come, two where nothing
    is due."""
    gates = _closed(connection)
    if not any(gate.is_ready for gate in gates) or not something_is_due(connection):
        return ()
    gates = _held(connection, gates)
    of_all = [gate for gate in gates if gate.scope is Scope.EVERYBODY]
    if of_all and not _may_be_probed(of_all):
        return ()
    # One upload probes all that stops everybody; else each gate has one of its own.
    wanted = [of_all] if of_all else [[gate] for gate in gates if gate.is_ready]
    waiting = users_with_due(connection) if wanted else []
    past = {gate.name for gate in gates if gate.is_ready} | {gate.name for gate in of_all}
    taken = []
    for some in wanted if waiting else ():
        if some[0].name not in past:
            continue  # whoever probes another gate waits behind this one too
        shut = [gate for gate in gates if gate.name not in past]
        prober = _prober(connection, some[0], shut, waiting)
        if prober is not None:
            behind = [gate for gate in gates if gate.concerns(prober)]
            _let_through(connection, behind, prober)
            mark_sent(connection, [prober.id], resend)
            past -= {gate.name for gate in behind}
            taken.append(UploadId(prober.id))
    return tuple(taken)


def _may_be_probed(of_all: Sequence[_Closed]) -> bool:
    return any(gate.is_ready for gate in of_all) and not any(gate.is_probed for gate in of_all)


def _closed(connection: Connection) -> list[_Closed]:
    at_work = exists().where(
        _uploads.id == _gates.probing,
        _uploads.status == UploadStatus.IN_PROGRESS.value,
        _uploads.lease_until > now(),
    )
    found = connection.execute(
        select(
            _gates.name,
            _gates.kind,
            _gates.scope,
            _gates.subject,
            _gates.probes,
            _gates.probe_at <= now(),
            at_work,
        )
        .where(CLOSED, KNOWN)
        .order_by(_gates.name)
    )
    return [
        _Closed(
            name=name,
            kind=FaultKind(kind),
            scope=Scope(scope),
            subject=subject,
            probes=probes,
            is_ready=bool(has_come) and not is_probed,
            is_probed=bool(is_probed),
        )
        for name, kind, scope, subject, probes, has_come, is_probed in found
    ]


def _held(connection: Connection, gates: Sequence[_Closed]) -> list[_Closed]:
    """The gates, those that are ready held until the transaction ends; whatever another
    dispatcher holds, or has let somebody through, counts as not ready."""
    ready = [gate.name for gate in gates if gate.is_ready]
    question = select(_gates.name).where(_gates.name.in_(ready), CLOSED, _gates.probe_at <= now())
    held = frozenset(connection.scalars(question.with_for_update(skip_locked=True)))
    # Two that hold one each of the gates that stop everybody would both let somebody through.
    lost = {gate.scope for gate in gates if gate.is_ready and gate.name not in held}
    return [
        replace(
            gate,
            is_ready=gate.name in held,
            is_probed=gate.is_probed or Scope.EVERYBODY in lost,
        )
        for gate in gates
    ]


def _prober(
    connection: Connection, gate: _Closed, shut: Collection[_Closed], waiting: Sequence[str]
) -> Next | None:
    """Whoever waits longest behind `gate`, and behind none that is `shut`."""
    barred = Barred.by([(each.scope, each.subject) for each in shut])
    users = [user for user in waiting if user not in barred.users]
    if gate.scope is Scope.USER:
        users = [user for user in users if user == gate.subject]
    source = gate.subject if gate.scope is Scope.SOURCE else None
    for some in at_once(users):
        found = next_of_each(
            connection, dict.fromkeys(some, 1), only_from=source, but_from=barred.sources
        )
        if found:
            return min(found)
    return None


def _let_through(connection: Connection, gates: Collection[_Closed], prober: Next) -> None:
    for gate in gates:
        wait = BREAKERS[gate.kind].wait(gate.probes)
        connection.execute(
            update(GATES)
            .where(_gates.name == gate.name)
            .values(probing=prober.id, probe_at=later(wait))
        )
