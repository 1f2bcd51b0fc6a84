"""What happened to an upload, as a story that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.clockwork import utc
from curator_core.domain.upload import Upload

MAX_WORDS = 300
"""Characters of an event's sentence; the rest is cut."""

MAX_CODE = 100


class EventKind(StrEnum):
    """What an event tells of."""

    ACCEPTED = "accepted"
    ATTEMPT = "attempt"
    STEP = "step"
    FAULT = "fault"
    WAIT = "wait"
    STOP_ASKED = "stop_asked"
    RESCUED = "rescued"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`what` is a sentence, cut where it is too long; `step` and `code` are of a fault, the wiki's
    or source's own code or else our kind; `until` is when a wait ends, or a fault's next try
    comes. Times are those of whoever noted it."""

    at: datetime
    kind: EventKind
    what: str
    step: str | None = None
    code: str | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        utc(self.at)
        object.__setattr__(self, "what", _cut(self.what, MAX_WORDS))
        if self.code is not None:
            object.__setattr__(self, "code", _cut(self.code, MAX_CODE))


def _cut(text: str, most: int) -> str:
    # Nobody knows what others say: no database keeps half a character.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= most else f"{text[: most - 1]}…"


def ended(upload: Upload) -> Event:
    """How a finished upload ended."""
    failure = upload.failure
    told = f"Ended: {upload.status.value.replace('_', ' ')}."
    return Event(
        at=upload.updated_at,
        kind=EventKind.ENDED,
        what=f"{told} {failure.message}" if failure else told,
        code=(failure.raw_code or failure.code or None) if failure else None,
    )


def steps_between(before: Checkpoint, after: Checkpoint) -> Iterator[str]:
    """What was done between two checkpoints of an upload, in sentences."""
    if after.sha1 and after.sha1 != before.sha1:
        yield f"Downloaded {after.size} bytes from the source."
    if before.file_key and not after.file_key and not after.published_title:
        yield "What had been sent to the wiki was given up."
    if after.assembled and not before.assembled:
        yield "The wiki holds the whole file in its stash."
    if after.publish_begun and after.publish_begun != before.publish_begun:
        yield "Publishing began."
    if after.published_title and after.published_title != before.published_title:
        yield f"Published as {after.published_title}."
