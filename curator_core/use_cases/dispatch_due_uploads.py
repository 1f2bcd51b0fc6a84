"""A dispatcher hands due uploads to the workers."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.history import Event, EventKind
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Upload
from curator_core.ports.meter import Figure, Meter
from curator_core.ports.upload_queue import UploadQueue
from curator_core.ports.work import Begin
from curator_core.use_cases.scheduling import News
from curator_core.use_cases.states import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """How many uploads were put back from dead workers, how many messages were sent, and which
    gates were probed by that."""

    rescued: int
    sent: int
    probes: int = 0


def _rescued(upload: Upload) -> Event:
    told = "Its worker fell silent: it goes on from what was stored."
    return Event(at=upload.updated_at, kind=EventKind.RESCUED, what=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDueUploads:
    """- Uploads whose worker fell silent go back to the queue first.
    - Every upload that is due gets one message; one whose message was lost gets another later.
    - Users take turns, and none has more under way than their share.
    - Behind a closed gate one upload at a time is let through, to probe it.
    - Any number of dispatchers may do this at once.
    """

    begin: Begin
    queue: UploadQueue
    news: News
    meter: Meter
    policy: Policy

    def __call__(self) -> Dispatched:
        """Raises `ServiceDown`; what was marked as sent by then is sent again later."""
        policy = self.policy
        with self.begin() as work:
            rescued = work.uploads.rescue(policy.dispatch_at_once)
            work.history.note({upload.id: [_rescued(upload)] for upload in rescued})
        if rescued:
            self.meter.count(Figure.RESCUED, by=len(rescued))
        self.news.tell(state_of(upload) for upload in rescued)
        with self.begin() as work:
            due = work.uploads.take_due(
                policy.dispatch_at_once, policy.user_concurrency, policy.resend
            )
            probes = work.gates.take_probes(policy.resend)
            due = (*due, *probes)
        if due:
            messages = self.queue.send(due)
            with self.begin() as work:
                work.uploads.note_messages(list(zip(due, messages, strict=True)))
        return Dispatched(rescued=len(rescued), sent=len(due), probes=len(probes))
