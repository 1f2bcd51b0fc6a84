"""Pages, their revisions, and the versions of the files that stand on them."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from typing import Any
from urllib.parse import quote

from curator_cli.sandbox.wiki.blobs import Blob
from curator_cli.sandbox.wiki.titles import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """One version of a file, as it was uploaded."""

    blob: Blob
    user: str
    timestamp: datetime
    comment: str
    # Set once a later version took its place: `20261122184544!Name.jpg`.
    archive_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A file's structured data: captions by language, statements by property."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    descriptions: dict[str, dict[str, str]] = field(default_factory=dict)
    statements: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of a page; `entity` is `None` while there is no structured data."""

    id: int
    parent_id: int
    timestamp: datetime
    user: str
    comment: str
    text: str
    entity: Entity | None = None


@dataclass(slots=True, kw_only=True)
class Page:
    """A page and, where it is a file's, the file; newest versions and revisions come last."""

    id: int
    title: Title
    revisions: list[Revision] = field(default_factory=list)
    versions: list[FileVersion] = field(default_factory=list)
    purged: datetime | None = None

    @property
    def latest(self) -> Revision:
        return self.revisions[-1]

    @property
    def file(self) -> FileVersion | None:
        """The current version of the file, if the page is a file's."""
        return self.versions[-1] if self.versions else None

    @property
    def entity_id(self) -> str:
        return f"M{self.id}"

    def revision(self, revision_id: int) -> Revision | None:
        return next((one for one in self.revisions if one.id == revision_id), None)


def storage_path(title: Title) -> str:
    """The hashed path of a file's bytes under `/w/images/`, unescaped: `7/7a/Ok_1.jpg`."""
    digest = md5(title.key.encode(), usedforsecurity=False).hexdigest()
    return f"{digest[0]}/{digest[:2]}/{title.key}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are found on this wiki."""

    base: str

    def image(self, title: Title) -> str:
        return f"{self.base}/w/images/{quote(storage_path(title))}"

    def thumbnail(self, title: Title, width: int) -> str:
        return f"{self.base}/w/images/thumb/{quote(storage_path(title))}/{width}px.jpg"

    def page(self, title: Title) -> str:
        return f"{self.base}/wiki/{title.path}"

    def page_by_id(self, page_id: int) -> str:
        return f"{self.base}/w/index.php?curid={page_id}"

    def stashed(self, key: str) -> str:
        return f"{self.base}/wiki/Special:UploadStash/file/{key}"
