"""Everything that a wiki remembers while the sandbox runs."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from curator_cli.sandbox.settings import Account, SandboxSettings
from curator_cli.sandbox.wiki.blobs import BlobStore
from curator_cli.sandbox.wiki.clock import now
from curator_cli.sandbox.wiki.jobs import Jobs
from curator_cli.sandbox.wiki.limits import RateLimits
from curator_cli.sandbox.wiki.pages import Addresses, Entity, FileVersion, Page, Revision
from curator_cli.sandbox.wiki.stash import Stash
from curator_cli.sandbox.wiki.titles import Title


@dataclass(slots=True)
class Switches:
    """What `/sandbox/settings` turns on and off.

    `protected` are titles with their prefix; `lag` is in seconds; `read_only` is the reason, empty
    where writing is allowed; `job_seconds` is how long a job of the wiki takes.
    """

    lag: float = 0.0
    read_only: str = ""
    uploads_enabled: bool = True
    blocked: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    token_salt: int = 0
    job_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class DeletedFile:
    """A file that an administrator removed."""

    title: Title
    sha1: str


class Wiki:
    """The state of the wiki. Only the event loop's thread may call its methods."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.accounts = {account.name: account for account in settings.accounts}
        self.addresses = Addresses(settings.base_url)
        self.blobs = BlobStore(settings.data_dir / "sandbox-bytes")
        self.stash = Stash(settings.stash_life)
        self.limits = RateLimits(settings.uploads_per_minute)
        self.jobs = Jobs()
        self.switches = Switches(job_seconds=settings.job_seconds)
        self.deleted: list[DeletedFile] = []
        self.doubted: set[tuple[int, str]] = set()
        self._pages: dict[str, Page] = {}
        self._pages_by_id: dict[int, Page] = {}
        self._files_by_sha1: dict[str, list[Page]] = {}
        self._archived: set[str] = set()
        self._page_ids = count(5)
        self._revision_ids = count(101)

    # Reading

    def page(self, title: Title) -> Page | None:
        return self._pages.get(title.full)

    def page_by_id(self, page_id: int) -> Page | None:
        return self._pages_by_id.get(page_id)

    def files(self) -> list[Page]:
        """All pages that hold a file, oldest first."""
        return [page for page in self._pages_by_id.values() if page.versions]

    def pages(self) -> list[Page]:
        """All pages, oldest first."""
        return list(self._pages_by_id.values())

    def files_with(self, sha1: str) -> list[Page]:
        """Files whose current version has these bytes, oldest first."""
        return [
            page
            for page in self._files_by_sha1.get(sha1, [])
            if page.file and page.file.blob.sha1 == sha1
        ]

    def files_starting_with(self, prefix: str) -> list[Page]:
        """Files whose name, with spaces, begins with `prefix`."""
        return [page for page in self.files() if page.title.text.startswith(prefix)]

    def archive_name_is_taken(self, name: str) -> bool:
        return name in self._archived

    # Writing

    def add_file_version(self, title: Title, version: FileVersion, text: str) -> Page:
        """Makes `version` the current one of `title`; the page keeps the text it has."""
        page = self.page(title)
        if page is None or not page.revisions:
            page = self.save(title, text, version.user, version.comment)
        else:
            self.save(title, page.latest.text, version.user, version.comment)
        page.versions.append(version)
        self._files_by_sha1.setdefault(version.blob.sha1, []).append(page)
        return page

    def archive_current(self, page: Page, name: str, version: FileVersion) -> None:
        """Puts the current version of a file away under `name`."""
        page.versions[-1] = version
        self._archived.add(name)

    def save(
        self,
        title: Title,
        text: str,
        user: str,
        comment: str,
        *,
        entity: Entity | None = None,
        moment: datetime | None = None,
    ) -> Page:
        """Adds a revision to the page, which is made where it is missing."""
        page = self.page(title)
        if page is None:
            page = Page(id=next(self._page_ids), title=title)
            self._pages[title.full] = self._pages_by_id[page.id] = page
        before = page.revisions[-1] if page.revisions else None
        page.revisions.append(
            Revision(
                id=next(self._revision_ids),
                parent_id=before.id if before else 0,
                timestamp=moment or now(),
                user=user,
                comment=comment,
                text=text,
                entity=entity or (before.entity if before else None),
            )
        )
        return page

    def delete(self, title: Title) -> bool:
        """Removes a page with its file; the wiki remembers that it was there."""
        page = self._pages.pop(title.full, None)
        if page is None:
            return False
        del self._pages_by_id[page.id]
        for version in page.versions:
            pages = self._files_by_sha1.get(version.blob.sha1, [])
            self._files_by_sha1[version.blob.sha1] = [one for one in pages if one is not page]
            self.deleted.append(DeletedFile(title, version.blob.sha1))
        return True

    def block_of(self, user: Account) -> dict[str, Any] | None:
        """The block of a user, as errors carry it (capture blocked-upload)."""
        if user.name not in self.switches.blocked:
            return None
        return {
            "blockid": 2,
            "blockedby": "Sandbox admin",
            "blockedbyid": 1,
            "blockreason": "sandbox block",
            "blockpartial": False,
            "blocknocreate": True,
            "blockanononly": False,
            "blockemail": False,
            "blockowntalk": True,
        }
