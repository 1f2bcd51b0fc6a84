"""A fake wiki's files."""

from __future__ import annotations

from curator_core.domain.ids import Sha1
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.files import Standing
from tests.fakes.wiki_state import FakeWiki


class FakeFiles:
    """Looks at `FakeWiki.files`."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def look(self, sha1: Sha1, title: Title) -> Standing:
        wiki = self._wiki
        with wiki.request(self._token, "look", title.text) as name:
            found = (wiki.wiki_file(same) for same in wiki.titles_with(sha1))
            return Standing(
                wiki_time=wiki.now(),
                same_bytes=tuple(file for file in found if file),
                at_title=wiki.wiki_file(title.text),
                limits=wiki.accounts[name].limits,
            )

    def max_size(self) -> int:
        with self._wiki.request(self._token, "max_size"):
            return self._wiki.max_size
