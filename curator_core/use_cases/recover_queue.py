"""After Redis lost everything: what waits gets its place again, and what cannot go on is told."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.breaker import BREAKERS, Scope
from curator_core.domain.catalogue import failure_for
from curator_core.domain.errors import ServiceDown, TokenUnreadable
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.retry import LOGINS_ARE_YOUNG_FOR, Step
from curator_core.domain.upload import Stop
from curator_core.domain.user import AccessToken
from curator_core.ports.clock import Clock
from curator_core.ports.endings import Selection, WaitingGroup
from curator_core.ports.recovery_mark import RecoveryMark
from curator_core.ports.token_vault import TokenVault
from curator_core.ports.work import Begin
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.scheduling import News
from curator_core.use_cases.sessions import Asked, Sessions, SessionState
from curator_core.use_cases.stopping import stop

_AT_MOST = timedelta(minutes=5)
"""How long one recovery is another process's reason not to begin one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRecovered:
    """`state` is its token's: a valid group waits for its slots, an ended one has failed, an
    unknown one stays queued; `reason` says why nothing is known."""

    group: WaitingGroup
    state: SessionState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """All groups; `dry` says that nothing was changed."""

    groups: tuple[GroupRecovered, ...]
    dry: bool = False

    def count(self, state: SessionState) -> int:
        """Uploads whose token turned out so."""
        return sum(each.group.count for each in self.groups if each.state is state)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverQueue:
    """- Once for each time that Redis lost everything, however many processes ask at once.
    - Messages that were on their way are lost: what is due is sent again at once.
    - Queued uploads keep their stored slots; the user's next free one lies behind the last.
    - Each group's token is checked once: a group whose session has ended fails in one statement.
    - A token that could not be checked is not an invalid one: its group stays queued.
    - A wiki that cannot answer anybody is not asked for each group in vain.
    """

    begin: Begin
    vault: TokenVault
    sessions: Sessions
    mark: RecoveryMark
    pacing: Pacing
    news: News
    clock: Clock

    def if_redis_forgot(self) -> Recovered | None:
        """None where nothing was lost, or somebody else recovers. Raises `ServiceDown`."""
        if not self.mark.take(_AT_MOST):
            return None
        try:
            recovered = self()
        except BaseException:
            with suppress(ServiceDown):
                self.mark.drop()
            raise
        self.mark.keep()
        return recovered

    def __call__(self, *, dry: bool = False) -> Recovered:
        """In any case. Raises `ServiceDown`."""
        with self.begin() as work:
            groups = work.endings.waiting_groups()
            if not dry:
                work.uploads.forget_messages()
        if not dry:
            self._give_back_slots(groups)
            self.news.wake()
        asking = _Asking(sessions=self.sessions)
        return Recovered(
            groups=tuple(self._recovered(each, asking, dry) for each in groups), dry=dry
        )

    def _recovered(self, group: WaitingGroup, asking: _Asking, dry: bool) -> GroupRecovered:
        if group.sealed_token is None:
            return GroupRecovered(
                group=group, state=SessionState.UNKNOWN, reason="It has no token."
            )
        try:
            token = self.vault.open(group.sealed_token)
        except TokenUnreadable:
            reason = "No configured TOKEN_ENCRYPTION_KEY opens its token."
            return GroupRecovered(group=group, state=SessionState.UNKNOWN, reason=reason)
        asked = asking.ask(token)
        if asked.state is SessionState.ENDED and self._is_young(group):
            # A login that the wiki's replicas do not know yet looks like one that was taken back.
            reason = f"{asked.reason} (logged in a moment ago)"
            return GroupRecovered(group=group, state=SessionState.UNKNOWN, reason=reason)
        if asked.state is SessionState.ENDED and not dry:
            self._fail(group)
        return GroupRecovered(group=group, state=asked.state, reason=asked.reason)

    def _is_young(self, group: WaitingGroup) -> bool:
        return self.clock.now() - group.newest < LOGINS_ARE_YOUNG_FOR

    def _fail(self, group: WaitingGroup) -> None:
        failure = failure_for(Step.REQUEST, Fault(kind=FaultKind.SESSION_ENDED))
        with self.begin() as work:
            stopped = stop(work, Selection(group=group), Stop(failure=failure))
        self.news.tell(stopped.ended)

    def _give_back_slots(self, groups: Sequence[WaitingGroup]) -> None:
        """What is added from now on comes behind what waits already."""
        waits: dict[UserId, timedelta] = {}
        for group in groups:
            if group.last_wait is not None:
                waits[group.user_id] = max(group.last_wait, waits.get(group.user_id, timedelta(0)))
        for user_id, wait in waits.items():
            self.pacing.go_on_after(user_id, wait)


@dataclass(slots=True, kw_only=True)
class _Asking:
    """Goes by the table of breakers: what would pause everybody's uploads, once it was met often
    enough in a row, is the answer for all that are left. Each try may take minutes."""

    sessions: Sessions
    _in_a_row: int = 0
    _given_up: Asked | None = None

    def ask(self, token: AccessToken) -> Asked:
        if self._given_up is not None:
            return self._given_up
        asked = self.sessions.ask(token)
        breaker = BREAKERS.get(asked.faulted.fault.kind) if asked.faulted else None
        if breaker is None or breaker.scope is not Scope.EVERYBODY:
            self._in_a_row = 0
            return asked
        self._in_a_row += 1
        if self._in_a_row >= breaker.strikes:
            self._given_up = asked
        return asked
