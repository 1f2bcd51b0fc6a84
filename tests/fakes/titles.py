"""What a fake wiki has under a name, and its title blacklist."""

from __future__ import annotations

from collections.abc import Sequence

from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.titles import AT_ONCE, NameFound
from tests.fakes.wiki_state import FakeWiki


class FakeTitles:
    """Looks at `FakeWiki.files`, `texts` and `blacklist`."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def blacklist_reason(self, title: Title) -> str | None:
        with self._wiki.request(self._token, "blacklist_reason", title.text):
            return self._wiki.blacklisted(title)

    def look_up(self, titles: Sequence[Title]) -> tuple[NameFound, ...]:
        if len(titles) > AT_ONCE:
            raise ValueError("too many names")
        with self._wiki.request(self._token, "look_up"):
            return tuple(
                NameFound(
                    spelled=title.text,
                    has_file=title.text in self._wiki.files,
                    has_page=title.text in self._wiki.files or title.page in self._wiki.texts,
                )
                for title in titles
            )
