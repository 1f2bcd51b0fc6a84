"""How an attempt that did not reach its goal ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from curator_core.domain.catalogue import failure_for, name_taken
from curator_core.domain.outcome import Failure
from curator_core.domain.retry import Step, Then
from curator_core.domain.upload import UploadStatus
from curator_core.use_cases.persistence import Exhausted
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.in_doubt import with_doubt
from curator_core.use_cases.process_upload.settling import NameTaken
from curator_core.use_cases.reconcile_duplicate import Reconciled

UNREADABLE_TOKEN_WAIT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """- Nobody fails for what passes by itself: the upload waits in the queue.
    - Delays are counted by their class; when a class is used up the upload fails.
    """

    def gave_up(self, attempt: Attempt, exhausted: Exhausted) -> None:
        """Does what the retry table says of the fault that stopped the attempt."""
        if not self.requeued(attempt, exhausted):
            stashed = attempt.checkpoint.assembled
            failure = failure_for(exhausted.step, exhausted.fault, stashed=stashed)
            if exhausted.step is Step.DOWNLOAD:
                failure = _naming(attempt.upload.filename, failure)
            attempt.fail(with_doubt(attempt.upload, failure, exhausted))

    def requeued(self, attempt: Attempt, exhausted: Exhausted) -> bool:
        """Puts the upload back into the queue where the table has a delay left for it."""
        rule, fault = exhausted.rule, exhausted.fault
        if rule.young and attempt.age > timedelta(seconds=rule.young):
            return False
        delays = [timedelta(seconds=seconds) for seconds in rule.delays]
        used = attempt.checkpoint.requeue_count(fault.kind)
        if rule.then is Then.WAIT:
            asked = fault.retry_after or timedelta()
            attempt.requeue(asked if asked > timedelta() else delays[0], fault.detail)
        elif rule.then is Then.REQUEUE and used < len(delays):
            attempt.requeue(delays[used], fault.detail, fault.kind)
        else:
            return False
        return True

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

    def token_unreadable(self, attempt: Attempt) -> None:
        """The keys that are configured do not open the token: the operator may mend that."""
        attempt.requeue(UNREADABLE_TOKEN_WAIT, "no configured TOKEN_ENCRYPTION_KEY opens the token")


def _naming(filename: str, failure: Failure) -> Failure:
    """A source knows its pictures by ids; the contributor knows them by their titles."""
    if filename in failure.message:
        return failure
    return replace(failure, message=f"{failure.message} ({filename})")
