"""From the source's bytes to a file of the wiki: download, look, stash, wait, publish."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.breaker import Evidence
from curator_core.domain.errors import CuratorError, Faulted, LockHeld, ServiceDown
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import Sha1
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Step
from curator_core.domain.title import Title
from curator_core.ports.clock import Clock
from curator_core.ports.downloads import LocalFile
from curator_core.ports.locks import Locks
from curator_core.ports.publisher import Published
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.download import Download
from curator_core.use_cases.process_upload.material import Goal, Material
from curator_core.use_cases.process_upload.publish import Publish, Verdict
from curator_core.use_cases.process_upload.send_file import SendFile
from curator_core.use_cases.process_upload.settling import Duplicates, NameTaken


class Parked(CuratorError):
    """The file is stashed and its slot is not due for a while: back to the queue."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"for {delay}")
        self.delay = delay


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

    def _done_before(self, attempt: Attempt, wiki: Wiki, goal: Goal) -> Verdict | None:
        """What an earlier attempt published, or all but published; None where it did neither."""
        if attempt.checkpoint.publish_begun is not None:
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
            if file is not None and self.send(attempt, wiki, goal, file):
                # Publishing would tell the same, and cost the user's limits.
                found = self._settled(attempt, wiki, goal)
                if found is not None:
                    return found
            self._await_slot(attempt, sent_now=file is not None)
            return self.publish(attempt, wiki, goal, standing, pace)

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

    def _await_slot(self, attempt: Attempt, *, sent_now: bool) -> None:
        wait = attempt.slot_wait(sent_now=sent_now)
        if wait > self.policy.wait_in_place:
            raise Parked(wait - self.policy.wait_in_place)
        if wait:
            self.clock.sleep(wait)
