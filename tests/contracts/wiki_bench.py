"""A wiki on the bench: one and the same set of levers on the fake, the sandbox and a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.login import Login
from curator_core.ports.publisher import Published
from curator_core.ports.wiki import Wiki, Wikis
from tests.pictures import a_title, on_disk, picture_bytes

PHOTOGRAPHER = "Sandbox photographer"
SECOND = "Second photographer"
BOT = "Sandbox bot"
USER_IDS = {PHOTOGRAPHER: "4", SECOND: "6", BOT: "5"}

UsedUp = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a wiki keeps of a published file."""

    uploader: str
    wikitext: str
    summary: str
    sha1: str


class WikiBench(Protocol):
    """A wiki, and what tests do to it behind the ports' backs.

    `version` is the MediaWiki that it behaves as: where two differ, a test names both. 1.43 is
    what was recorded, 1.39 what Debian has.
    """

    version: tuple[int, int]

    @property
    def wikis(self) -> Wikis: ...

    @property
    def login(self) -> Login: ...

    def token(self, name: str) -> AccessToken:
        """A new access token of this account."""
        ...

    def session(self, name: str = PHOTOGRAPHER) -> Wiki:
        """A new session of this account."""
        ...

    def allow(self, address: str, name: str) -> str:
        """Says yes to a login; answers the query string that the visitor comes back with."""
        ...

    def revoke(self, name: str) -> None: ...

    def block(self, name: str) -> None: ...

    def make_read_only(self) -> None: ...

    def limit(self, name: str, limits: UsedUp) -> None:
        """Gives the account these limits for these actions (hits and seconds), of which nothing
        is used up yet."""
        ...

    def lag(self) -> None:
        """The wiki's replicas lag until the test ends; it says so to writes."""
        ...

    def expire_write_tokens(self) -> None: ...

    def lose_stash(self) -> None: ...

    def delete(self, title: Title) -> None: ...

    def place(self, title: Title, data: bytes, name: str) -> None:
        """Makes `data` the file under `title`, by this account, whatever speaks against it."""
        ...

    def lose_next_answer(self, action: str) -> None:
        """The next `publish`, `write` or `send` is carried out, but its answer never comes."""
        ...

    def upload(self, title: Title) -> Upload: ...

    def statements(self, title: Title) -> list[Statement]: ...

    def captions(self, title: Title) -> dict[str, str]: ...

    def was_refreshed(self, title: Title) -> bool: ...

    def summary(self, page: str) -> str:
        """What the last edit of this page said it was for."""
        ...

    def requests_made(self) -> int:
        """How many requests the wiki has seen; only differences mean anything."""
        ...


def published(bench: WikiBench, folder: Path, name: str = PHOTOGRAPHER) -> tuple[Title, bytes]:
    """A file of this account on the wiki, and its bytes."""
    title, data = a_title(), picture_bytes()
    wiki, file = bench.session(name), on_disk(folder, data)
    sent = wiki.stash.send(title, file, 0, file.size, None)
    answer = wiki.publisher.publish(title, sent.key, "text", "summary", file.size)
    assert isinstance(answer, Published)
    return title, data
