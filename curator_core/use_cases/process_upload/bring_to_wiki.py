"""From the source's bytes to a file of the wiki: download, look, stash, wait, publish."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.breaker import Evidence
from curator_core.domain.errors import CuratorError, Faulted, LockHeld, ServiceDown
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import Sha1
from curator_core.domain.pace import Pace
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Step
from curator_core.domain.title import Title
from curator_core.ports.clock import Clock
from curator_core.ports.downloads import LocalFile
from curator_core.ports.locks import Locks
from curator_core.ports.meter import Figure, Meter
from curator_core.ports.publisher import Published
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.persistence import Exhausted, Persistence
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.download import Download
from curator_core.use_cases.process_upload.material import Goal, Material
from curator_core.use_cases.process_upload.publish import Publish, Verdict
from curator_core.use_cases.process_upload.send_file import SendFile
from curator_core.use_cases.process_upload.settling import Duplicates, NameTaken

_SOMETHING_IS_THERE = frozenset({FaultKind.NAME_TAKEN, FaultKind.NO_CHANGE})


class Parked(CuratorError):
    """The file is stashed and its turn is not for a while: back to the queue. `is_behind`: its
    slot came sooner."""

    def __init__(self, delay: timedelta, *, is_behind: bool) -> None:
        super().__init__(f"for {delay}")
        self.delay = delay
        self.is_behind = is_behind


@dataclass(frozen=True, slots=True, kw_only=True)
class BringToWiki:
    """- Nothing is downloaded where nothing is left to send.
    - Nothing is sent where the wiki holds the bytes, or the name, already; nor published where
      it says so of the last chunk.
    - Nobody else sends the same bytes at the same time.
    - A file is published in its slot, not before; who has long to wait holds no lock meanwhile.
    - A stash that the wiki lost is started over, once.
    """

    download: Download
    send: SendFile
    publish: Publish
    locks: Locks
    pacing: Pacing
    persistence: Persistence
    clock: Clock
    meter: Meter
    policy: Policy

    def __call__(
        self, attempt: Attempt, wiki: Wiki, title: Title, material: Material, summary: str
    ) -> Verdict:
        """What came of it. Raises `Exhausted`, `Parked` and `LeaseLost`."""

        def goal(sha1: Sha1, size: int) -> Goal:
            wikitext = attempt.upload.wikitext
            return Goal(title=title, sha1=sha1, size=size, wikitext=wikitext, summary=summary)

        def once() -> Verdict:
            checkpoint = attempt.checkpoint
            if checkpoint.sha1 is not None and checkpoint.size is not None:
                known = goal(checkpoint.sha1, checkpoint.size)
                done = self._done_before(attempt, wiki, known)
                if done is not None:
                    return done
            with self.download.file(attempt, wiki, title, material) as file:
                return self._publish(attempt, wiki, goal(file.sha1, file.size), file)

        def start_over(_: Fault) -> None:
            attempt.save(attempt.checkpoint.without_stash())

        return self.persistence.attempt(Step.FILE, once, mend=start_over)

    def settle_first(self, attempt: Attempt, wiki: Wiki, title: Title) -> None:
        """Where an earlier attempt may have published the file the wiki is asked before anything
        else; what it holds is stored. Raises `Parked` while it may still be working on it."""
        sha1, size = attempt.checkpoint.sha1, attempt.checkpoint.size
        if not attempt.is_in_doubt or sha1 is None or size is None:
            return
        goal = Goal(title=title, sha1=sha1, size=size, wikitext="", summary="")
        found = self._settled(attempt, wiki, goal)
        if isinstance(found, Published):
            attempt.published(found.title, found.url)
        elif wait := attempt.repeat_wait():
            raise Parked(wait, is_behind=False)
        else:
            attempt.is_not_published()

    def _done_before(self, attempt: Attempt, wiki: Wiki, goal: Goal) -> Verdict | None:
        """What this or an earlier attempt all but published; None where it did not."""
        if attempt.is_in_doubt:
            found = self._settled(attempt, wiki, goal)
            if isinstance(found, Published):
                return found
            attempt.is_not_published()
        if self.send.nothing_left(attempt, wiki, goal):
            return self._publish(attempt, wiki, goal, None)
        return None

    def _publish(self, attempt: Attempt, wiki: Wiki, goal: Goal, file: LocalFile | None) -> Verdict:
        standing = self.persistence.attempt(
            Step.REQUEST, lambda: wiki.files.look(goal.sha1, goal.title)
        )
        attempt.proved(Evidence.ANSWERED)
        pace = self.pacing.learn(attempt.upload.user_id, standing.limits)
        found = self.publish.judge(attempt, goal, standing)
        if found is not None:
            return found
        with ExitStack() as held:
            self._lock(held, attempt, goal.sha1)
            if file is not None and (found := self._sent(attempt, wiki, goal, file)) is not None:
                return found
            self._await_turn(attempt, pace, sent_now=file is not None)
            return self.publish(attempt, wiki, goal, standing, pace)

    def _sent(
        self, attempt: Attempt, wiki: Wiki, goal: Goal, file: LocalFile
    ) -> Published | Duplicates | NameTaken | None:
        """Sends the file; what the wiki turns out to hold where it has doubts: publishing would
        tell the same, and cost the user's limits."""
        try:
            doubted = self.send(attempt, wiki, goal, file)
        except Exhausted as exhausted:
            if exhausted.fault.kind not in _SOMETHING_IS_THERE:
                raise
            found = self._settled(attempt, wiki, goal)
            if found is None:
                raise
            return found
        return self._settled(attempt, wiki, goal) if doubted else None

    def _settled(
        self, attempt: Attempt, wiki: Wiki, goal: Goal
    ) -> Published | Duplicates | NameTaken | None:
        return self.persistence.attempt(
            Step.REQUEST, lambda: self.publish.settle(attempt, wiki, goal)
        )

    def _lock(self, held: ExitStack, attempt: Attempt, sha1: Sha1) -> None:
        # The lock only saves work, so that without Redis we go on: what decides is the right
        # that `Publish` takes in the database.
        try:
            # Renewed with the lease, it runs out before it: whoever goes on with the upload of a
            # worker that died does not meet that worker's lock.
            hold = held.enter_context(self.locks.hold(f"hash:{sha1}", self.policy.lease * 2 / 3))
        except LockHeld:
            raise Faulted(Fault(kind=FaultKind.HASH_LOCKED)) from None
        except ServiceDown:
            return
        held.enter_context(attempt.keeping_alive(hold))

    def _await_turn(self, attempt: Attempt, pace: Pace, *, sent_now: bool) -> None:
        turn = attempt.take_turn(pace, sent_now=sent_now)
        if turn.wait > self.policy.wait_in_place:
            raise Parked(turn.wait - self.policy.wait_in_place, is_behind=turn.is_behind)
        if pace.interval:
            self.meter.count(Figure.TURNS, {"late": "yes" if turn.is_behind else "no"})
            self.meter.count(
                Figure.TURN_MILLISECONDS, by=pace.interval // timedelta(milliseconds=1)
            )
        if turn.wait:
            self.clock.sleep(turn.wait)
