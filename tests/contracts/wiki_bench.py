"""A wiki on the bench: one and the same set of levers on the fake and on the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.session import OAuth, Timeouts, UserSession
from curator_adapters.mediawiki.wikibase_json import statement_of
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.login import Login
from curator_core.ports.publisher import Published
from curator_core.ports.wiki import Wiki, Wikis
from tests.fakes.clock import FakeClock
from tests.fakes.login import FakeLogin
from tests.fakes.wiki import FakeWiki, FakeWikis, fault
from tests.fakes.wiki_limits import FakeBudgets
from tests.pictures import a_title, on_disk, picture_bytes
from tests.sandbox import USER_AGENT, Sandbox

PHOTOGRAPHER = "Sandbox photographer"
SECOND = "Second photographer"
BOT = "Sandbox bot"
_USER_IDS = {PHOTOGRAPHER: "4", SECOND: "6", BOT: "5"}

UsedUp = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What a wiki keeps of a published file."""

    uploader: str
    wikitext: str
    summary: str
    sha1: str


class WikiBench(Protocol):
    """A wiki, and what tests do to it behind the ports' backs."""

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

    def requests_made(self) -> int:
        """How many requests the wiki has seen; only differences mean anything."""
        ...


class FakeBench:
    """The fake wiki with the sandbox's accounts and blacklist."""

    def __init__(self) -> None:
        self.wiki = FakeWiki(FakeClock())
        self.wiki.blacklist.append(
            ("BLACKLISTEDWORD", 'It matches ".*BLACKLISTEDWORD.* <casesensitive>"')
        )
        for name, user_id in _USER_IDS.items():
            account = self.wiki.add_account(name)
            account.user_id = UserId(user_id)
            if name != BOT:
                self.limit(name, {"upload": (60, 60), "edit": (120, 60)})
        self.wikis = FakeWikis(self.wiki)
        self.login = FakeLogin(self.wiki)

    def token(self, name: str) -> AccessToken:
        return self.wiki.grant(self.wiki.accounts[name])

    def session(self, name: str = PHOTOGRAPHER) -> Wiki:
        return self.wikis.session(UserId(_USER_IDS[name]), self.token(name))

    def allow(self, address: str, name: str) -> str:
        return urlsplit(self.login.allow(address, self.wiki.accounts[name])).query

    def revoke(self, name: str) -> None:
        self.wiki.revoke(self.wiki.accounts[name])

    def block(self, name: str) -> None:
        self.wiki.accounts[name].blocked = True

    def make_read_only(self) -> None:
        self.wiki.read_only = True

    def limit(self, name: str, limits: UsedUp) -> None:
        self.wiki.budgets = FakeBudgets(self.wiki.clock.now)
        self.wiki.accounts[name].limits = Limits(
            limits=tuple(
                Limit(action=action, group="user", hits=hits, seconds=seconds)
                for action, (hits, seconds) in limits.items()
            )
        )

    def lose_stash(self) -> None:
        self.wiki.lose_stash()

    def delete(self, title: Title) -> None:
        self.wiki.delete(title.text)

    def place(self, title: Title, data: bytes, name: str) -> None:
        self.wiki.add_file(title.text, data, name)

    def lose_next_answer(self, action: str) -> None:
        lost = fault(FaultKind.UNREACHABLE, "", "the connection broke")
        self.wiki.fail_next(action, lost, after_effect=True)

    def upload(self, title: Title) -> Upload:
        version = self.wiki.files[title.text][-1]
        return Upload(
            uploader=version.uploader,
            wikitext=version.wikitext,
            summary=version.summary,
            sha1=version.sha1,
        )

    def statements(self, title: Title) -> list[Statement]:
        return list(self.wiki.descriptions[title.text].statements)

    def captions(self, title: Title) -> dict[str, str]:
        captions = self.wiki.descriptions[title.text].captions
        return {language: caption.text for language, caption in captions.items()}

    def was_refreshed(self, title: Title) -> bool:
        return title.text in self.wiki.refreshed

    def requests_made(self) -> int:
        return len(self.wiki.requests)


class _Anything(Shape):
    """An answer of which nothing is asked."""


class SandboxBench:
    """The sandbox over HTTP, by the real adapter."""

    _KINDS = {"publish": "upload:publish", "write": "wbeditentity", "send": "upload:chunk"}  # noqa: RUF012

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        sandbox.calm()
        self.sandbox = sandbox
        self.wikis = sandbox.wikis()
        self.login = sandbox.login()
        self._folder = folder

    def token(self, name: str) -> AccessToken:
        return self.sandbox.grant(name)

    def session(self, name: str = PHOTOGRAPHER) -> Wiki:
        return self.wikis.session(UserId(_USER_IDS[name]), self.token(name))

    def allow(self, address: str, name: str) -> str:
        return urlsplit(self.sandbox.allow(address, name)).query

    def revoke(self, name: str) -> None:
        self.sandbox.pull("tokens/revoke", account=name)

    def block(self, name: str) -> None:
        self.sandbox.pull("settings", blocked=[name])

    def make_read_only(self) -> None:
        self.sandbox.pull("settings", read_only="maintenance")

    def limit(self, name: str, limits: UsedUp) -> None:
        asked = {action: {"user": list(rate)} for action, rate in limits.items()}
        self.sandbox.pull("limits", account=name, limits=asked)

    def lose_stash(self) -> None:
        self.sandbox.pull("stash/expire")

    def delete(self, title: Title) -> None:
        self.sandbox.pull("delete", title=title.page)

    def place(self, title: Title, data: bytes, name: str) -> None:
        token, file = self.token(name), on_disk(self._folder, data)
        sent = self.wikis.session(UserId("0"), token).stash.send(title, file, 0, file.size, None)
        session = UserSession(
            OAuth(consumer=self.sandbox.consumer, token=token), USER_AGENT, Timeouts()
        )
        params = {
            "action": "upload",
            "filename": title.text,
            "filekey": sent.key,
            "ignorewarnings": "1",
        }
        Api(WikiAddress(self.sandbox.wiki_url), session).write(_Anything, params)

    def lose_next_answer(self, action: str) -> None:
        self.sandbox.pull("faults", kind=self._KINDS[action], when="after", is_cut=True)

    def upload(self, title: Title) -> Upload:
        file = self.sandbox.file(title.text)
        return Upload(
            uploader=file["user"],
            wikitext=file["wikitext"],
            summary=file["revisions"][-1]["comment"],
            sha1=file["sha1"],
        )

    def statements(self, title: Title) -> list[Statement]:
        written = self.sandbox.file(title.text)["statements"]
        found = [statement_of(each) for name in written for each in written[name]]
        return [statement for statement in found if statement is not None]

    def captions(self, title: Title) -> dict[str, str]:
        captions: dict[str, str] = self.sandbox.file(title.text)["captions"]
        return captions

    def was_refreshed(self, title: Title) -> bool:
        return self.sandbox.file(title.text)["purged"] is not None

    def requests_made(self) -> int:
        return self.sandbox.total()


def published(bench: WikiBench, folder: Path, name: str = PHOTOGRAPHER) -> tuple[Title, bytes]:
    """A file of this account on the wiki, and its bytes."""
    title, data = a_title(), picture_bytes()
    wiki, file = bench.session(name), on_disk(folder, data)
    sent = wiki.stash.send(title, file, 0, file.size, None)
    answer = wiki.publisher.publish(title, sent.key, "text", "summary", file.size)
    assert isinstance(answer, Published)
    return title, data
