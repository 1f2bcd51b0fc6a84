"""Publishing a stashed file, and what the wiki's warnings mean."""

from __future__ import annotations

from typing import Any, Literal

from curator_adapters.mediawiki.api import Api, Shape
from curator_core.domain.errors import Faulted
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.ports.publisher import Pending, Published, Warned


class _Image(Shape):
    descriptionurl: str
    sha1: str
    size: int


class _Done(Shape):
    result: Literal["Success"]
    filename: str
    imageinfo: _Image


class _Doubted(Shape):
    result: Literal["Warning"]
    warnings: dict[str, Any]


class _Queued(Shape):
    result: Literal["Poll"]


class _Answer(Shape):
    upload: _Done | _Doubted | _Queued


_UNDER_WAY = ("publishfailed", "already in progress")
"""Code and words of a second request for the same key (1.39's source: ApiUpload)."""
SPOKEN_FOR = frozenset({"duplicate", "exists", "nochange", "badfilename"})
"""Warnings that have a field of their own in `Warned`."""


class MediaWikiPublisher:
    """`Publisher` by `action=upload` with `filekey`, without `ignorewarnings`: the wiki is the
    last judge of duplicates. Files of `background_from` bytes and more go with `async=1`."""

    def __init__(self, api: Api, background_from: int) -> None:
        self._api = api
        self._background_from = background_from

    def publish(
        self,
        title: Title,
        key: FileKey,
        wikitext: str,
        summary: str,
        size: int,
    ) -> Published | Warned | Pending:
        params = {
            "action": "upload",
            "filename": title.text,
            "filekey": key,
            "comment": summary,
            "text": wikitext,
        }
        if self.in_background(size):
            params["async"] = "1"
        timeout = self._api.session.timeouts.publish
        try:
            return _told(self._api.write(_Answer, params, read_timeout=timeout))
        except Faulted as faulted:
            code, words = _UNDER_WAY
            if faulted.fault.code == code and words in faulted.fault.info:
                return Pending()
            raise

    def in_background(self, size: int) -> bool:
        return size >= self._background_from

    def outcome(self, title: Title, key: FileKey) -> Published | Warned | Pending:
        params = {"action": "upload", "checkstatus": "1", "filename": title.text, "filekey": key}
        return _told(self._api.write(_Answer, params))


def _told(answer: _Answer) -> Published | Warned | Pending:
    upload = answer.upload
    match upload:
        case _Queued():
            return Pending()
        case _Doubted():
            return warned(upload.warnings)
        case _Done():
            return Published(
                title=_spaced(upload.filename),
                url=upload.imageinfo.descriptionurl,
                sha1=Sha1(upload.imageinfo.sha1),
                size=upload.imageinfo.size,
            )


def warned(warnings: dict[str, Any]) -> Warned:
    """The warnings of an answer in the core's words."""
    rest = {name: about for name, about in warnings.items() if name not in SPOKEN_FOR}
    return Warned(
        duplicates=tuple(_spaced(name) for name in warnings.get("duplicate", ())),
        exists=_name(warnings.get("exists")),
        no_change="nochange" in warnings,
        respelled=_name(warnings.get("badfilename")),
        others=tuple((name, _about(about)) for name, about in rest.items()),
    )


def _about(thing: object) -> str:
    """A title (`was-deleted`), a list of versions (`duplicateversions`), or nothing (`True`)."""
    if isinstance(thing, str):
        return _spaced(thing)
    if isinstance(thing, dict):
        return _about(next(iter(thing.values()), ""))
    if isinstance(thing, list):
        return ", ".join(_about(each) for each in thing)
    return ""


def _name(thing: object) -> str | None:
    return _spaced(thing) if isinstance(thing, str) else None


def _spaced(name: str) -> str:
    return name.replace("_", " ")
