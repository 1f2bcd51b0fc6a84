"""A contributor lets a batch wait, and go on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_core.domain.user import Actor
from curator_core.ports.reports import BatchReport, Reports
from curator_core.ports.work import Begin
from curator_core.use_cases.ownership import Refused, batch_to_change
from curator_core.use_cases.pacing import Pacing
from curator_core.use_cases.scheduling import News


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseBatch:
    """- Only the owner, or an administrator.
    - Uploads of a paused batch stay queued and get no new work; what is at work goes on.
    - The user's other batches move up meanwhile; a batch that goes on gets new slots.
    """

    begin: Begin
    reports: Reports
    pacing: Pacing
    news: News

    def __call__(self, actor: Actor, batch_id: BatchId, *, paused: bool) -> BatchReport | Refused:
        """The batch as it is then. Raises `ServiceDown`."""
        with self.begin() as work:
            batch = batch_to_change(work, actor, batch_id, "pause")
            if isinstance(batch, Refused):
                return batch
            work.batches.pause(batch_id, paused=paused)
        if batch.paused != paused:
            with suppress(ServiceDown):
                self.pacing.reschedule(batch.user_id)
            self.news.touch(batch_id)
            self.news.wake()
        report = self.reports.batch(batch_id)
        return report or Refused(reason=f"There is no batch {batch_id} any more.")
