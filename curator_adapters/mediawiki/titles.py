"""What there is under a name, and the title blacklist by the extension's own module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.plain_text import plain_text_of_html
from curator_core.domain.errors import Faulted
from curator_core.domain.title import Title
from curator_core.ports.titles import AT_ONCE, NameFound

_NO_SUCH_MODULE = frozenset({"badvalue", "unknown_action"})
"""What a wiki without the extension says, since 1.27 and before."""


class _Verdict(Shape):
    result: Literal["ok", "blacklisted"]
    reason: str = ""


class _Answer(Shape):
    titleblacklist: _Verdict


class _Version(Shape):
    """A file is there; more is not asked."""


class _Page(Shape):
    title: str
    missing: bool = False
    invalid: bool = False
    invalidreason: str = ""
    imageinfo: tuple[_Version, ...] = ()


class _Respelled(Shape):
    written: str = Field(alias="from")
    to: str


class _Found(Shape):
    pages: tuple[_Page, ...] = ()
    normalized: tuple[_Respelled, ...] = ()


class _FoundAnswer(Shape):
    query: _Found


class MediaWikiTitles:
    """`Titles` by `action=titleblacklist` and `prop=imageinfo`."""

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

    def look_up(self, titles: Sequence[Title]) -> tuple[NameFound, ...]:
        if len(titles) > AT_ONCE:
            raise ValueError(f"one request asks after {AT_ONCE} names at most")
        if not titles:
            return ()
        asked = {
            "action": "query",
            "prop": "imageinfo",
            "iiprop": "timestamp",
            "titles": "|".join(title.page for title in titles),
        }
        # Fifty long names in scripts of three bytes a character are too much for an address.
        found = self._api.post(_FoundAnswer, asked).query
        spelled = {each.written: each.to for each in found.normalized}
        pages = {page.title: page for page in found.pages}
        return tuple(_found(pages.get(spelled.get(each.page, each.page)), each) for each in titles)


def _found(page: _Page | None, asked: Title) -> NameFound:
    if page is None:
        # An interwiki link, for one: no name of a file here.
        return NameFound(spelled=asked.text, refusal="This is no name of a file on the wiki.")
    if page.invalid:
        reason = plain_text_of_html(page.invalidreason) or "The wiki allows no such title."
        return NameFound(spelled=asked.text, refusal=reason)
    return NameFound(
        spelled=page.title.partition(":")[2],
        has_page=not page.missing,
        has_file=bool(page.imageinfo),
    )
