"""A file's structured data, addressed by its title."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field

from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.wikibase_json import entity_data, stored_statement_of
from curator_core.domain.merge import Additions, Description
from curator_core.domain.title import Title

_NO_PAGE = "-1"


class _Written(Shape):
    success: Literal[1]


class _Entity(Shape):
    # All are missing where the file has no data yet (capture `wb-entity-without-slot`), and the
    # maps are lists where they are empty.
    lastrevid: int | None = None
    statements: dict[str, list[dict[str, Any]]] | list[Any] = Field(default_factory=dict)
    labels: dict[str, Any] | list[Any] = Field(default_factory=dict)


class _Entities(Shape):
    entities: dict[str, _Entity]


class WikibaseStatements:
    """`Statements` by `wbeditentity` and `wbgetentities`; `site` is the wiki's own id there."""

    def __init__(self, api: Api, site: str) -> None:
        self._api = api
        self._site = site

    def read(self, title: Title) -> Description | None:
        asked = {
            "action": "wbgetentities",
            "sites": self._site,
            "titles": title.page,
            # The revision comes with `info`.
            "props": "info|claims|labels",
        }
        entities = self._api.read(_Entities, asked).entities
        if _NO_PAGE in entities:
            return None
        # Keyed by its id, which nobody needs to know: it is the only one.
        return next(iter(map(_description, entities.values())), None)

    def write(
        self, title: Title, additions: Additions, summary: str, *, base: int | None = None
    ) -> None:
        params = {
            "action": "wbeditentity",
            "site": self._site,
            "title": title.page,
            "data": json.dumps(entity_data(additions), ensure_ascii=False),
            "summary": summary,
        }
        if base is not None:
            params["baserevid"] = str(base)
        self._api.write(_Written, params)


def _description(entity: _Entity) -> Description:
    groups = entity.statements.values() if isinstance(entity.statements, dict) else ()
    return Description(
        revision=entity.lastrevid,
        statements=tuple(stored_statement_of(each) for group in groups for each in group),
        languages=frozenset(entity.labels if isinstance(entity.labels, dict) else ()),
    )
