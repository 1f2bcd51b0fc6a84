"""A contributor adds a slice of pictures to a batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields

from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId, ImageId, SliceId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import NewUpload, UploadStatus
from curator_core.domain.user import AccessToken, User
from curator_core.ports.sources import Sources
from curator_core.ports.uploads import KnownSlice, SliceExists
from curator_core.ports.work import Begin
from curator_core.use_cases.items import Item, checked, refusal
from curator_core.use_cases.scheduling import News, Scheduling
from curator_core.use_cases.states import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAccepted:
    """What became of one item: `queued`, or `failed` where it cannot be uploaded."""

    image_id: ImageId
    status: UploadStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceAccepted:
    """The items in the order they were sent."""

    items: tuple[ItemAccepted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceRefused:
    """Nothing of the slice was accepted; `reason` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUploads:
    """- Only the batch's owner adds to it.
    - An item that cannot be uploaded is stored as failed, with its error; the others go on.
    - An image id stands in a batch once: a second one is refused in the acknowledgement.
    - The same slice again is acknowledged the same way and creates nothing; the same slice id
      with other content is refused.
    - Each upload gets the user's next slot; the access token is stored sealed.
    - Nothing is stored in part: a slice is accepted whole, or refused.
    """

    begin: Begin
    sources: Sources
    scheduling: Scheduling
    news: News
    policy: Policy

    def __call__(
        self,
        *,
        user: User,
        token: AccessToken,
        batch_id: BatchId,
        slice_id: SliceId,
        handler: str,
        items: Sequence[Item],
    ) -> SliceAccepted | SliceRefused:
        """Raises `ServiceDown` where nothing could be accepted for want of our own services."""
        digest = _digest(handler, items)
        with self.begin() as work:
            batch = work.batches.get(batch_id)
            known = work.uploads.known_slice(batch_id, slice_id)
            reason = self._refusal(user, batch, batch_id, handler, items)
            if reason is not None:
                return SliceRefused(reason=reason)
            taken = work.uploads.image_ids(batch_id, {ImageId(item.id) for item in items})
            usual_lead = work.paces.usual_lead(user.id)
        uploads = checked(items, user.id, handler)
        if known is not None:
            return _again(known, digest, slice_id, items, uploads)

        fresh = [each for each in uploads if each.image_id not in taken]
        ready = self.scheduling.paced(user.id, token, fresh, usual_lead)
        try:
            with self.begin() as work:
                stored = work.uploads.add(batch_id, slice_id, digest, ready.uploads, ready.lead)
        except SliceExists:
            with self.begin() as work:
                known = work.uploads.known_slice(batch_id, slice_id)
            if known is None:
                return SliceRefused(reason="The same pictures are being added elsewhere.")
            return _again(known, digest, slice_id, items, uploads)
        self.news.tell(state_of(upload) for upload in stored)
        self.news.wake()
        arrived = {upload.image_id for upload in stored}
        return _acknowledged(items, [each for each in ready.uploads if each.image_id in arrived])

    def _refusal(
        self,
        user: User,
        batch: Batch | None,
        batch_id: BatchId,
        handler: str,
        items: Sequence[Item],
    ) -> str | None:
        if batch is None:
            return f"There is no batch {batch_id}."
        if not batch.belongs_to(user.id):
            return f"Batch {batch_id} is somebody else's: you can look at it, not add to it."
        return refusal(handler, items, self.sources, self.policy)


def _again(
    known: KnownSlice,
    digest: str,
    slice_id: SliceId,
    items: Sequence[Item],
    uploads: Sequence[NewUpload],
) -> SliceAccepted | SliceRefused:
    if known.digest != digest:
        return SliceRefused(reason=f"Slice {slice_id} was sent before with other pictures.")
    stored = {upload.image_id for upload in known.uploads}
    return _acknowledged(items, [each for each in uploads if each.image_id in stored])


def _acknowledged(items: Sequence[Item], stored: Sequence[NewUpload]) -> SliceAccepted:
    """What was stored counts once for each image id, in the order sent; the rest is refused."""
    waiting = {each.image_id: each for each in stored}
    answers = []
    for item in items:
        upload = waiting.pop(ImageId(item.id), None)
        good = upload is not None and upload.failure is None
        answers.append(
            ItemAccepted(
                image_id=ImageId(item.id),
                status=UploadStatus.QUEUED if good else UploadStatus.FAILED,
            )
        )
    return SliceAccepted(items=tuple(answers))


_OF_AN_ITEM = sorted(field.name for field in fields(Item))


def _digest(handler: str, items: Sequence[Item]) -> str:
    told = [{name: getattr(item, name) for name in _OF_AN_ITEM} for item in items]
    content = json.dumps([handler, told], sort_keys=True)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
