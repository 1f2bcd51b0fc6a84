"""Puts the file into the wiki's stash, chunk by chunk, going on where an attempt left off."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.retry import Step
from curator_core.domain.upload import Checkpoint
from curator_core.ports.downloads import LocalFile
from curator_core.ports.stash import ChunkSent, StashedFile
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.material import Goal


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFile:
    """- The checkpoint is saved after each chunk.
    - A half-sent file is continued from the offset that the wiki names.
    - What was assembled is compared with what was sent: only our bytes are ever published.
    """

    persistence: Persistence
    chunk_size: int

    def __call__(self, attempt: Attempt, wiki: Wiki, goal: Goal, file: LocalFile) -> None:
        """Until the checkpoint holds the key of the whole file. Raises `Exhausted`, and `Faulted`
        with `STASH_GONE` where it has to be sent anew."""
        self._find_again(attempt, wiki, goal)
        while not attempt.checkpoint.assembled:
            sent = self._chunk(attempt, wiki, goal, file)
            if sent.assembled:
                _refuse_other_bytes(sent, goal)
            attempt.save(
                attempt.checkpoint.stashed(sent.key, sent.offset, assembled=sent.assembled)
            )

    def still_there(self, attempt: Attempt, wiki: Wiki) -> bool:
        """Whether the wiki still holds the whole file that the checkpoint names."""
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
        offset = self.persistence.attempt(Step.CHUNK, lambda: wiki.stash.offset(goal.title, key))
        if offset is not None and offset <= goal.size:
            attempt.save(checkpoint.stashed(key, offset, assembled=False))
            return
        # The key changes when the last chunk is assembled; the answer that named it was lost.
        found = self.persistence.attempt(Step.CHUNK, lambda: wiki.stash.find(goal.sha1, goal.size))
        attempt.save(_assembled(checkpoint, found) if found else checkpoint.without_stash())

    def _chunk(self, attempt: Attempt, wiki: Wiki, goal: Goal, file: LocalFile) -> ChunkSent:
        def send() -> ChunkSent:
            attempt.advanced()
            done = attempt.checkpoint
            if done.offset >= goal.size:
                # It holds everything and is not assembled: nothing can be added to it any more.
                raise Faulted(Fault(kind=FaultKind.STASH_GONE, info="It was not put together."))
            length = min(self.chunk_size, goal.size - done.offset)
            return wiki.stash.send(goal.title, file, done.offset, length, done.file_key)

        def take_up_offset(fault: Fault) -> None:
            done = attempt.checkpoint
            if fault.offset is not None and done.file_key is not None:
                offset = min(fault.offset, goal.size)
                attempt.save(done.stashed(done.file_key, offset, assembled=False))

        def find_assembled() -> ChunkSent | None:
            if attempt.checkpoint.file_key is None:
                return None
            found = wiki.stash.find(goal.sha1, goal.size)
            if found is None:
                return None
            return ChunkSent(
                key=found.key, offset=found.size, assembled=True, sha1=found.sha1, size=found.size
            )

        return self.persistence.attempt(
            Step.CHUNK, send, mend=take_up_offset, settle=find_assembled
        )


def _assembled(checkpoint: Checkpoint, found: StashedFile) -> Checkpoint:
    return checkpoint.stashed(found.key, found.size, assembled=True)


def _refuse_other_bytes(sent: ChunkSent, goal: Goal) -> None:
    if (sent.sha1, sent.size) != (goal.sha1, goal.size):
        info = f"the wiki assembled {sent.size} bytes, SHA-1 {sent.sha1}, of {goal.size} sent"
        raise Faulted(Fault(kind=FaultKind.STASH_GONE, info=info))
