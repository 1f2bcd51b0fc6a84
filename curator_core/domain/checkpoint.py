"""What an upload has behind it: where a later attempt goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from curator_core.domain.ids import FileKey, Sha1


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a later attempt can go on from.

    `offset` counts the bytes that the wiki's stash holds under `file_key`; `assembled` says that
    the key is of the whole file. `publish_begun` is a time of the *wiki's* clock at which the
    wiki did not hold our file yet: whatever carries our bytes since then may be ours.
    `publish_sent` is when the last publish request was made, by the database's clock. `requeues`
    counts the delays used up, by their class.
    """

    sha1: Sha1 | None = None
    size: int | None = None
    file_key: FileKey | None = None
    offset: int = 0
    assembled: bool = False
    publish_begun: datetime | None = None
    publish_sent: datetime | None = None
    published_title: str | None = None
    published_url: str | None = None
    requeues: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.offset < 0 or (self.size is not None and self.offset > self.size):
            raise ValueError("an offset lies within the file")
        if self.assembled and (self.file_key is None or self.sha1 is None):
            raise ValueError("an assembled stash has a key and a known SHA-1")

    def downloaded(self, sha1: Sha1, size: int) -> Checkpoint:
        """After a download; other bytes than before mean that the stash is of no use."""
        if (self.sha1, self.size) == (sha1, size):
            return self
        return replace(self.without_stash(), sha1=sha1, size=size)

    def stashed(self, key: FileKey, offset: int, *, assembled: bool) -> Checkpoint:
        """After a chunk."""
        return replace(self, file_key=key, offset=offset, assembled=assembled)

    def without_stash(self) -> Checkpoint:
        """When the wiki has lost the stash: the file begins again."""
        return replace(self, file_key=None, offset=0, assembled=False)

    @property
    def stash(self) -> Checkpoint:
        """What it says of the stash, and nothing more."""
        return Checkpoint(
            sha1=self.sha1,
            size=self.size,
            file_key=self.file_key,
            offset=self.offset,
            assembled=self.assembled,
        )

    @property
    def publication(self) -> Checkpoint:
        """What it says of the published file, and nothing more."""
        return Checkpoint(
            sha1=self.sha1,
            size=self.size,
            published_title=self.published_title,
            published_url=self.published_url,
        )

    @property
    def publish_was_begun(self) -> bool:
        """Whether the wiki may hold our file, or is known to: the point of no return is past."""
        return self.publish_begun is not None or self.published_title is not None

    def publishing(self, wiki_time: datetime, now: datetime) -> Checkpoint:
        """Right before a publish request; later ones keep the time when the first one began."""
        return replace(self, publish_begun=self.publish_begun or wiki_time, publish_sent=now)

    def not_publishing(self, before: Checkpoint) -> Checkpoint:
        """Where the request that was made since `before` came to nothing."""
        return replace(self, publish_begun=before.publish_begun, publish_sent=before.publish_sent)

    def published(self, title: str, url: str) -> Checkpoint:
        """Once the wiki is known to hold our file."""
        return replace(self, published_title=title, published_url=url)

    def is_further_than(self, other: Checkpoint) -> bool:
        """Whether something is done that was not done in `other`. What only changed does not
        count: other bytes at the source, a stash that was lost, a delay used up."""
        return self._milestones > other._milestones

    @property
    def _milestones(self) -> tuple[bool, bool, bool, int, bool]:
        return (
            self.published_title is not None,
            self.publish_begun is not None,
            self.assembled,
            self.offset,
            self.sha1 is not None,
        )

    def requeued(self, requeue_class: str) -> Checkpoint:
        """After one more delay of this class."""
        counts = dict(self.requeues)
        counts[requeue_class] = counts.get(requeue_class, 0) + 1
        return replace(self, requeues=tuple(sorted(counts.items())))

    def requeue_count(self, requeue_class: str) -> int:
        """How many delays of this class were used up."""
        return dict(self.requeues).get(requeue_class, 0)
