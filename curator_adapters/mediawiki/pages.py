"""Pages as such: letting their templates read the structured data anew."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from curator_adapters.mediawiki.api import Api, Shape
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.title import Title


class _Purged(Shape):
    purged: bool = False
    linkupdate: bool = False


class _Answer(Shape):
    purge: tuple[_Purged, ...]
    warnings: dict[str, Any] = Field(default_factory=dict)


class MediaWikiPages:
    """`Pages` by `action=purge`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def refresh(self, title: Title) -> None:
        params = {"action": "purge", "forcelinkupdate": "1", "titles": title.page}
        answer = self._api.post(_Answer, params)
        if all(page.purged and page.linkupdate for page in answer.purge):
            return
        # A limit is a warning here, and no error: it says so in words only.
        words = str(answer.warnings)
        if "rate limit" in words:
            fault = Fault(kind=FaultKind.RATE_LIMITED, code="ratelimited", info="purge")
        else:
            info = f"The wiki did not refresh {title.page}."
            fault = Fault(kind=FaultKind.STORAGE, code="purge", info=info)
        raise Faulted(fault)
