"""Who may change a batch, and what somebody is told who may not."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId
from curator_core.domain.user import Actor
from curator_core.ports.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing was changed; `reason` is a sentence."""

    reason: str


def batch_to_change(work: Work, actor: Actor, batch_id: BatchId, verb: str) -> Batch | Refused:
    """The batch, where there is one that `actor` may change; `verb` is what they want to do."""
    batch = work.batches.get(batch_id)
    if batch is None:
        return Refused(reason=f"There is no batch {batch_id}.")
    if actor.may_change(batch.user_id):
        return batch
    return Refused(
        reason=f"Batch {batch_id} is somebody else's: you can look at it, not {verb} it."
    )
