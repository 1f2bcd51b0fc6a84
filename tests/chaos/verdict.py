"""What a run proves: promises, database and wiki compared with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from curator_core.domain.fault import FaultKind
from curator_core.domain.upload import DUPLICATES, UploadStatus
from tests.chaos.contributors import Wish
from tests.chaos.ledger import Row

_PHOTO_ID = "P1947"


class Breach(StrEnum):
    """Which promise was broken."""

    LOST = "lost"
    TWICE = "published twice"
    WRONG = "not as it should be"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken promise, with what is needed to look into it."""

    breach: Breach
    what: str
    upload_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnWiki:
    """A file of the wiki; `title` without its namespace, `versions` as SHA-1 and uploader."""

    title: str
    url: str
    versions: tuple[tuple[str, str], ...]
    statements: Mapping[str, Sequence[Any]]
    captions: Mapping[str, str]

    @classmethod
    def told(cls, file: Mapping[str, Any]) -> OnWiki:
        """As `/sandbox/files` tells it."""
        return cls(
            title=file["title"].removeprefix("File:"),
            url=file["page_url"],
            versions=tuple((each["sha1"], each["user"]) for each in file["revisions"]),
            # Wikibase gives an empty list where there are none.
            statements=file["statements"] or {},
            captions=file["captions"],
        )


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is known when everything has settled; `cancelled` are the batches that their
    users cancelled, `miscounted` those whose counters are not what they hold, `seen` the statuses
    by batch and image id that users saw at the end."""

    wishes: Sequence[Wish]
    rows: Sequence[Row]
    files: Sequence[OnWiki]
    cancelled: frozenset[int] = frozenset()
    miscounted: Sequence[int] = ()
    seen: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def by_wish(self) -> Mapping[tuple[int, str], Sequence[Row]]:
        """Rows by batch and image id."""
        found = defaultdict(list)
        for row in self.rows:
            found[row.batch_id, row.image_id].append(row)
        return found

    @cached_property
    def by_title(self) -> Mapping[str, Sequence[Row]]:
        """Rows by the title they are for."""
        found = defaultdict(list)
        for row in self.rows:
            found[row.title].append(row)
        return found

    @cached_property
    def file(self) -> Mapping[str, OnWiki]:
        """Files by title."""
        return {file.title: file for file in self.files}

    @cached_property
    def sha1(self) -> Mapping[str, str]:
        """The source's SHA-1 by image id."""
        return {wish.image_id: wish.sha1 for wish in self.wishes}


PASSES = frozenset(
    {
        FaultKind.BAD_TOKEN,
        FaultKind.NONCE_USED,
        FaultKind.STORAGE,
        FaultKind.PUBLISH_CONFLICT,
        FaultKind.STASH_GONE,
        FaultKind.STASH_TROUBLE,
        FaultKind.EDIT_CONFLICT,
        FaultKind.HASH_LOCKED,
    }
)
"""What may fail an upload by chance, after all the attempts that the table of SPEC §3 allows."""

POISON = "poison"
"""An upload whose worker was struck each time it was taken on (SPEC §5)."""


def judged(evidence: Evidence) -> list[Violation]:
    """Every broken promise."""
    return [
        *_promises(evidence),
        *_endings(evidence),
        *_published(evidence),
        *_failed(evidence),
        *_duplicates(evidence),
        *_only_once(evidence),
        *_nobody_elses(evidence),
        *_seen(evidence),
        *(_wrong(f"batch {each} does not count its uploads right") for each in evidence.miscounted),
    ]


def failures(rows: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """The class of each failure."""
    for row in rows:
        if row.status == UploadStatus.FAILED:
            yield str(row.error.get("code") or "no class"), row


def _promises(evidence: Evidence) -> Iterator[Violation]:
    """What was acknowledged is there, once."""
    for wish in evidence.wishes:
        name = f"{wish.title} in batch {wish.batch_id}"
        rows = evidence.by_wish.get((wish.batch_id, wish.image_id), ())
        if wish.status != UploadStatus.QUEUED:
            yield _wrong(f"{name} was acknowledged as {wish.status}", *rows)
        if not rows:
            yield Violation(
                breach=Breach.LOST, what=f"{name} was acknowledged and is not in the database"
            )
        if len(rows) > 1:
            yield _wrong(f"{name} is there {len(rows)} times", *rows)
        for row in rows:
            if (row.title, row.username) != (wish.title, wish.username):
                yield _wrong(f"{name} of {wish.username} is {row.title} of {row.username}", row)


def _endings(evidence: Evidence) -> Iterator[Violation]:
    """All is done, and what is done keeps nothing that it needs no more."""
    for row in evidence.rows:
        if not row.is_final:
            yield Violation(
                breach=Breach.LOST,
                what=f"{row.title} is {row.status} after {row.attempts} attempts",
                upload_ids=(row.id,),
            )
        elif row.holds:
            yield _wrong(f"{row.title} is {row.status} and keeps {', '.join(row.holds)}", row)
        if row.status == UploadStatus.CANCELLED and row.batch_id not in evidence.cancelled:
            yield _wrong(f"{row.title} is cancelled, and nobody asked for it", row)


def _published(evidence: Evidence) -> Iterator[Violation]:
    """What is completed is on the wiki: these bytes, this user, its statements once."""
    for row in evidence.rows:
        if row.status != UploadStatus.COMPLETED:
            continue
        file = evidence.file.get(row.title)
        if file is None:
            yield _wrong(f"{row.title} is completed, and not on the wiki", row)
            continue
        yield from (_wrong(f"{row.title} {what}", row) for what in _amiss(evidence, row, file))


def _amiss(evidence: Evidence, row: Row, file: OnWiki) -> Iterator[str]:
    for sha1, uploader in file.versions:
        if sha1 != evidence.sha1.get(row.image_id):
            yield f"holds the SHA-1 {sha1}, not {evidence.sha1.get(row.image_id)}"
        if uploader != row.username:
            yield f"was uploaded by {uploader}, not by {row.username}"
    if row.success != file.url:
        yield f"is said to be at {row.success}, not at {file.url}"
    if _photo_ids(file) != [row.image_id]:
        yield f"is described as the photographs {_photo_ids(file)}"
    if not file.captions:
        yield "has no caption"
    doubled = [name for name, values in file.statements.items() if len(values) != 1]
    if doubled:
        yield f"has other than one statement of {', '.join(doubled)}"


def _failed(evidence: Evidence) -> Iterator[Violation]:
    """Nobody fails but for what SPEC lets fail; what is published is not called anything else."""
    for code, row in failures(evidence.rows):
        if code not in PASSES and code != POISON:
            yield _wrong(f"{row.title} failed for {code}: {row.error.get('message')}", row)
    for row in evidence.rows:
        unpublished = row.status in (UploadStatus.FAILED, UploadStatus.CANCELLED)
        if unpublished and _is_alone_on_wiki(evidence, row) and not _says_so(row):
            yield _wrong(f"{row.title} is {row.status}, and on the wiki", row)


def _says_so(row: Row) -> bool:
    return row.success is not None or "may have been published" in str(row.error.get("message"))


def _is_alone_on_wiki(evidence: Evidence, row: Row) -> bool:
    others = [each for each in evidence.by_title[row.title] if each is not row]
    return row.title in evidence.file and not any(
        each.status == UploadStatus.COMPLETED for each in others
    )


def _duplicates(evidence: Evidence) -> Iterator[Violation]:
    """A duplicate's bytes are there under another's title, or were before a retry began."""
    titles = defaultdict(set)
    for file in evidence.files:
        for sha1, _ in file.versions:
            titles[sha1].add(file.title)
    for row in evidence.rows:
        if UploadStatus(row.status) not in DUPLICATES:
            continue
        holders = titles[evidence.sha1.get(row.image_id, "")]
        if not holders:
            yield _wrong(f"{row.title} is {row.status}, and its bytes are nowhere", row)
        elif row.title in holders and row.retry_of is None:
            yield _wrong(f"{row.title} is {row.status}, of nothing but itself", row)


def _only_once(evidence: Evidence) -> Iterator[Violation]:
    """No second version, no second title with the same bytes."""
    titles = defaultdict(list)
    for file in evidence.files:
        ids = tuple(row.id for row in evidence.by_title.get(file.title, ()))
        if len(file.versions) != 1:
            what = f"{file.title} has {len(file.versions)} versions"
            yield Violation(breach=Breach.TWICE, what=what, upload_ids=ids)
        for sha1 in {sha1 for sha1, _ in file.versions}:
            titles[sha1].append(file.title)
    for sha1, holders in titles.items():
        if len(holders) > 1:
            found = [row.id for title in holders for row in evidence.by_title.get(title, ())]
            what = f"{sha1} is at {', '.join(holders)}"
            yield Violation(breach=Breach.TWICE, what=what, upload_ids=tuple(found))


def _nobody_elses(evidence: Evidence) -> Iterator[Violation]:
    """Nothing is on the wiki for which nobody asked."""
    for file in evidence.files:
        if file.title not in evidence.by_title:
            yield _wrong(f"{file.title} is on the wiki, and nobody asked for it")


def _seen(evidence: Evidence) -> Iterator[Violation]:
    """Users see what the database holds."""
    stored: dict[int, dict[str, str]] = defaultdict(dict)
    for row in evidence.rows:
        stored[row.batch_id][row.image_id] = row.status
    for batch_id, states in evidence.seen.items():
        if dict(states) != stored[batch_id]:
            differing = stored[batch_id].items() ^ states.items()
            yield _wrong(f"batch {batch_id} is shown otherwise than stored: {sorted(differing)}")


def _photo_ids(file: OnWiki) -> list[str]:
    return [
        statement["mainsnak"]["datavalue"]["value"]
        for statement in file.statements.get(_PHOTO_ID, [])
    ]


def _wrong(what: str, *rows: Row) -> Violation:
    return Violation(breach=Breach.WRONG, what=what, upload_ids=tuple(row.id for row in rows))
