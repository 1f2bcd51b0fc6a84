"""A file's structured data, addressed by its title."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.wikibase_json import entity_data
from curator_core.domain.caption import Caption
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.statement import Statement
from curator_core.domain.title import Title

_NO_PAGE = "-1"


class _Written(Shape):
    success: Literal[1]


class _Entity(Shape):
    # Both are lists where they are empty, and missing where the file has no data yet.
    statements: dict[str, Any] | list[Any] = Field(default_factory=list)
    labels: dict[str, Any] | list[Any] = Field(default_factory=list)


class _Entities(Shape):
    entities: dict[str, _Entity]


class WikibaseStatements:
    """`Statements` by `wbeditentity` and `wbgetentities`; `site` is the wiki's own id there."""

    def __init__(self, api: Api, site: str) -> None:
        self._api = api
        self._site = site

    def write(
        self,
        title: Title,
        statements: Sequence[Statement],
        captions: Sequence[Caption],
        summary: str,
    ) -> None:
        data = json.dumps(entity_data(statements, captions), ensure_ascii=False)
        params = {
            "action": "wbeditentity",
            "site": self._site,
            "title": title.page,
            "data": data,
            "summary": summary,
        }
        self._api.write(_Written, params)

    def is_described(self, title: Title) -> bool:
        asked = {
            "action": "wbgetentities",
            "sites": self._site,
            "titles": title.page,
            "props": "claims|labels",
        }
        entities = self._api.read(_Entities, asked).entities
        if _NO_PAGE in entities:
            # Like `no-such-entity-link`: whoever asks knows the file, so a replica lags.
            info = f"The wiki does not know {title.page} yet."
            raise Faulted(Fault(kind=FaultKind.STORAGE, code="missing", info=info))
        return any(entity.statements or entity.labels for entity in entities.values())
