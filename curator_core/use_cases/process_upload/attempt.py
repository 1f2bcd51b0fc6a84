"""One attempt at one upload: what it holds, and every write it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from curator_core.domain.breaker import Evidence, Gate
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.errors import (
    CuratorError,
    Faulted,
    Interrupted,
    LeaseLost,
    LockLost,
    ServiceDown,
)
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import EditGroupId, Sha1
from curator_core.domain.outcome import Failure
from curator_core.domain.pace import Pace
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Lease, Stop, Upload, UploadStatus
from curator_core.ports.clock import Clock
from curator_core.ports.locks import Hold
from curator_core.ports.paces import Turn
from curator_core.ports.progress import Progress
from curator_core.ports.publishing_rights import Taken
from curator_core.ports.work import Begin, Work
from curator_core.use_cases.diary import Diary
from curator_core.use_cases.process_upload.at_gates import AtGates, barred_by
from curator_core.use_cases.process_upload.publishing_turn import PublishingTurn
from curator_core.use_cases.states import state_of

_GIVEN_BACK_FOR = timedelta(seconds=10)
"""Long enough that what fails at the same point each time keeps no worker busy."""


class Stopped(CuratorError):
    """Somebody asked for another ending, and this is a safe point to come to it."""

    def __init__(self, stop: Stop) -> None:
        super().__init__("cancelled" if stop.failure is None else stop.failure.message)
        self.stop = stop


class Attempt:
    """Holds the upload as it was last stored, and writes it under its lease only.

    Every method that writes raises `LeaseLost` where the lease is no longer ours; `advanced`,
    `save`, `may_publish` and `published` raise `Interrupted`, once all is stored, where the
    process is to end. Where somebody asked for another ending they raise `Stopped` while the wiki
    cannot hold the file: once its publish step has begun, only when it is known to hold none.
    """

    def __init__(
        self,
        *,
        upload: Upload,
        lease: Lease,
        username: str,
        edit_group_id: EditGroupId | None,
        begin: Begin,
        progress: Progress,
        clock: Clock,
        policy: Policy,
        gates: AtGates,
    ) -> None:
        self.upload = upload
        self.username = username
        self.edit_group_id = edit_group_id
        self._token = lease.token
        self._begin = begin
        self._progress = progress
        self._clock = clock
        self._policy = policy
        self._gates = gates
        self._barred: Gate | None = None
        self._stop = upload.stop
        self._may_be_published = upload.checkpoint.publish_was_begun
        self._before_publishing: Checkpoint | None = None
        self._turn = PublishingTurn(begin, policy)
        self._began_at = self._advanced_at = self._renewed_at = clock.now()
        self._hold: Hold | None = None
        self._bytes: Sha1 | None = None
        self._is_to_end: Callable[[], bool] = lambda: False
        self.diary = Diary(clock)
        self.waits_for = ""

    def heed(self, is_to_end: Callable[[], bool]) -> None:
        """Ends the attempt at its next safe point once `is_to_end` answers True."""
        self._is_to_end = is_to_end

    @property
    def checkpoint(self) -> Checkpoint:
        """What is known to be done."""
        return self.upload.checkpoint

    @property
    def age(self) -> timedelta:
        """How long ago the upload was accepted, as the database's clock tells at each write."""
        return self.upload.updated_at - self.upload.created_at

    def advanced(self) -> None:
        """Notes that bytes or steps moved on: only a working attempt keeps its lease."""
        self._advanced_at = self._clock.now()
        if self._stop is not None and not self._may_be_published:
            raise Stopped(self._stop)
        if self._is_to_end():
            raise Interrupted

    @property
    def is_in_doubt(self) -> bool:
        """Whether the wiki may hold the file without our knowing."""
        return self._may_be_published and self.checkpoint.published_title is None

    def repeat_wait(self) -> timedelta:
        """How long the wiki may still be working on the last publish request, as the database's
        clock told when the upload was last stored."""
        sent = self.checkpoint.publish_sent
        if sent is None:
            return timedelta(0)
        return max(sent + self._policy.publish_for - self.upload.updated_at, timedelta(0))

    def is_not_published(self) -> None:
        """The wiki was asked, and holds nothing of what earlier attempts may have published."""
        self._may_be_published = False
        self.advanced()

    def renew(self) -> bool:
        """Extends the lease and the lock that goes with it; False where the lease is lost, or
        is to be, since nothing advanced."""
        if self._clock.now() - self._advanced_at > self._policy.stall:
            return False
        if (hold := self._hold) is not None:
            try:
                hold.renew()
            except (LockLost, ServiceDown):
                # The lock only saves work; the lease decides.
                self._hold = None
        return self._renewed()

    def _renewed(self) -> bool:
        before = self._clock.now()
        with self._begin() as work:
            if not work.uploads.renew(self.upload.id, self._token, self._policy.lease):
                return False
            self._stop = work.uploads.stop_asked(self.upload.id)
        self._renewed_at = before
        return True

    def make_sure(self) -> None:
        """Right before what the wiki would do twice if it were asked twice: a process that stood
        still since it renewed its lease asks whether it is still its own, and the right to the
        bytes too, which another upload may have taken meanwhile. Raises `LeaseLost`."""
        if self._clock.now() - self._renewed_at <= self._policy.lease / 2:
            return
        if not self._renewed():
            raise LeaseLost
        if (sha1 := self._bytes) is not None:
            with self._begin() as work:
                taken = work.rights.take(self.upload, sha1, self._policy.lease)
            if taken != Taken():
                raise LeaseLost

    @contextmanager
    def keeping_alive(self, hold: Hold) -> Iterator[None]:
        """Renews `hold` with the lease until the block ends."""
        self._hold = hold
        try:
            yield
        finally:
            self._hold = None

    def save(self, checkpoint: Checkpoint) -> None:
        """Stores how far the attempt got."""
        if checkpoint != self.checkpoint:
            with self._writing() as work:
                self._keep(work, checkpoint)
        self.advanced()

    def may_publish(self, sha1: Sha1, wiki_time: datetime, pace: Pace) -> None:
        """Holds these bytes, as `hold_bytes` does, and notes that publishing begins: from here on
        nobody can stop it.

        Raises `Faulted` also with `GATE_CLOSED` where the user's uploads are held back by now, and
        with `TOO_SOON` where a request before this one has used the turn up.
        """
        self._turn.use(self.upload, pace)
        with self._holding(sha1) as work:
            # The row is ours until the unit of work ends: nobody can ask to stop in between.
            self._stop = work.uploads.stop_asked(self.upload.id)
            if self._stop is not None and not self._may_be_published:
                raise Stopped(self._stop)
            self._gates.refuse_barred(work, self.upload)
            self._before_publishing = None if self._may_be_published else self.checkpoint
            self._keep(work, self.checkpoint.publishing(wiki_time, work.uploads.now()))
        self._may_be_published = True
        self._turn.is_used()

    def was_refused(self) -> None:
        """The wiki answered the publish request, and published nothing: it is as if it had not
        been made, unless an earlier one is still in doubt."""
        before = self._before_publishing
        if before is None:
            return
        with self._writing() as work:
            self._keep(work, self.checkpoint.not_publishing(before))
        self._may_be_published = False

    def hold_bytes(self, sha1: Sha1) -> None:
        """Takes the right to these bytes and the user's turn, until the attempt ends, and renews
        the lease: nobody else publishes them, or describes the file that holds them, meanwhile.

        Raises `Faulted` with `HASH_LOCKED` or `TURN_TAKEN` where somebody else is at it.
        """
        with self._holding(sha1):
            return

    @contextmanager
    def _holding(self, sha1: Sha1) -> Iterator[Work]:
        self.advanced()
        before = self._clock.now()
        with self._writing() as work:
            if not work.uploads.renew(self.upload.id, self._token, self._policy.lease):
                raise LeaseLost
            taken = work.rights.take(self.upload, sha1, self._policy.lease)
            if taken.bytes_held_by is not None:
                raise Faulted(Fault(kind=FaultKind.HASH_LOCKED))
            if taken.turn_held_by is not None:
                raise Faulted(Fault(kind=FaultKind.TURN_TAKEN))
            yield work
        self._renewed_at, self._bytes = before, sha1

    def published(self, title: str, url: str) -> None:
        """Stores that the wiki holds our file, and lets the user's next one publish. The bytes
        stay held until the file is described: nobody else is to describe it meanwhile."""
        self._may_be_published = True
        with self._writing() as work:
            self._keep(work, self.checkpoint.published(title, url))
            work.rights.release_turn(self.upload)
            self._barred = work.gates.barring(self.upload)
        self.advanced()

    def is_held_back(self) -> Fault | None:
        """Why the published file cannot be described now: the user's edits are held back."""
        return None if self._barred is None else barred_by(self._barred, self.upload)

    def take_turn(self, pace: Pace, *, sent_now: bool) -> Turn:
        """When the upload may be published. Its turn is taken where that is worth waiting for;
        `sent_now` says that the whole file was brought to the wiki in this attempt, so that it
        shows how long that takes."""
        took = self._clock.now() - self._began_at
        return self._turn.take(self.upload, pace, took if sent_now else None)

    def proved(self, *evidence: Evidence) -> None:
        """Something works."""
        self._gates.proved(self.upload, *evidence)

    def has_proved(self, evidence: Evidence) -> bool:
        """Whether this attempt has shown it to be working."""
        return self._gates.has_proved(evidence)

    def struck(self, fault: Fault) -> Gate:
        """A fault that has a breaker was met; answers its gate, closed or not."""
        return self._gates.struck(self.upload, fault)

    def complete(self, url: str) -> None:
        """The upload is done."""
        self._end(self.upload.complete(url))

    def fail(self, failure: Failure) -> None:
        """It cannot be done; what was published stays on record, whatever failed after it."""
        published_at = self.checkpoint.published_url
        if published_at is not None:
            told = f"Published, but its statements could not be written: {failure.message}"
            failure = replace(failure, message=told)
        self._end(self.upload.fail(failure, published_at=published_at))

    def found_duplicate(self, status: UploadStatus, failure: Failure) -> None:
        """The wiki has these bytes already."""
        self._end(self.upload.found_duplicate(status, failure))

    def requeue(self, delay: timedelta, why: str, requeue_class: str | None = None) -> None:
        """Back to the queue for `delay`; a class means that one of its delays is used up."""
        self.waits_for = why
        checkpoint = self.checkpoint
        if requeue_class is not None:
            checkpoint = checkpoint.requeued(requeue_class)
        with self._writing() as work:
            if not work.uploads.renew(self.upload.id, self._token, self._policy.lease):
                raise LeaseLost
            self._stop = work.uploads.stop_asked(self.upload.id)
            if self._stop is not None and not self._may_be_published:
                ended = self.upload.checkpointed(checkpoint).come_to(self._stop)
                self.upload = work.uploads.keep(ended, self._token)
            else:
                waiting = self.upload.checkpointed(checkpoint).requeue()
                self.upload = work.uploads.requeue_after(waiting, self._token, delay)
            self._gates.leave(work, self.upload)
            self.diary.put_down(self.upload, why)
        self._progress.announce([state_of(self.upload)])

    def come_to(self, stop: Stop) -> None:
        """The ending that somebody asked for."""
        self._end(self.upload.come_to(stop))

    def give_back(self, why: str) -> None:
        """Back to the queue in good order, for what was no fault of the upload's.

        What was stored last decides: a write whose answer was lost may have taken."""
        with self._begin() as work:
            stored = work.uploads.get(self.upload.id)
        if stored is None or stored.lease is None or stored.lease.token != self._token:
            raise LeaseLost
        self.upload = stored
        self.requeue(_GIVEN_BACK_FOR, why)

    def _end(self, finished: Upload) -> None:
        with self._writing() as work:
            self.upload = work.uploads.keep(finished, self._token)
            self._gates.leave(work, self.upload)
            self.diary.put_down(self.upload)
        self._progress.announce([state_of(self.upload)])

    def _writing(self) -> AbstractContextManager[Work]:
        return self.diary.stored_with(self._begin, self.upload.id)

    def _keep(self, work: Work, checkpoint: Checkpoint) -> None:
        self.diary.got_further(self.checkpoint, checkpoint)
        self.upload = work.uploads.keep(self.upload.checkpointed(checkpoint), self._token)
        self._stop = self.upload.stop
