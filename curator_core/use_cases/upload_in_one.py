"""A contributor starts a batch together with all of its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curator_core.domain.policy import Policy
from curator_core.domain.upload import Upload
from curator_core.domain.user import AccessToken, User
from curator_core.ports.clock import Chance
from curator_core.ports.sources import Sources
from curator_core.ports.work import Begin
from curator_core.use_cases.items import Item, checked, refusal
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.scheduling import News, Scheduling
from curator_core.use_cases.states import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWithUploads:
    """What was stored of a new batch, in the order it was sent; there is at least one."""

    uploads: tuple[Upload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadInOne:
    """- What goes for a slice goes for these items: what cannot be uploaded is stored as failed,
      a second item with the same id is left out.
    - Batch and uploads come to be in one transaction: where the whole is refused, or something
      breaks, there is no batch either.
    """

    begin: Begin
    sources: Sources
    scheduling: Scheduling
    news: News
    chance: Chance
    policy: Policy

    def __call__(
        self, *, user: User, token: AccessToken, handler: str, items: Sequence[Item]
    ) -> BatchWithUploads | Refused:
        """Raises `ServiceDown` where nothing could be accepted for want of our own services."""
        reason = refusal(handler, items, self.sources, self.policy)
        if reason is not None:
            return Refused(reason=reason)
        with self.begin() as work:
            usual_lead = work.paces.usual_lead(user.id)
        uploads = checked(items, user.id, handler)
        ready = self.scheduling.paced(user.id, token, uploads, usual_lead)
        with self.begin() as work:
            # A session outlives a restored database, which may not know its user yet.
            work.users.remember(user)
            batch = work.batches.add(user.id, self.chance.edit_group_id())
            stored = work.uploads.add(batch.id, None, "", ready.uploads, ready.lead)
        self.news.tell(state_of(upload) for upload in stored)
        self.news.wake()
        return BatchWithUploads(uploads=stored)
