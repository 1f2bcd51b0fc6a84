"""An administrator corrects an upload that has not started."""

from __future__ import annotations

from dataclasses import dataclass, replace

from curator_core.domain.ids import ImageId, UploadId
from curator_core.domain.upload import Upload
from curator_core.domain.user import Actor
from curator_core.ports.uploads import KeyTaken
from curator_core.ports.work import Begin
from curator_core.use_cases.items import Item, checked, refusal_of_the_whole
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.scheduling import News
from curator_core.use_cases.states import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is to be different; what is None stays as it was. `label` is the first caption, as
    language and text, or nothing where there is to be none; further ones stay."""

    filename: str | None = None
    wikitext: str | None = None
    label: tuple[str, str] | tuple[()] | None = None
    copyright_override: bool | None = None
    collection: str | None = None
    image_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The upload as it is now."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchUpload:
    """There is no upload of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Work on it has begun, or it has ended: nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotBeSo:
    """What was asked for cannot be uploaded; `reason` is a sentence."""

    reason: str


CorrectionOutcome = Corrected | NoSuchUpload | Started | CannotBeSo | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectUpload:
    """- Only an administrator does this, and only before anybody has taken the upload on.
    - What was corrected is held to what holds for new uploads.
    - Whoever takes it on at the same moment takes the old one or the new one, never a mixture.
    - Two corrections of different fields at the same moment both hold.
    """

    begin: Begin
    news: News

    def __call__(
        self, actor: Actor, upload_id: UploadId, correction: Correction
    ) -> CorrectionOutcome:
        """Raises `ServiceDown`."""
        if not actor.administers:
            return Refused(reason="Only an administrator corrects uploads.")
        with self.begin() as work:
            upload = work.uploads.get(upload_id)
            if upload is None:
                return NoSuchUpload()
            asked = _asked(upload, correction)
            if isinstance(asked, CannotBeSo):
                return asked
            try:
                corrected = work.uploads.correct(upload, asked)
            except KeyTaken:
                return CannotBeSo(reason=f"The batch holds a picture {asked.image_id} already.")
        if corrected is None:
            return Started()
        self.news.tell([state_of(corrected)])
        return Corrected(upload=corrected)


def _asked(upload: Upload, correction: Correction) -> Upload | CannotBeSo:
    """The upload as it is to be."""
    captions = tuple((each.language, each.text) for each in upload.captions)
    if correction.label is not None:
        first = (correction.label,) if correction.label else ()
        taken = {language for language, _ in first}
        captions = (*first, *(each for each in captions[1:] if each[0] not in taken))
    item = Item(
        id=_or(correction.image_id, upload.image_id),
        collection=_or(correction.collection, upload.collection),
        title=_or(correction.filename, upload.filename),
        wikitext=_or(correction.wikitext, upload.wikitext),
        captions=captions,
        copyright_override=upload.copyright_override
        if correction.copyright_override is None
        else correction.copyright_override,
    )
    reason = refusal_of_the_whole([item])
    if reason is not None:
        return CannotBeSo(reason=reason)
    [new] = checked([item], upload.user_id, upload.handler)
    if new.failure is not None:
        return CannotBeSo(reason=new.failure.message)
    return replace(
        upload,
        image_id=ImageId(new.image_id),
        collection=new.collection,
        filename=new.filename,
        wikitext=new.wikitext,
        captions=new.captions,
        copyright_override=new.copyright_override,
    )


def _or(asked: str | None, before: str) -> str:
    return before if asked is None else asked
