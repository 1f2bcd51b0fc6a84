"""What a look at the wiki means for our file: is it there, and is it ours?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.ids import Sha1
from curator_core.domain.title import Title
from curator_core.ports.files import Standing, WikiFile
from curator_core.ports.publisher import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """The wiki holds these bytes, from somebody else or from before; the file that matters
    most comes first: the one under our title, else the first that is no redirect."""

    files: tuple[WikiFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTaken:
    """Our title holds other bytes."""

    file: WikiFile


def settled(
    standing: Standing, *, title: Title, sha1: Sha1, username: str, since: datetime | None
) -> Published | Duplicates | NameTaken | None:
    """What `standing` says of bytes that we wanted, or tried, to publish under `title`.

    Ours is a file with our bytes, under our title in whatever spelling, that our user uploaded
    since the publish step began (`since`, by the wiki's clock; None where it never began). Under
    another title it is another upload's, of the same bytes. None: the wiki holds neither the
    bytes nor anything under the title.
    """
    holders = list(standing.same_bytes)
    there = standing.at_title
    if there is not None and there.sha1 == sha1 and there not in holders:
        # The two halves of the answer are read one after the other: believe either.
        holders.insert(0, there)
    holders.sort(key=lambda file: (not title.is_spelled(file.title), file.is_redirect))
    for file in holders:
        if _is_ours(file, title, username, since):
            return Published(
                title=file.title, url=file.url, sha1=file.sha1, size=file.size, found=True
            )
    if holders:
        return Duplicates(files=tuple(holders))
    if there is not None:
        return NameTaken(file=there)
    return None


def _is_ours(file: WikiFile, title: Title, username: str, since: datetime | None) -> bool:
    if since is None or file.uploader != username:
        return False
    # A wiki may have spelled it otherwise, and said so in an answer that was lost.
    if not title.is_spelled(file.title):
        return False
    # The wiki tells times to the second.
    return file.uploaded_at >= since.replace(microsecond=0)
