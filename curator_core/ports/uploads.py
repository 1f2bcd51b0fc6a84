"""Uploads as they are kept: added, claimed, written, handed out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from curator_core.domain.ids import BatchId, ImageId, LeaseToken, SliceId, UploadId, UserId
from curator_core.domain.upload import NewUpload, Stop, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSlice:
    """A slice that was accepted before; `digest` is of its content."""

    digest: str
    uploads: tuple[Upload, ...]


class Uploads(Protocol):
    """All uploads. Times are compared by the database's clock, never by the caller's."""

    def add(
        self,
        batch_id: BatchId,
        slice_id: SliceId | None,
        digest: str,
        uploads: Sequence[NewUpload],
        lead: timedelta,
    ) -> tuple[Upload, ...]:
        """Stores them in order: those with a failure as failed, the rest queued.

        Queued ones get `publish_at` (now and `wait`; none where there is no wait) and `not_before`
        (`lead` earlier, not before now). A bounded number of statements, however many uploads. The
        slice is kept with them, so that `known_slice` finds it; the batch's `updated_at` moves. A
        second slice of the same id at the same time waits for the first and raises `SliceExists`.

        An upload whose image id the batch holds already is left out, even where another slice
        brought it a moment ago: what is answered is what was stored. Raises `Unstorable`, and
        stores nothing, where a text is longer than the database keeps, and `LookupError` where
        there is no such batch.
        """
        ...

    def known_slice(self, batch_id: BatchId, slice_id: SliceId) -> KnownSlice | None:
        """What was accepted under this slice's id, uploads in the order they were sent."""
        ...

    def image_ids(self, batch_id: BatchId, among: Collection[ImageId]) -> frozenset[ImageId]:
        """Those of `among`, a slice's at most, that the batch holds already."""
        ...

    def get(self, upload_id: UploadId) -> Upload | None: ...

    def correct(self, before: Upload, after: Upload) -> Upload | None:
        """Writes those of image id, collection, file name, text, captions and copyright flag in
        which `after` differs from `before`, the same upload as it was read: what somebody else
        corrected since then stays. None, and nothing changes, where it is at work, has ended, left
        something of it behind (a checkpoint, a count of attempts) or was asked to stop. Answers it
        as it is stored now. Raises `KeyTaken` where the batch holds the image id already, and
        `Unstorable`; neither changes anything."""
        ...

    def now(self) -> datetime:
        """The time by the database's clock."""
        ...

    def claim(
        self, upload_id: UploadId, token: LeaseToken, lease: timedelta, user_concurrency: int
    ) -> Upload | None:
        """Takes a due, queued upload on, in one atomic statement; None where that cannot be.

        Due means: `not_before` is past. It cannot be either while the user has
        `user_concurrency` others in progress under live leases, while its batch is paused (unless
        it was asked to stop), or while a closed gate bars it.
        """
        ...

    def renew(self, upload_id: UploadId, token: LeaseToken, lease: timedelta) -> bool:
        """Extends the lease to `lease` from now; False where it is no longer ours.

        A lease that ran out but that nobody took is still ours. Publishing rights held under
        it are extended with it.
        """
        ...

    def stop_asked(self, upload_id: UploadId) -> Stop | None:
        """The ending that was asked for, or None. Inside a unit of work that has written the
        upload nobody can ask any more until it ends."""
        ...

    def keep(self, upload: Upload, under: LeaseToken) -> Upload:
        """Writes an upload's state, times, checkpoint, outcome and token, fenced; not the ending
        that somebody asked for meanwhile, which stays (on a finished upload it is void).

        Raises `LeaseLost`, and writes nothing, unless the stored upload is in progress under
        this lease. An upload that stays in progress keeps the stored lease, which a heartbeat
        may have extended since `upload` was read. An upload that is requeued or finished frees
        its publishing rights too. Answers the upload as it is stored now.
        """
        ...

    def requeue_after(self, upload: Upload, under: LeaseToken, delay: timedelta) -> Upload:
        """Like `keep` for an upload that was requeued, with `not_before` set to now and `delay`
        by the database's clock."""
        ...

    def take_due(
        self, limit: int, user_concurrency: int, resend: timedelta
    ) -> tuple[UploadId, ...]:
        """Up to `limit` due, queued uploads that need a message, each marked as sent.

        Marked ones are not taken again for `resend`. Any number of callers at once never take
        the same one. Users take turns: everybody's first comes before anybody's second, and no
        user gets more than `user_concurrency` minus those of theirs in progress or sent.
        Paused batches give none, nor does what waits behind a closed gate.
        """
        ...

    def forget_messages(self) -> None:
        """No message is on its way any more: what is due is taken again at once. In one statement;
        what was on its way all the same finds nothing to claim."""
        ...

    def note_messages(self, sent: Sequence[tuple[UploadId, str]]) -> None:
        """Keeps the ids of messages for operators; nothing depends on them."""
        ...

    def rescue(self, limit: int) -> tuple[Upload, ...]:
        """Puts up to `limit` uploads whose lease ran out back to the queue, due at once.

        Their publishing rights are freed. Answers them as they are now.
        """
        ...

    def take_over(self, copy_id: UploadId) -> Upload | None:
        """Lets a copy go on from the upload that it retries: moves the stash to it where
        `Upload.may_leave_stash_to` allows that, or notes what was published, as
        `Upload.begin_at_statements` says. None, and nothing changes, where there is neither.

        One statement moves a stash, and copies that ask at once come one after another: one of
        them gets it. Answers the copy as it is stored now. Asked in the unit of work that adds the
        copy, so that nobody has begun it. This is all that ever changes a finished upload.
        """
        ...

    def reschedule(
        self, user_id: UserId, start: timedelta, interval: timedelta, lead: timedelta
    ) -> timedelta | None:
        """New slots for all queued, paced uploads of the user's batches that are not paused, in the
        order of their present ones: the first `start` from now, the others `interval` apart.

        `not_before` becomes `lead` earlier, not before now; what waits for something beyond its
        present slot goes on waiting for that. Answers the wait until the slot after the last, or
        None where the user has nothing queued. One short statement, however many uploads.
        """
        ...


class KeyTaken(Exception):
    """The batch holds another upload of this image id."""


class SliceExists(Exception):
    """A slice with this id was stored a moment ago by somebody else: read it with
    `known_slice`."""


class Unstorable(ValueError):
    """A text that the database would cut or refuse; its own text is a sentence."""


MAX_CHARACTERS = 255
"""What ids, names of sources and collections, and file names may have (SPEC §11)."""

MAX_WIKITEXT_BYTES = 65_535
"""What a page's text may have, in UTF-8: MariaDB's `text`."""


_CORRECTABLE = (
    "image_id",
    "collection",
    "filename",
    "wikitext",
    "captions",
    "copyright_override",
)


def corrections(stored: Upload, before: Upload, after: Upload) -> Upload:
    """`stored` with what `Uploads.correct` writes in it."""
    different: dict[str, Any] = {
        name: getattr(after, name)
        for name in _CORRECTABLE
        if getattr(after, name) != getattr(before, name)
    }
    return replace(stored, **different)


def refuse_unstorable(upload: NewUpload | Upload) -> None:
    """Raises `Unstorable` unless every text fits its column; each `Uploads.add` begins so."""
    texts = {
        "A picture's id": upload.image_id,
        "A source's name": upload.handler,
        "A collection's name": upload.collection,
        "A file name": upload.filename,
    }
    for what, text in texts.items():
        if len(text) > MAX_CHARACTERS:
            raise Unstorable(f"{what} has at most {MAX_CHARACTERS} characters, not {len(text)}.")
    try:
        size = len(upload.wikitext.encode())
        for text in texts.values():
            text.encode()
    except UnicodeEncodeError:
        raise Unstorable("A text holds half a character.") from None
    if size > MAX_WIKITEXT_BYTES:
        raise Unstorable(f"A page's text has at most {MAX_WIKITEXT_BYTES} bytes, not {size}.")
