"""A fake wiki's pages."""

from __future__ import annotations

from curator_core.domain.fault import FaultKind
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from tests.fakes.wiki_state import FakeWiki, fault


class FakePages:
    """Notes refreshed titles in `FakeWiki.refreshed`."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def refresh(self, title: Title) -> None:
        wiki = self._wiki
        with wiki.request(self._token, "refresh", title.text) as name:
            if title.text not in wiki.files:
                raise fault(FaultKind.STORAGE, "purge", "There is no such page.")
            wiki.spend(name, "purge")
            wiki.spend(name, "linkpurge")
            wiki.refreshed.append(title.text)
