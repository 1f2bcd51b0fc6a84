"""The upload stash: chunks, their assembly, and what is left of it after a lost answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from curator_adapters.mediawiki.api import Api, Shape
from curator_adapters.mediawiki.file_slice import FileSlice
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.ports.downloads import LocalFile, unheard
from curator_core.ports.stash import ChunkSent, StashedFile


class _StashImage(Shape):
    sha1: str
    size: int


class _Sent(Shape):
    result: Literal["Continue", "Success", "Poll"]
    filekey: str
    offset: int | None = None
    imageinfo: _StashImage | None = None
    warnings: dict[str, Any] = Field(default_factory=dict)


class _ChunkAnswer(Shape):
    upload: _Sent


class _Status(Shape):
    result: Literal["Continue", "Success", "Poll"]
    filekey: str | None = None
    offset: int | None = None
    imageinfo: _StashImage | None = None
    warnings: dict[str, Any] = Field(default_factory=dict)


class _StatusAnswer(Shape):
    upload: _Status


class _Mine(Shape):
    filekey: str
    status: str
    size: int


class _MyFiles(Shape):
    mystashedfiles: tuple[_Mine, ...]


class _Continuation(Shape):
    msfcontinue: str


class _MyFilesAnswer(Shape):
    query: _MyFiles
    continuation: _Continuation | None = Field(default=None, alias="continue")


class _StashImages(Shape):
    stashimageinfo: tuple[_StashImage, ...]


class _StashImagesAnswer(Shape):
    query: _StashImages


_OF_WHAT_IS_THERE = frozenset({"duplicate", "exists", "nochange"})


class MediaWikiStash:
    """`Stash` by `action=upload` with `stash=1`.

    `ignorewarnings=1` is for the stash alone: without it every chunk of a file whose name exists
    gets a key of its own, and nothing is ever assembled (`multichunk-exists-no-ignorewarnings`).
    Files of `background_from` bytes and more are assembled with `async=1`.
    """

    def __init__(self, api: Api, background_from: int) -> None:
        self._api = api
        self._background_from = background_from

    def send(
        self,
        title: Title,
        file: LocalFile,
        offset: int,
        length: int,
        key: FileKey | None,
        advanced: Callable[[], None] = unheard,
    ) -> ChunkSent:
        params = {
            "action": "upload",
            "stash": "1",
            "ignorewarnings": "1",
            "filename": title.text,
            "filesize": str(file.size),
            "offset": str(offset),
        }
        if key is not None:
            params["filekey"] = key
        if offset + length == file.size >= self._background_from:
            params["async"] = "1"
        with FileSlice(file.path, offset, length, advanced) as chunk:
            sent = self._api.write(
                _ChunkAnswer,
                params,
                chunk=chunk,
                read_timeout=self._api.session.timeouts.assemble,
            ).upload
        return _chunk_sent(sent, FileKey(sent.filekey), offset + length, file.size)

    def status(self, title: Title, key: FileKey, size: int) -> ChunkSent | None:
        params = {"action": "upload", "checkstatus": "1", "filename": title.text, "filekey": key}
        try:
            status = self._api.write(_StatusAnswer, params).upload
        except Faulted as faulted:
            # What was assembled without `async=1` has no status any more.
            if faulted.fault.kind in (FaultKind.NO_RESULT, FaultKind.STASH_GONE):
                return None
            raise
        return _chunk_sent(status, FileKey(status.filekey or key), 0, size)

    def find(self, sha1: Sha1, size: int) -> StashedFile | None:
        # The newest come last, and ours is one of them.
        for mine in reversed(self._my_files()):
            if mine.status != "finished" or mine.size != size:
                continue
            stashed = self.whole(FileKey(mine.filekey))
            if stashed is not None and stashed.sha1 == sha1:
                return stashed
        return None

    def whole(self, key: FileKey) -> StashedFile | None:
        asked = {
            "action": "query",
            "prop": "stashimageinfo",
            "siifilekey": key,
            "siiprop": "size|sha1",
        }
        try:
            images = self._api.read(_StashImagesAnswer, asked).query.stashimageinfo
        except Faulted as faulted:
            if faulted.fault.kind is FaultKind.STASH_GONE:
                return None
            raise
        if not images:
            return None
        return StashedFile(key=key, sha1=Sha1(images[0].sha1), size=images[0].size)

    def _my_files(self) -> list[_Mine]:
        found: list[_Mine] = []
        asked = {
            "action": "query",
            "list": "mystashedfiles",
            "msfprop": "size",
            "msflimit": "max",
        }
        while True:
            answer = self._api.read(_MyFilesAnswer, asked)
            found += answer.query.mystashedfiles
            if answer.continuation is None or not answer.query.mystashedfiles:
                return found
            asked["msfcontinue"] = answer.continuation.msfcontinue


def _chunk_sent(told: _Sent | _Status, key: FileKey, by_our_count: int, size: int) -> ChunkSent:
    if told.result == "Poll":
        return ChunkSent(key=key, offset=size, assembled=False, assembling=True)
    if told.result == "Continue":
        offset = by_our_count if told.offset is None else told.offset
        return ChunkSent(key=key, offset=offset, assembled=False)
    image = told.imageinfo
    return ChunkSent(
        key=key,
        offset=size,
        assembled=True,
        sha1=Sha1(image.sha1) if image else None,
        size=image.size if image else None,
        # They do not keep it out of the stash (`multichunk-duplicate-ignorewarnings`).
        doubted=not _OF_WHAT_IS_THERE.isdisjoint(told.warnings),
    )
