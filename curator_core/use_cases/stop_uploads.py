"""Uploads are ended before their time: cancelled by whoever owns them, or failed by hand."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, UploadId, UserId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Stop
from curator_core.domain.user import Actor
from curator_core.ports.endings import Selection, Stopped
from curator_core.ports.work import Begin
from curator_core.use_cases.ownership import Refused, batch_to_change
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.scheduling import News
from curator_core.use_cases.stopping import stop

BY_HAND = Stop(
    failure=Failure(
        message="Manually marked as failed", code="failed_by_hand", hint="Retry it.", retryable=True
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopUploads:
    """- Only the owner stops an upload, and an administrator any.
    - What waits is ended at once; what is at work ends at its next safe point, and not at all once
      its publish step has begun.
    - What the user has left moves up into the slots that became free.
    """

    begin: Begin
    pacing: Pacing
    news: News

    def cancel_batch(self, actor: Actor, batch_id: BatchId) -> Stopped | Refused:
        """All unfinished uploads of a batch. Raises `ServiceDown`."""
        with self.begin() as work:
            batch = batch_to_change(work, actor, batch_id, "cancel")
            if isinstance(batch, Refused):
                return batch
            stopped = stop(work, Selection(batch_id=batch_id), Stop())
        if not stopped.count:
            return Refused(reason=f"Nothing of batch {batch_id} is left to be cancelled.")
        self._follow(stopped, frozenset({batch.user_id}))
        return stopped

    def cancel(self, actor: Actor, uploads: Collection[UploadId]) -> Stopped:
        """Those of `uploads` that are unfinished, and that `actor` may change."""
        return self._chosen(actor, uploads, Stop())

    def fail(self, actor: Actor, uploads: Collection[UploadId]) -> Stopped:
        """The same, marked as failed by hand."""
        return self._chosen(actor, uploads, BY_HAND)

    def _chosen(self, actor: Actor, uploads: Collection[UploadId], how: Stop) -> Stopped:
        with self.begin() as work:
            batches = [work.batches.get(each) for each in work.endings.batches_of(uploads)]
            owners = frozenset(batch.user_id for batch in batches if batch is not None)
            stopped = stop(
                work,
                Selection(
                    upload_ids=frozenset(uploads),
                    user_id=None if actor.administers else actor.user.id,
                ),
                how,
            )
        self._follow(stopped, owners)
        return stopped

    def _follow(self, stopped: Stopped, owners: frozenset[UserId]) -> None:
        self.news.tell(stopped.ended)
        if stopped.asked:
            # What had begun to be published is due at once, to be settled.
            self.news.wake()
        for owner in owners if stopped.ended else ():
            # The uploads are ended; where the rest cannot move up now, it keeps its slots.
            with suppress(ServiceDown):
                self.pacing.reschedule(owner)
