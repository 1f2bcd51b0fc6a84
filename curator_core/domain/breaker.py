"""THE table of breakers: what stops more than the upload that met it, how far, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId, UserId

GateName = NewType("GateName", str)
"""A fault's kind, with the user or source whose gate it is: `rate_limited:user:42`."""


class Scope(StrEnum):
    """Whose uploads wait behind a closed gate."""

    EVERYBODY = "everybody"
    USER = "user"
    SOURCE = "source"


class Evidence(StrEnum):
    """What an upload may show to be working again."""

    ANSWERED = "answered"
    """The wiki answered a request made in the user's name."""
    STORED = "stored"
    """The wiki took bytes, or a file, or an edit."""
    PUBLISHED = "published"
    """The wiki took what counts against the user's limits."""
    DELIVERED = "delivered"
    """The source gave a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """`strikes` uploads in a row close the gate. While it is closed one upload at a time is let
    through to probe: the first `probe_every` after it closed, then after waits that double up to
    `longest`. `opened_by` is what the probe has to show."""

    scope: Scope
    strikes: int = 1
    probe_every: timedelta = timedelta(seconds=60)
    longest: timedelta = timedelta(seconds=60)
    opened_by: Evidence

    def wait(self, probes: int) -> timedelta:
        """How long until the next probe, after so many in vain."""
        return min(self.probe_every * (1 << min(probes, 20)), self.longest)


_AT_ONCE = timedelta(seconds=1)

BREAKERS: dict[FaultKind, Breaker] = {
    # SPEC §3: pause everybody, probe every 60 s, go on
    FaultKind.UNREACHABLE: Breaker(scope=Scope.EVERYBODY, strikes=2, opened_by=Evidence.ANSWERED),
    FaultKind.READ_ONLY: Breaker(scope=Scope.EVERYBODY, opened_by=Evidence.STORED),
    FaultKind.MISCONFIGURED: Breaker(scope=Scope.EVERYBODY, opened_by=Evidence.ANSWERED),
    # Each try costs quota while the wiki refuses, and its window may be long: ask ever less often.
    FaultKind.RATE_LIMITED: Breaker(
        scope=Scope.USER, longest=timedelta(minutes=8), opened_by=Evidence.PUBLISHED
    ),
    # Whatever waited has failed; who starts something new shows at once whether it works again.
    FaultKind.BLOCKED: Breaker(
        scope=Scope.USER, probe_every=_AT_ONCE, longest=_AT_ONCE, opened_by=Evidence.STORED
    ),
    FaultKind.SESSION_ENDED: Breaker(
        scope=Scope.USER, probe_every=_AT_ONCE, longest=_AT_ONCE, opened_by=Evidence.ANSWERED
    ),
    # One picture may be broken at a source that works; five in a row say something of the source.
    FaultKind.SOURCE_TROUBLE: Breaker(
        scope=Scope.SOURCE, strikes=5, longest=timedelta(minutes=10), opened_by=Evidence.DELIVERED
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A breaker at work: strikes that do not suffice yet, or closed since `closed_at`. `subject`
    is the user's id or the source's name, empty where it is everybody's; `reason` what was met,
    in the vendor's words; `probe_at` the time of the next probe; `probing` who probes now. Times
    are the database's."""

    kind: FaultKind
    scope: Scope
    subject: str = ""
    strikes: int = 0
    reason: str = ""
    closed_at: datetime | None = None
    probe_at: datetime | None = None
    probing: UploadId | None = None

    @property
    def name(self) -> GateName:
        """What it is known by."""
        return gate_name(self.kind, self.subject)

    def bars(self, upload_id: UploadId, user_id: UserId, handler: str) -> bool:
        """Whether this upload has to wait behind it."""
        if self.closed_at is None or self.probing == upload_id:
            return False
        return self.concerns(user_id, handler)

    def concerns(self, user_id: UserId, handler: str) -> bool:
        """Whether it is this user's, or this source's."""
        if self.scope is Scope.EVERYBODY:
            return True
        return self.subject == (user_id if self.scope is Scope.USER else handler)


def gate_name(kind: FaultKind, subject: str) -> GateName:
    """The name of the gate that `kind` closes for `subject`."""
    return GateName(f"{kind}:{BREAKERS[kind].scope}:{subject}" if subject else str(kind))


def subject_of(kind: FaultKind, user_id: UserId, handler: str) -> str:
    """Whose gate an upload of this user, from this source, would close by a fault of `kind`."""
    match BREAKERS[kind].scope:
        case Scope.USER:
            return user_id
        case Scope.SOURCE:
            return handler
        case Scope.EVERYBODY:
            return ""
