"""A wiki in memory, as logged-in users meet it."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken
from tests.fakes.accounts import FakeAccounts
from tests.fakes.files import FakeFiles
from tests.fakes.pages import FakePages
from tests.fakes.publisher import FakePublisher
from tests.fakes.stash import FakeStash
from tests.fakes.statements import FakeStatements
from tests.fakes.titles import FakeTitles
from tests.fakes.wiki_records import FakeAccount, FakeRequest, FakeVersion
from tests.fakes.wiki_state import FakeWiki, fault

__all__ = ["FakeAccount", "FakeRequest", "FakeVersion", "FakeWiki", "FakeWikis", "fault"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeSession:
    """The roles of one user's session."""

    accounts: FakeAccounts
    titles: FakeTitles
    files: FakeFiles
    stash: FakeStash
    publisher: FakePublisher
    statements: FakeStatements
    pages: FakePages

    @classmethod
    def of(cls, wiki: FakeWiki, token: AccessToken) -> FakeSession:
        return cls(
            accounts=FakeAccounts(wiki, token),
            titles=FakeTitles(wiki, token),
            files=FakeFiles(wiki, token),
            stash=FakeStash(wiki, token),
            publisher=FakePublisher(wiki, token),
            statements=FakeStatements(wiki, token),
            pages=FakePages(wiki, token),
        )


class FakeWikis:
    """Sessions with one `FakeWiki`."""

    def __init__(self, wiki: FakeWiki) -> None:
        self._wiki = wiki
        self._sessions: dict[tuple[UserId, AccessToken], FakeSession] = {}

    def session(self, user_id: UserId, token: AccessToken) -> FakeSession:
        with self._wiki.lock:
            if (user_id, token) not in self._sessions:
                self._sessions[user_id, token] = FakeSession.of(self._wiki, token)
            return self._sessions[user_id, token]
