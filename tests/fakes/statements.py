"""A fake wiki's structured data."""

from __future__ import annotations

from collections.abc import Sequence

from curator_core.domain.caption import Caption
from curator_core.domain.fault import FaultKind
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from tests.fakes.wiki_records import FakeDescription
from tests.fakes.wiki_state import FakeWiki, fault


class FakeStatements:
    """Writes to `FakeWiki.descriptions`; as on Wikibase, writing twice doubles statements."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def write(
        self,
        title: Title,
        statements: Sequence[Statement],
        captions: Sequence[Caption],
        summary: str,
    ) -> None:
        wiki = self._wiki
        with wiki.request(self._token, "write", title.text) as name:
            self._refuse_unknown(title)
            wiki.spend(name, "edit")
            described = wiki.descriptions.setdefault(title.text, FakeDescription())
            described.statements += statements
            described.captions |= {caption.language: caption for caption in captions}
            described.summaries.append(summary)

    def is_described(self, title: Title) -> bool:
        with self._wiki.request(self._token, "is_described", title.text):
            self._refuse_unknown(title)
            described = self._wiki.descriptions.get(title.text, FakeDescription())
            return bool(described.statements or described.captions)

    def _refuse_unknown(self, title: Title) -> None:
        if title.text not in self._wiki.files:
            raise fault(FaultKind.STORAGE, "no-such-entity-link", "There is no such file.")
