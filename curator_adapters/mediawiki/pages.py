"""Pages as such: their text, their categories, and letting their templates read anew."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from curator_adapters.mediawiki.api import Api, Shape
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.title import Title
from curator_core.ports.pages import Members, PageText


class _Purged(Shape):
    purged: bool = False
    linkupdate: bool = False


class _PurgeAnswer(Shape):
    purge: tuple[_Purged, ...]
    warnings: dict[str, Any] = Field(default_factory=dict)


class _Slot(Shape):
    # Left out of revisions that an administrator hid.
    content: str = ""


class _Slots(Shape):
    main: _Slot


class _Revision(Shape):
    revid: int
    slots: _Slots


class _Page(Shape):
    revisions: tuple[_Revision, ...] = ()


class _PageQuery(Shape):
    pages: tuple[_Page, ...]


class _PageAnswer(Shape):
    query: _PageQuery


class _Edited(Shape):
    result: str


class _EditAnswer(Shape):
    edit: _Edited


class _Member(Shape):
    title: str


class _MemberQuery(Shape):
    categorymembers: tuple[_Member, ...]


class _Continuation(Shape):
    cmcontinue: str


class _MemberAnswer(Shape):
    query: _MemberQuery
    continuation: _Continuation | None = Field(default=None, alias="continue")


class MediaWikiPages:
    """`Pages` by `action=purge`, `action=edit`, `prop=revisions` and `list=categorymembers`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def refresh(self, title: Title) -> None:
        params = {"action": "purge", "forcelinkupdate": "1", "titles": title.page}
        answer = self._api.post(_PurgeAnswer, params)
        if all(page.purged and page.linkupdate for page in answer.purge):
            return
        # A limit is a warning here, and no error: it says so in words only.
        words = str(answer.warnings)
        if "rate limit" in words:
            fault = Fault(kind=FaultKind.RATE_LIMITED, code="ratelimited", info="purge")
            raise Faulted(fault)
        raise _not_refreshed(title, "purge")

    def touch(self, title: Title) -> None:
        try:
            self._edit({"title": title.page, "appendtext": "", "nocreate": "1"})
        except Faulted as faulted:
            if faulted.fault.code == "missingtitle":
                raise _not_refreshed(title, faulted.fault.code) from None
            raise

    def read(self, page: str) -> PageText | None:
        asked = {
            "action": "query",
            "titles": page,
            "prop": "revisions",
            "rvprop": "ids|content",
            "rvslots": "main",
        }
        for found in self._api.read(_PageAnswer, asked).query.pages:
            for revision in found.revisions:
                return PageText(text=revision.slots.main.content, revision=revision.revid)
        return None

    def save(self, page: str, text: str, summary: str, base: PageText | None) -> bool:
        params = {"title": page, "text": text, "summary": summary}
        if base is not None:
            self._edit({**params, "baserevid": str(base.revision), "nocreate": "1"})
            return True
        try:
            self._edit({**params, "createonly": "1"})
        except Faulted as faulted:
            if faulted.fault.code == "articleexists":
                return False
            raise
        return True

    def members(self, category: str, after: str = "", at_most: int = 500) -> Members:
        asked = {
            "action": "query",
            "list": "categorymembers",
            "cmtitle": category,
            "cmprop": "title",
            "cmlimit": str(at_most),
        }
        if after:
            asked["cmcontinue"] = after
        answer = self._api.read(_MemberAnswer, asked)
        return Members(
            pages=tuple(member.title for member in answer.query.categorymembers),
            more=answer.continuation.cmcontinue if answer.continuation else "",
        )

    def _edit(self, params: dict[str, str]) -> None:
        edited = self._api.write(_EditAnswer, {"action": "edit", **params}).edit
        if edited.result != "Success":
            # An extension's veto, such as a captcha; not seen.
            info = f"The wiki did not save {params['title']}: {edited.result}."
            raise Faulted(Fault(kind=FaultKind.REFUSED, code="edit", info=info))


def _not_refreshed(title: Title, code: str) -> Faulted:
    info = f"The wiki did not refresh {title.page}."
    return Faulted(Fault(kind=FaultKind.STORAGE, code=code, info=info))
