"""What must hold in every run, whatever goes wrong: one sentence and one small function each.

A function answers what it found, or nothing. Those of a change are asked of each upload that was
written (`before` is None for a new one), those of a publication of each version that the wiki got
from us, those of the moment after every call, those of the end once all is quiet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from curator_core.domain.fault import FaultKind
from curator_core.domain.history import EventKind, ended
from curator_core.domain.ids import UploadId, UserId
from curator_core.domain.upload import DUPLICATES, Upload, UploadStatus
from curator_core.domain.user import AccessToken
from tests.simulation.ledger import Publication

if TYPE_CHECKING:
    from tests.simulation.world import World

_PASSES_BY_ITSELF = frozenset(
    {
        FaultKind.UNREACHABLE,
        FaultKind.BUSY,
        FaultKind.READ_ONLY,
        FaultKind.RATE_LIMITED,
        FaultKind.MISCONFIGURED,
        FaultKind.TURN_TAKEN,
        FaultKind.DISK_FULL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """`sentence` is what should have held, `found` what was there instead."""

    name: str
    sentence: str
    found: str

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}\n  found: {self.found}"


# Of a change


def finished_ones_never_change(world: World, before: Upload | None, now: Upload) -> str | None:
    """A finished upload never changes, but for a stash that goes over to its copy."""
    if before is None or not before.status.is_final or before == now:
        return None
    emptied = replace(before, checkpoint=before.checkpoint.without_stash())
    return None if now == emptied else f"{_told(before)} became {_told(now)}"


def finished_ones_keep_no_token(world: World, before: Upload | None, now: Upload) -> str | None:
    """A finished upload keeps no token."""
    return _told(now) if now.status.is_final and now.sealed_token is not None else None


def completed_ones_are_on_the_wiki(world: World, before: Upload | None, now: Upload) -> str | None:
    """A completed upload's file is on the wiki, with the picture's bytes, by its user."""
    if now.status is not UploadStatus.COMPLETED:
        return None
    title = now.checkpoint.published_title or ""
    for version in world.wiki.files.get(title, ()):
        is_theirs = version.uploader == world.name_of(now.user_id)
        if is_theirs and version.data in world.picture_bytes(now.image_id):
            return None
    return f"{_told(now)}, but {title!r} holds {_versions(world, title)}"


def completed_ones_are_described(world: World, before: Upload | None, now: Upload) -> str | None:
    """A completed upload's file has a value for each property of ours, and our captions."""
    if now.status is not UploadStatus.COMPLETED:
        return None
    title = now.checkpoint.published_title or ""
    described = world.wiki.descriptions.get(title)
    if described is None:
        return f"{_told(now)}, but {title!r} has no statements"
    present = {statement.main.property for statement in described.statements}
    lacking = {each.main.property for each in world.statements_of(now)} - present
    lacking |= {caption.language for caption in now.captions} - set(described.captions)
    return f"{_told(now)}, but {title!r} lacks {sorted(lacking)}" if lacking else None


def duplicates_are_somebody_elses(world: World, before: Upload | None, now: Upload) -> str | None:
    """What a duplicate names is on the wiki, has its bytes, and was not published by it."""
    if now.status not in DUPLICATES or now.failure is None:
        return None
    if now.failure.links == ():
        return f"{_told(now)} names no file"
    for link in now.failure.links:
        title = link.title.removeprefix("File:")
        versions = world.wiki.files.get(title, ())
        if not any(version.data in world.picture_bytes(now.image_id) for version in versions):
            return f"{_told(now)}, but {title!r} holds {_versions(world, title)}"
    ours = world.ledger.published_by(now.id)
    return f"{_told(now)}, but it was published by itself as {ours[0].title!r}" if ours else None


def what_passes_fails_nobody(world: World, before: Upload | None, now: Upload) -> str | None:
    """No upload fails for what passes by itself, nor for a surprise."""
    if now.status is not UploadStatus.FAILED or now.failure is None:
        return None
    never = {kind.value for kind in _PASSES_BY_ITSELF} | {FaultKind.UNFORESEEN.value}
    return _told(now) if now.failure.code in never else None


def no_secret_is_told(world: World, before: Upload | None, now: Upload) -> str | None:
    """No failure tells a token."""
    return _told(now) if told_secret(world, f"{now.failure} {now.success}") else None


# Of a publication


def a_file_is_published_once(world: World, publication: Publication) -> str | None:
    """The wiki gets one version under one title for each accepted upload, and no more."""
    if publication.upload_id is None:
        return f"nobody knows whose {publication.title!r} is"
    ours = world.ledger.published_by(publication.upload_id)
    titles = [f"{each.title!r}{' (by a late attempt)' if each.late else ''}" for each in ours]
    return f"upload {publication.upload_id} published {titles}" if len(ours) > 1 else None


def bytes_of_ours_have_one_title(world: World, publication: Publication) -> str | None:
    """The same bytes are not brought to the wiki under two titles, whoever asks for it."""
    holders = world.wiki.titles_with(publication.sha1)
    ours = {each.title for each in world.ledger.publications if each.sha1 == publication.sha1}
    both = sorted(ours.intersection(holders))
    return f"{both}" if len(both) > 1 else None


def everybody_uploads_in_their_own_name(world: World, publication: Publication) -> str | None:
    """A file is published in the name of the upload's user."""
    upload = world.uploads().get(publication.upload_id or UploadId(0))
    if upload is None or world.name_of(upload.user_id) == publication.uploader:
        return None
    return f"{publication.uploader} published {_told(upload)}"


# Of a session


def users_act_by_their_own_tokens(world: World, user_id: UserId, token: AccessToken) -> str | None:
    """A user's uploads are made with that user's token only."""
    owner = world.owners.get(token)
    return None if owner == user_id else f"{user_id} by a token of {owner}"


# Of the moment


def a_lock_has_one_holder(world: World) -> str | None:
    """Whoever holds a lock that did not run out still has it, and nobody else."""
    now = world.redis_clock.now()
    for hold in world.ledger.holds:
        if hold.until > now and world.locks.holder(hold.name) is not hold:
            other = "somebody else" if world.locks.holder(hold.name) else "nobody"
            return f"{hold.name} is held until {hold.until}, but {other} has it"
    return None


def slots_are_given_once(world: World) -> str | None:
    """A user's slots are never given twice."""
    for user_id, given in world.ledger.slots.items():
        for earlier, later in pairwise(given):
            if later[0] < earlier[1]:
                return f"{world.name_of(user_id)}: until {earlier[1]}, then from {later[0]}"
    return None


# Of the end


def nothing_is_lost(world: World) -> str | None:
    """Every accepted picture is in its batch, once."""
    stored = Counter((each.batch_id, each.image_id) for each in world.uploads().values())
    for accepted in sorted(world.ledger.accepted):
        if stored[accepted] != 1:
            return f"picture {accepted[1]} of batch {accepted[0]} is there {stored[accepted]} times"
    return None


def everything_ends(world: World) -> str | None:
    """Once faults have ended, every upload ends."""
    unfinished = [_told(each) for each in world.uploads().values() if not each.status.is_final]
    if world.unanswered:
        unfinished.append(f"{world.unanswered} contributors were never answered")
    return "; ".join(unfinished) or None


def what_failed_is_not_there(world: World) -> str | None:
    """What failed or was cancelled is not on the wiki by this upload, unless it says so."""
    for upload in world.uploads().values():
        if upload.status not in (UploadStatus.FAILED, UploadStatus.CANCELLED) or upload.success:
            continue
        says_so = upload.failure and "may have been published" in upload.failure.message
        ours = world.ledger.published_by(upload.id)
        if ours and not says_so:
            return f"{_told(upload)}, but it was published as {ours[0].title!r}"
    return None


def nothing_is_said_twice(world: World) -> str | None:
    """No file of the wiki has the same statement twice."""
    for title, described in world.wiki.descriptions.items():
        mains = Counter((each.main.property, each.main.value) for each in described.statements)
        doubled = [main for main, times in mains.items() if times > 1]
        if doubled:
            late = " (by a late attempt)" if title in world.ledger.described_late else ""
            return f"{title!r} has twice{late}: {doubled}"
    return None


def every_story_ends_as_its_upload_did(world: World) -> str | None:
    """What is told of an upload ends once, with its ending, and tells no token."""
    for upload in world.uploads().values():
        noted = world.database.committed.history.get(upload.id, ())
        endings = [each.what for each in noted if each.kind is EventKind.ENDED]
        # What is ended while nobody works on it has no ending noted.
        is_told = [each.what for each in noted[-1:]] == endings == [ended(upload).what]
        if endings and not is_told:
            return f"{_told(upload)}, but its story ends with {endings} of {len(noted)} events"
        if told_secret(world, str(noted)):
            return f"the story of upload {upload.id} tells a token"
    return None


def no_log_tells_a_secret(world: World, logs: str) -> str | None:
    """No token stands in a log."""
    return told_secret(world, logs)


OfAChange = Callable[["World", Upload | None, Upload], str | None]
OfAPublication = Callable[["World", Publication], str | None]
OfTheWorld = Callable[["World"], str | None]

OF_A_CHANGE: tuple[OfAChange, ...] = (
    finished_ones_never_change,
    finished_ones_keep_no_token,
    completed_ones_are_on_the_wiki,
    completed_ones_are_described,
    duplicates_are_somebody_elses,
    what_passes_fails_nobody,
    no_secret_is_told,
)
OF_A_PUBLICATION: tuple[OfAPublication, ...] = (
    a_file_is_published_once,
    bytes_of_ours_have_one_title,
    everybody_uploads_in_their_own_name,
)
OF_THE_MOMENT: tuple[OfTheWorld, ...] = (a_lock_has_one_holder, slots_are_given_once)
OF_THE_END: tuple[OfTheWorld, ...] = (
    everything_ends,
    nothing_is_lost,
    what_failed_is_not_there,
    nothing_is_said_twice,
    every_story_ends_as_its_upload_did,
)


def violation(invariant: Callable[..., str | None], found: str) -> Violation:
    """How a broken invariant is told."""
    sentence = " ".join((invariant.__doc__ or "").split())
    return Violation(name=invariant.__name__, sentence=sentence, found=found)


def told_secret(world: World, text: str) -> str | None:
    """The first half of a token that stands in `text`."""
    halves = (half for token in world.owners for half in (token.key, token.secret))
    return next((half for half in halves if half in text), None)


def _told(upload: Upload) -> str:
    why = f" ({upload.failure.code}: {upload.failure.message})" if upload.failure else ""
    return f"upload {upload.id} of {upload.filename!r} is {upload.status}{why}"


def _versions(world: World, title: str) -> list[str]:
    versions = world.wiki.files.get(title, ())
    return [f"{version.sha1[:8]} by {version.uploader}" for version in versions]
