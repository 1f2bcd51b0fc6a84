"""A fake wiki's structured data."""

from __future__ import annotations

from dataclasses import replace

from curator_core.domain.fault import FaultKind
from curator_core.domain.merge import Additions, Description
from curator_core.domain.statement import Snak, Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from tests.fakes.wiki_records import FakeDescription
from tests.fakes.wiki_state import FakeWiki, fault


class FakeStatements:
    """Reads and writes `FakeWiki.descriptions`; as on Wikibase, writing twice doubles
    statements, and only captions are ever in conflict."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def read(self, title: Title) -> Description | None:
        with self._wiki.request(self._token, "read", title.text):
            if title.text not in self._wiki.files:
                return None
            described = self._wiki.descriptions.get(title.text, FakeDescription())
            return Description(
                revision=described.revision,
                statements=described.stored,
                languages=frozenset(described.captions),
            )

    def write(
        self, title: Title, additions: Additions, summary: str, *, base: int | None = None
    ) -> None:
        wiki = self._wiki
        with wiki.request(self._token, "write", title.text) as name:
            if title.text not in wiki.files:
                raise fault(FaultKind.STORAGE, "no-such-entity-link", "There is no such file.")
            described = wiki.descriptions.get(title.text, FakeDescription())
            if base is not None and described.changed_since(base) & languages(additions):
                raise fault(FaultKind.EDIT_CONFLICT, "editconflict", "Edit conflict.")
            wiki.spend(name, "edit")
            if additions:
                wiki.descriptions[title.text] = described
                add(described, additions, summary)


def languages(additions: Additions) -> set[str]:
    """Those in which these additions give captions."""
    return {each.language for each in additions.captions}


def add(described: FakeDescription, additions: Additions, summary: str) -> None:
    """Saves one edit."""
    for gain in additions.gains:
        place = described.place_of(gain.to.id)
        # It takes the place of what is there now, whoever changed that since it was read.
        before = gain.to.statement
        described.statements[place] = replace(
            before,
            qualifiers=_grouped((*before.qualifiers, *gain.qualifiers)),
            references=(*before.references, *gain.references),
        )
    described.statements += map(_as_kept, additions.statements)
    described.captions |= {caption.language: caption for caption in additions.captions}
    described.summaries.append(summary)
    described.edits.append(languages(additions))


def _as_kept(statement: Statement) -> Statement:
    return replace(statement, qualifiers=_grouped(statement.qualifiers))


def _grouped(snaks: tuple[Snak, ...]) -> tuple[Snak, ...]:
    # Wikibase keeps those of one property together.
    order = list(dict.fromkeys(snak.property for snak in snaks))
    return tuple(sorted(snaks, key=lambda snak: order.index(snak.property)))
