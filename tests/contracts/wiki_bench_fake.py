"""The fake wiki on the bench."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import BOT, PHOTOGRAPHER, USER_IDS, Upload, UsedUp
from tests.fakes.clock import FakeClock
from tests.fakes.login import FakeLogin
from tests.fakes.wiki import FakeWiki, FakeWikis, fault
from tests.fakes.wiki_limits import FakeBudgets


class FakeBench:
    """The fake wiki with the sandbox's accounts and blacklist."""

    version = (1, 43)

    def __init__(self) -> None:
        self.wiki = FakeWiki(FakeClock())
        self.wiki.blacklist.append(
            ("BLACKLISTEDWORD", 'It matches: ".*BLACKLISTEDWORD.* <casesensitive>"')
        )
        for name, user_id in USER_IDS.items():
            account = self.wiki.add_account(name)
            account.user_id = UserId(user_id)
            if name != BOT:
                self.limit(name, {"upload": (60, 60), "edit": (120, 60)})
        self.wikis = FakeWikis(self.wiki)
        self.login = FakeLogin(self.wiki)

    def token(self, name: str) -> AccessToken:
        return self.wiki.grant(self.wiki.accounts[name])

    def session(self, name: str = PHOTOGRAPHER) -> Wiki:
        return self.wikis.session(UserId(USER_IDS[name]), self.token(name))

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

    def lag(self) -> None:
        busy = Fault(kind=FaultKind.BUSY, code="maxlag", retry_after=timedelta(seconds=5))
        self.wiki.fail_next("save", Faulted(busy))

    def expire_write_tokens(self) -> None:
        self.wiki.fail_next("save", fault(FaultKind.BAD_TOKEN, "badtoken"))

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

    def summary(self, page: str) -> str:
        return self.wiki.summaries[page]

    def requests_made(self) -> int:
        return len(self.wiki.requests)
