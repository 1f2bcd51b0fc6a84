"""How an attempt that did not reach its goal ends, and whom else that concerns."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from curator_core.domain.breaker import BREAKERS, Evidence, Scope
from curator_core.domain.catalogue import failure_for, name_taken
from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.outcome import Failure
from curator_core.domain.retry import Step, Then, rule_for
from curator_core.domain.upload import Stop, UploadStatus
from curator_core.domain.user import AccessToken
from curator_core.ports.endings import Selection
from curator_core.ports.work import Begin
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.persistence import Exhausted
from curator_core.use_cases.process_upload.at_gates import until_probe
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.in_doubt import with_doubt
from curator_core.use_cases.process_upload.settling import NameTaken
from curator_core.use_cases.reconcile_duplicate import Reconciled
from curator_core.use_cases.scheduling import News
from curator_core.use_cases.sessions import Sessions, SessionState
from curator_core.use_cases.stopping import stop

UNREADABLE_TOKEN_WAIT = timedelta(seconds=60)

_LONGEST_WAIT = timedelta(minutes=30)

_SESSION_IN_DOUBT = frozenset({FaultKind.NO_GRANT, FaultKind.NOT_LOGGED_IN})
_ENDS_ALL = frozenset({FaultKind.BLOCKED, FaultKind.SESSION_ENDED})
"""Kinds whose gate holds nothing back: whatever waits there is ended with the one that met it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """- Nobody fails for what passes by itself: the upload waits in the queue, and where it is no
      fault of this upload's a gate holds the others back too.
    - Delays are counted by their class; when a class is used up the upload fails.
    - A session has ended when the wiki says so to the question who we are; then all that the user
      has waiting with that token fails at once.
    - Where the wiki may hold the file all the same, the failure says so.
    - An account that may not upload fails at once with all that it has waiting.
    """

    begin: Begin
    sessions: Sessions
    pacing: Pacing
    news: News

    def gave_up(self, attempt: Attempt, exhausted: Exhausted, token: AccessToken) -> None:
        """Does what the tables say of the fault that stopped the attempt."""
        final = self.put_back_or_final(attempt, exhausted, token)
        if final is None:
            return
        stashed = attempt.checkpoint.assembled
        failure = failure_for(final.step, final.fault, stashed=stashed)
        if final.step is Step.DOWNLOAD:
            failure = _naming(attempt.upload.filename, failure)
        attempt.fail(with_doubt(attempt.upload, failure, final, settled=not attempt.is_in_doubt))

    def put_back_or_final(
        self, attempt: Attempt, exhausted: Exhausted, token: AccessToken
    ) -> Exhausted | None:
        """None where the upload waits in the queue again; otherwise what it has to end by, which
        others that it concerns have ended by already."""
        if self._put_back(attempt, exhausted):
            return None
        if exhausted.fault.kind in _SESSION_IN_DOUBT:
            confirmed = self._confirmed(attempt, exhausted, token)
            if confirmed is None:
                return None
            exhausted = confirmed
        if exhausted.fault.kind in _ENDS_ALL:
            self._end_the_others(attempt, exhausted)
        return exhausted

    def reconciled(self, attempt: Attempt, found: Reconciled) -> None:
        """Ends an upload whose bytes the wiki had already."""
        if found.status is UploadStatus.FAILED:
            attempt.fail(found.failure)
        else:
            attempt.found_duplicate(found.status, found.failure)

    def not_published(self, attempt: Attempt, verdict: NameTaken | Failure) -> None:
        """Ends an upload whose file could not be published."""
        match verdict:
            case NameTaken(file=file):
                attempt.fail(name_taken(file.link, stashed=attempt.checkpoint.assembled))
            case Failure():
                attempt.fail(verdict)

    def parked(self, attempt: Attempt, delay: timedelta, *, is_behind: bool) -> None:
        """The stashed file waits for its turn; where that comes later than its slot, all that the
        user has waiting is behind too."""
        attempt.requeue(delay, "its turn")
        if is_behind:
            self._reschedule(attempt)

    def token_unreadable(self, attempt: Attempt) -> None:
        """The keys that are configured do not open the token: the operator may mend that."""
        attempt.requeue(UNREADABLE_TOKEN_WAIT, "no configured TOKEN_ENCRYPTION_KEY opens the token")

    def _put_back(self, attempt: Attempt, exhausted: Exhausted) -> bool:
        rule, fault = exhausted.rule, exhausted.fault
        has_gate = fault.kind in BREAKERS and fault.kind not in _ENDS_ALL
        if has_gate and self._held_back(attempt, exhausted):
            return True
        if rule.young and attempt.age > timedelta(seconds=rule.young):
            return False
        delays = [timedelta(seconds=seconds) for seconds in rule.delays]
        used = attempt.checkpoint.requeue_count(fault.kind)
        if rule.then is Then.WAIT and _answers_others(attempt, fault):
            wait = min(delays[0] * (1 << min(used, 10)), _LONGEST_WAIT)
            attempt.requeue(wait, fault.detail, fault.kind)
        elif rule.then is Then.WAIT:
            asked = fault.retry_after or timedelta()
            attempt.requeue(asked if asked > timedelta() else delays[0], fault.detail)
        elif rule.then is Then.REQUEUE and used < len(delays):
            attempt.requeue(delays[used], fault.detail, fault.kind)
        else:
            return False
        return True

    def _held_back(self, attempt: Attempt, exhausted: Exhausted) -> bool:
        gate = attempt.struck(exhausted.fault)
        if gate.closed_at is None:
            return False
        wait = until_probe(gate, attempt.upload)
        attempt.requeue(wait, exhausted.fault.detail)
        if gate.scope is Scope.USER:
            self._reschedule(attempt, after=wait)
        return True

    def _confirmed(
        self, attempt: Attempt, exhausted: Exhausted, token: AccessToken
    ) -> Exhausted | None:
        """The ending of a session that the wiki refused, once it has said who we are; None where
        the upload waits."""
        asked = self.sessions.ask(token)
        fault = exhausted.fault
        if asked.state is SessionState.ENDED:
            return Exhausted.at_once(exhausted.step, replace(fault, kind=FaultKind.SESSION_ENDED))
        if asked.state is SessionState.VALID:
            # The wiki knows the token and refuses it all the same: its servers disagree.
            odd = Exhausted(exhausted.step, fault, rule_for(Step.IDENTIFY, fault.kind))
            return None if self._put_back(attempt, odd) else exhausted
        if asked.faulted is None or not self._put_back(attempt, asked.faulted):
            # Nobody could say; that is no reason to fail.
            attempt.requeue(UNREADABLE_TOKEN_WAIT, asked.reason)
        return None

    def _end_the_others(self, attempt: Attempt, exhausted: Exhausted) -> None:
        upload, fault = attempt.upload, exhausted.fault
        attempt.struck(fault)
        of_this_token = fault.kind is FaultKind.SESSION_ENDED
        which = Selection(
            user_id=upload.user_id,
            token_print=upload.token_print if of_this_token else None,
            but=upload.id,
        )
        with self.begin() as work:
            stopped = stop(work, which, Stop(failure=failure_for(exhausted.step, fault)))
        self.news.tell(stopped.ended)

    def _reschedule(self, attempt: Attempt, after: timedelta = timedelta(0)) -> None:
        # It can do without: whoever comes too soon waits.
        with suppress(ServiceDown):
            self.pacing.reschedule(attempt.upload.user_id, after=after)


def _answers_others(attempt: Attempt, fault: Fault) -> bool:
    """The wiki is there, and does not answer this one request: no gate closes, and nobody fails
    for it, but it need not be tried every minute for days."""
    return fault.kind is FaultKind.UNREACHABLE and attempt.has_proved(Evidence.ANSWERED)


def _naming(filename: str, failure: Failure) -> Failure:
    """A source knows its pictures by ids; the contributor knows them by their titles."""
    if filename in failure.message:
        return failure
    return replace(failure, message=f"{failure.message} ({filename})")
