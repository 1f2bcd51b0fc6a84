"""Puts the file into the wiki's stash, chunk by chunk, going on where an attempt left off."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.breaker import Evidence
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey
from curator_core.domain.retry import Step
from curator_core.domain.upload import Checkpoint
from curator_core.ports.downloads import LocalFile
from curator_core.ports.stash import ChunkSent
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.material import Goal
from curator_core.use_cases.process_upload.polling import Polling

MOST_IN_VAIN = 4
"""So many chunks in a row may leave the wiki with no more than it had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFile:
    """- The checkpoint is saved after each chunk, and the lease kept while bytes move.
    - A half-sent file is continued from the offset that the wiki names.
    - A large file is assembled in the background: it is waited for.
    - What was assembled is compared with what was sent: only our bytes are ever published.
    """

    persistence: Persistence
    polling: Polling
    chunk_size: int

    def __call__(self, attempt: Attempt, wiki: Wiki, goal: Goal, file: LocalFile) -> bool:
        """Until the checkpoint holds the key of the whole file; answers whether the wiki doubted
        it: it may have these bytes, or the name, by now. Raises `Exhausted`, and `Faulted` with
        `STASH_GONE` where it has to be sent anew."""
        self._find_again(attempt, wiki, goal)
        furthest, in_vain, doubted = attempt.checkpoint.offset, 0, False
        while not attempt.checkpoint.assembled:
            if _all_sent(attempt.checkpoint, goal):
                doubted = self._await_assembly(attempt, wiki, goal).doubted
                continue
            sent = self._chunk(attempt, wiki, goal, file)
            _keep(attempt, goal, sent)
            attempt.proved(Evidence.STORED)
            doubted = sent.doubted
            got_further = attempt.checkpoint.offset > furthest
            in_vain = 0 if got_further or attempt.checkpoint.assembled else in_vain + 1
            furthest = max(furthest, attempt.checkpoint.offset)
            if in_vain > MOST_IN_VAIN:
                raise _gone(f"the wiki takes chunk after chunk and holds {furthest} bytes")
        return doubted

    def nothing_left(self, attempt: Attempt, wiki: Wiki, goal: Goal) -> bool:
        """Whether the wiki holds the whole file that the checkpoint names: then nothing need be
        downloaded. Waits for one that it is assembling."""
        if _all_sent(attempt.checkpoint, goal) and not attempt.checkpoint.assembled:
            self._find_again(attempt, wiki, goal)
            if _all_sent(attempt.checkpoint, goal) and not attempt.checkpoint.assembled:
                self._await_assembly(attempt, wiki, goal)
            return attempt.checkpoint.assembled
        return self._still_there(attempt, wiki)

    def _still_there(self, attempt: Attempt, wiki: Wiki) -> bool:
        checkpoint = attempt.checkpoint
        key = checkpoint.file_key
        if not checkpoint.assembled or key is None:
            return False
        whole = self.persistence.attempt(Step.CHUNK, lambda: wiki.stash.whole(key))
        if whole is not None and (whole.sha1, whole.size) == (checkpoint.sha1, checkpoint.size):
            return True
        attempt.save(checkpoint.without_stash())
        return False

    def _find_again(self, attempt: Attempt, wiki: Wiki, goal: Goal) -> None:
        checkpoint = attempt.checkpoint
        key = checkpoint.file_key
        if key is None or checkpoint.assembled:
            return
        found = self.persistence.attempt(Step.CHUNK, lambda: _whereabouts(wiki, goal, key))
        if found is None or found.offset > goal.size:
            attempt.save(checkpoint.without_stash())
        else:
            _keep(attempt, goal, found)

    def _chunk(self, attempt: Attempt, wiki: Wiki, goal: Goal, file: LocalFile) -> ChunkSent:
        def send() -> ChunkSent:
            attempt.advanced()
            done = attempt.checkpoint
            if done.offset >= goal.size:
                # It holds everything and is not assembled: nothing can be added to it any more.
                raise _gone("It was not put together.")
            length = min(self.chunk_size, goal.size - done.offset)
            return wiki.stash.send(
                goal.title, file, done.offset, length, done.file_key, attempt.advanced
            )

        def take_up_offset(fault: Fault) -> None:
            done = attempt.checkpoint
            if fault.offset is not None and done.file_key is not None:
                offset = min(fault.offset, goal.size)
                attempt.save(done.stashed(done.file_key, offset, assembled=False))

        def find_what_was_sent() -> ChunkSent | None:
            key = attempt.checkpoint.file_key
            found = _whereabouts(wiki, goal, key) if key is not None else None
            is_new = found is not None and found.offset > attempt.checkpoint.offset
            return found if is_new else None

        return self.persistence.attempt(
            Step.CHUNK, send, mend=take_up_offset, settle=find_what_was_sent
        )

    def _await_assembly(self, attempt: Attempt, wiki: Wiki, goal: Goal) -> ChunkSent:
        key = attempt.checkpoint.file_key

        def assembled() -> ChunkSent | None:
            found = _whereabouts(wiki, goal, key) if key is not None else None
            if found is None or not (found.assembled or found.assembling):
                raise _gone("the wiki lost the file while it was putting it together")
            return found if found.assembled else None

        done = self.polling.until_done(attempt, Step.CHUNK, assembled)
        _keep(attempt, goal, done)
        return done


def _all_sent(checkpoint: Checkpoint, goal: Goal) -> bool:
    return checkpoint.file_key is not None and checkpoint.offset == goal.size


def _whereabouts(wiki: Wiki, goal: Goal, key: FileKey) -> ChunkSent | None:
    """What became of the bytes sent under `key`; None where they are lost."""
    told = wiki.stash.status(goal.title, key, goal.size)
    if told is not None:
        return told
    # The key changes when the last chunk is assembled; the answer that named it was lost.
    found = wiki.stash.find(goal.sha1, goal.size)
    if found is None:
        return None
    return ChunkSent(
        key=found.key, offset=found.size, assembled=True, sha1=found.sha1, size=found.size
    )


def _keep(attempt: Attempt, goal: Goal, sent: ChunkSent) -> None:
    if sent.assembled and (sent.sha1, sent.size) != (goal.sha1, goal.size):
        raise _gone(f"the wiki assembled {sent.size} bytes, SHA-1 {sent.sha1}, of {goal.size} sent")
    attempt.save(attempt.checkpoint.stashed(sent.key, sent.offset, assembled=sent.assembled))


def _gone(info: str) -> Faulted:
    return Faulted(Fault(kind=FaultKind.STASH_GONE, info=info))
