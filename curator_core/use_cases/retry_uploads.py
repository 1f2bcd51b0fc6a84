"""Failed uploads are tried again, as copies in a new batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import NewUpload, Upload, UploadStatus
from curator_core.domain.user import AccessToken, Actor, User
from curator_core.ports.clock import Chance
from curator_core.ports.endings import Selection
from curator_core.ports.work import Begin, Work
from curator_core.use_cases.items import Item, checked
from curator_core.use_cases.ownership import Refused, batch_to_change
from curator_core.use_cases.scheduling import News, Scheduling
from curator_core.use_cases.states import state_of

_FIRST = UploadId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be different in a copy; None stays as it was. `captions` are language and text."""

    title: str | None = None
    wikitext: str | None = None
    captions: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """The new batch, and how many copies it holds."""

    batch_id: BatchId
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryUploads:
    """- The originals stay as they are; each copy knows which upload it retries.
    - What was retried before, and is at work again or done, is not retried a second time.
    - A copy goes on with what the wiki still has of its original: a stash of the same user's, or
      a published file that lacks its statements.
    - A contributor retries what failed of their own batches, in their next slots. An administrator
      retries chosen uploads, cancelled ones too, in their own name, unpaced.
    """

    begin: Begin
    scheduling: Scheduling
    news: News
    chance: Chance
    policy: Policy

    def __call__(
        self,
        *,
        actor: Actor,
        token: AccessToken,
        batch_id: BatchId,
        uploads: Collection[UploadId] | None = None,
        changes: Mapping[UploadId, Changes] | None = None,
    ) -> Retried | Refused:
        """What failed of a batch, or the chosen ones of that. Raises `ServiceDown`."""
        with self.begin() as work:
            batch = batch_to_change(work, actor, batch_id, "retry")
        if isinstance(batch, Refused):
            return batch
        which = Selection(
            batch_id=batch_id, upload_ids=None if uploads is None else frozenset(uploads)
        )
        copying = _Copying(
            retry=self, user=actor.user, token=token, changes=changes or {}, retries=batch_id
        )
        return copying.all(which, frozenset({UploadStatus.FAILED})) or Refused(
            reason=f"Nothing of batch {batch_id} failed, or all that did is being retried already."
        )

    def as_administrator(
        self,
        *,
        actor: Actor,
        token: AccessToken,
        uploads: Collection[UploadId],
        changes: Mapping[UploadId, Changes] | None = None,
    ) -> Retried | Refused:
        """Chosen uploads, whosever they are. Raises `ServiceDown`."""
        if not actor.administers:
            return Refused(reason="Only an administrator retries other people's uploads.")
        which = Selection(upload_ids=frozenset(uploads))
        copying = _Copying(
            retry=self, user=actor.user, token=token, changes=changes or {}, paced=False
        )
        return copying.all(which, frozenset({UploadStatus.FAILED, UploadStatus.CANCELLED})) or (
            Refused(reason="None of these failed or was cancelled, or all are being retried.")
        )


@dataclass(slots=True, kw_only=True)
class _Copying:
    """One retry: copies in slices, so that a batch of 50,000 is never in memory whole. Where it
    is broken off, what was not copied yet can be retried again."""

    retry: RetryUploads
    user: User
    token: AccessToken
    changes: Mapping[UploadId, Changes]
    retries: BatchId | None = None
    paced: bool = True

    def all(self, which: Selection, states: frozenset[UploadStatus]) -> Retried | None:
        batch: Batch | None = None
        count = 0
        for originals in self._slices(which, states):
            with self.retry.begin() as work:
                usual_lead = work.paces.usual_lead(self.user.id)
            copies = [copy for each in originals for copy in self._copy(each)]
            scheduling = self.retry.scheduling
            ready = (
                scheduling.paced(self.user.id, self.token, copies, usual_lead)
                if self.paced
                else scheduling.unpaced(self.token, copies)
            )
            with self.retry.begin() as work:
                batch = batch or self._batch(work)
                added = work.uploads.add(batch.id, None, "", ready.uploads, ready.lead)
                stored = [work.uploads.take_over(copy.id) or copy for copy in added]
            count += len(stored)
            self.retry.news.tell(state_of(copy) for copy in stored)
        self.retry.news.wake()
        return Retried(batch_id=batch.id, count=count) if batch else None

    def _slices(self, which: Selection, states: frozenset[UploadStatus]) -> Iterator[list[Upload]]:
        after, limit = _FIRST, self.retry.policy.max_slice
        while True:
            with self.retry.begin() as work:
                found = work.endings.retryable(which, after, limit)
            if wanted := [each for each in found if each.status in states]:
                yield wanted
            if len(found) < limit:
                return
            after = found[-1].id

    def _batch(self, work: Work) -> Batch:
        work.users.remember(self.user)
        return work.batches.add(self.user.id, self.retry.chance.edit_group_id(), self.retries)

    def _copy(self, original: Upload) -> list[NewUpload]:
        change = self.changes.get(original.id, Changes())
        captions = change.captions
        if captions is None:
            captions = tuple((each.language, each.text) for each in original.captions)
        item = Item(
            id=original.image_id,
            collection=original.collection,
            title=original.filename if change.title is None else change.title,
            wikitext=original.wikitext if change.wikitext is None else change.wikitext,
            captions=captions,
            copyright_override=original.copyright_override,
        )
        return [
            replace(copy, retry_of=original.id)
            for copy in checked([item], self.user.id, original.handler)
        ]
