"""Somebody asks what happened to an upload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.history import Event, EventKind, ended
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Upload
from curator_core.ports.work import Begin

_OF_AN_ATTEMPT = frozenset({EventKind.STEP, EventKind.FAULT, EventKind.WAIT, EventKind.RESCUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event, and in which attempt it was: of those that are still told they count from 1, 0 is
    before the first."""

    attempt: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowHistory:
    """- Anybody may ask.
    - What the upload itself tells need not have been noted: when it was accepted, and how it
      ended.
    """

    begin: Begin

    def __call__(self, upload_id: UploadId) -> tuple[Told, ...] | None:
        """The oldest first; None where there is no such upload. Raises `ServiceDown`."""
        with self.begin() as work:
            upload = work.uploads.get(upload_id)
            # Where nobody learned that it was stored it was stored again.
            noted = tuple(dict.fromkeys(work.history.of(upload_id)))
        if upload is None:
            return None
        return tuple(_numbered([_accepted(upload), *noted, *_ending(upload, noted)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimHistory:
    """- Events are kept for `days`, and dropped a few at a time."""

    begin: Begin
    days: int
    at_once: int = 2000

    def __call__(self) -> int:
        """How many were dropped. Raises `ServiceDown`."""
        with self.begin() as work:
            return work.history.trim(timedelta(days=self.days), self.at_once)


def _accepted(upload: Upload) -> Event:
    retried = f", as a retry of upload {upload.retry_of}" if upload.retry_of is not None else ""
    return Event(at=upload.created_at, kind=EventKind.ACCEPTED, what=f"Accepted{retried}.")


def _ending(upload: Upload, noted: Sequence[Event]) -> Iterator[Event]:
    """Whoever ends many at once notes nothing for each."""
    if upload.status.is_final and not any(each.kind is EventKind.ENDED for each in noted):
        yield ended(upload)


def _numbered(events: Sequence[Event]) -> Iterator[Told]:
    attempt, is_under_way = 0, False
    for event in events:
        if event.kind is EventKind.ATTEMPT or (event.kind in _OF_AN_ATTEMPT and not is_under_way):
            # Where it is not told how the attempt began, that was lost with its worker.
            attempt, is_under_way = attempt + 1, True
        if event.kind in (EventKind.WAIT, EventKind.RESCUED):
            is_under_way = False
        yield Told(attempt=attempt, event=event)
