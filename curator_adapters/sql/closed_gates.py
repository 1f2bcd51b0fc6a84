"""Which gates stand in whose way, asked in one short statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, or_, select

from curator_adapters.sql.tables import GATES
from curator_core.domain.breaker import BREAKERS, GateName, Scope, gate_name, subject_of
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId, UserId

_gates = GATES.c

CLOSED = _gates.closed_at.is_not(None)
KNOWN = _gates.kind.in_([kind.value for kind in BREAKERS])
"""A later release may keep gates of kinds that this one knows nothing of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """Whose uploads wait behind closed gates: everybody's, some users', some sources'."""

    everybody: bool = False
    users: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()

    @classmethod
    def by(cls, gates: Collection[tuple[str, str]]) -> Barred:
        """By gates of these scopes and subjects."""
        return cls(
            everybody=any(scope == Scope.EVERYBODY for scope, _ in gates),
            users=frozenset(subject for scope, subject in gates if scope == Scope.USER),
            sources=frozenset(subject for scope, subject in gates if scope == Scope.SOURCE),
        )


def barred_now(connection: Connection) -> Barred:
    """Behind any gate that is closed."""
    found = connection.execute(select(_gates.scope, _gates.subject).where(CLOSED, KNOWN))
    return Barred.by([(scope, subject) for scope, subject in found])


def names_for(
    user_id: UserId, handler: str, kinds: Collection[FaultKind] = tuple(BREAKERS)
) -> Sequence[GateName]:
    """The gates that an upload of this user, from this source, could have to do with."""
    return [gate_name(kind, subject_of(kind, user_id, handler)) for kind in kinds]


def bars(upload_id: UploadId, user_id: UserId, handler: str) -> ColumnElement[bool]:
    """Whether a row is a gate that this upload has to wait behind."""
    another_probes = or_(_gates.probing.is_(None), _gates.probing != upload_id)
    return _gates.name.in_(names_for(user_id, handler)) & CLOSED & another_probes
