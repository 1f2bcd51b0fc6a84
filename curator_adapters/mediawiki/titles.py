"""The title blacklist, by the extension's own module."""

from __future__ import annotations

from typing import Literal

from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.plain_text import plain_text_of_html
from curator_core.domain.errors import Faulted
from curator_core.domain.title import Title

_NO_SUCH_MODULE = frozenset({"badvalue", "unknown_action"})
"""What a wiki without the extension says, since 1.27 and before."""


class _Verdict(Shape):
    result: Literal["ok", "blacklisted"]
    reason: str = ""


class _Answer(Shape):
    titleblacklist: _Verdict


class MediaWikiTitles:
    """`Titles` by `action=titleblacklist`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def blacklist_reason(self, title: Title) -> str | None:
        asked = {"action": "titleblacklist", "tbtitle": title.page, "tbaction": "create"}
        try:
            verdict = self._api.read(_Answer, asked).titleblacklist
        except Faulted as faulted:
            if faulted.fault.code in _NO_SUCH_MODULE:
                return None
            raise
        if verdict.result == "ok":
            return None
        return plain_text_of_html(verdict.reason) or "The title is on the wiki's blacklist."
