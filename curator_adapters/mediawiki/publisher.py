"""Publishing a stashed file, and what the wiki's warnings mean."""

from __future__ import annotations

from typing import Any, Literal

from curator_adapters.mediawiki.api import Api, Shape
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.ports.publisher import Published, Warned


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


class _Answer(Shape):
    upload: _Done | _Doubted


_SPOKEN_FOR = frozenset({"duplicate", "exists", "nochange", "badfilename"})


class MediaWikiPublisher:
    """`Publisher` by `action=upload` with `filekey`, without `ignorewarnings`: the wiki is the
    last judge of duplicates."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def publish(
        self,
        title: Title,
        key: FileKey,
        wikitext: str,
        summary: str,
        size: int,
    ) -> Published | Warned:
        params = {
            "action": "upload",
            "filename": title.text,
            "filekey": key,
            "comment": summary,
            "text": wikitext,
        }
        timeout = self._api.session.timeouts.publish
        upload = self._api.write(_Answer, params, read_timeout=timeout).upload
        if isinstance(upload, _Doubted):
            return warned(upload.warnings)
        return Published(
            title=_spaced(upload.filename),
            url=upload.imageinfo.descriptionurl,
            sha1=Sha1(upload.imageinfo.sha1),
            size=upload.imageinfo.size,
        )


def warned(warnings: dict[str, Any]) -> Warned:
    """The warnings of an answer in the core's words."""
    rest = {name: about for name, about in warnings.items() if name not in _SPOKEN_FOR}
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
