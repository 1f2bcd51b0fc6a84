"""A fake wiki's title blacklist."""

from __future__ import annotations

from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from tests.fakes.wiki_state import FakeWiki


class FakeTitles:
    """Looks at `FakeWiki.blacklist`."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def blacklist_reason(self, title: Title) -> str | None:
        with self._wiki.request(self._token, "blacklist_reason", title.text):
            return self._wiki.blacklisted(title)
