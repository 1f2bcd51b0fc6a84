"""Debian's MediaWiki on the bench: a real wiki over HTTP, by the real adapter."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from curator_adapters.mediawiki.api import Shape
from curator_core.domain.ids import UserId
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.login import Login
from curator_core.ports.wiki import Wiki
from tests.contracts.last_summary import last_summary
from tests.contracts.wiki_bench import PHOTOGRAPHER, USER_IDS, Upload, UsedUp
from tests.pictures import on_disk
from tests.real_wiki import Anything, RealWiki

_KINDS = {"publish": "upload", "send": "upload:stash"}


class _Version(Shape):
    user: str
    comment: str
    sha1: str


class _Slot(Shape):
    content: str


class _Revision(Shape):
    slots: dict[str, _Slot]


class _Page(Shape):
    imageinfo: tuple[_Version, ...]
    revisions: tuple[_Revision, ...]


class _Query(Shape):
    pages: tuple[_Page, ...]


class _Answer(Shape):
    query: _Query


class MediaWikiBench:
    """MediaWiki 1.39, with bot passwords for tokens."""

    version = (1, 39)

    def __init__(self, wiki: RealWiki, folder: Path) -> None:
        wiki.calm()
        self.wiki = wiki
        self.wikis = wiki.wikis()
        self._folder = folder

    @property
    def login(self) -> Login:
        pytest.fail("Debian has no OAuth extension: mark the test `sandbox_only`")

    def token(self, name: str) -> AccessToken:
        return self.wiki.grant(name)

    def session(self, name: str = PHOTOGRAPHER) -> Wiki:
        return self.wikis.session(UserId(USER_IDS[name]), self.token(name))

    def allow(self, address: str, name: str) -> str:
        pytest.fail("Debian has no OAuth extension: mark the test `sandbox_only`")

    def revoke(self, name: str) -> None:
        self.wiki.revoke(name)

    def block(self, name: str) -> None:
        self.wiki.as_admin("block", user=name, expiry="never", autoblock="", reason="test")

    def make_read_only(self) -> None:
        self.wiki.pull(read_only="maintenance")

    def limit(self, name: str, limits: UsedUp) -> None:
        self.wiki.limit({action: {"user": rate} for action, rate in limits.items()})

    def lag(self) -> None:
        self.wiki.pull(lag=7.5)

    def expire_write_tokens(self) -> None:
        self.wiki.pull(token_salt=secrets.token_hex(8))

    def lose_stash(self) -> None:
        self.wiki.lose_stash()

    def delete(self, title: Title) -> None:
        self.wiki.as_admin("delete", title=title.page)

    def place(self, title: Title, data: bytes, name: str) -> None:
        token, file = self.token(name), on_disk(self._folder, data)
        sent = self.wikis.session(UserId("0"), token).stash.send(title, file, 0, file.size, None)
        params = {
            "action": "upload",
            "filename": title.text,
            "filekey": sent.key,
            "ignorewarnings": "1",
        }
        self.wiki.api(token).write(Anything, params)

    def lose_next_answer(self, action: str) -> None:
        self.wiki.pull(lose=_KINDS[action])

    def upload(self, title: Title) -> Upload:
        asked = {
            "action": "query",
            "titles": title.page,
            "prop": "imageinfo|revisions",
            "iiprop": "user|comment|sha1",
            "rvprop": "content",
            "rvslots": "main",
        }
        answer = self.wiki.api(self.token(PHOTOGRAPHER)).read(_Answer, asked)
        page = answer.query.pages[0]
        return Upload(
            uploader=page.imageinfo[0].user,
            wikitext=page.revisions[0].slots["main"].content,
            summary=page.imageinfo[0].comment,
            sha1=page.imageinfo[0].sha1,
        )

    def statements(self, title: Title) -> list[Statement]:
        pytest.fail("Debian has no Wikibase: mark the test `sandbox_only`")

    def captions(self, title: Title) -> dict[str, str]:
        pytest.fail("Debian has no Wikibase: mark the test `sandbox_only`")

    def was_refreshed(self, title: Title) -> bool:
        return self.wiki.was_refreshed(title.page)

    def summary(self, page: str) -> str:
        return last_summary(self.wiki.api(self.token(PHOTOGRAPHER)), page)

    def requests_made(self) -> int:
        return self.wiki.total()
