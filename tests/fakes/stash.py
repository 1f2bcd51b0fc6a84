"""A fake wiki's stash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from curator_core.domain.fault import FaultKind
from curator_core.domain.file_type import HEAD_BYTES, media_type_of
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.downloads import LocalFile, unheard
from curator_core.ports.stash import ChunkSent, StashedFile
from tests.fakes.wiki_records import FakeStashed
from tests.fakes.wiki_state import FakeWiki, fault


class FakeStash:
    """One user's part of `FakeWiki.stash`; keys change when a file is assembled."""

    def __init__(self, wiki: FakeWiki, token: AccessToken) -> None:
        self._wiki = wiki
        self._token = token

    def send(
        self,
        title: Title,
        file: LocalFile,
        offset: int,
        length: int,
        key: FileKey | None,
        advanced: Callable[[], None] = unheard,
    ) -> ChunkSent:
        with file.path.open("rb") as source:
            source.seek(offset)
            chunk = source.read(length)
        for _ in range(4):
            self._wiki.between()
            advanced()
        with self._wiki.request(self._token, "send", title.text) as name:
            key, stashed = self._session(name, file.size, offset, key)
            if offset + len(chunk) > stashed.size:
                raise fault(FaultKind.UNFORESEEN, "invalid-chunk")
            stashed.data += chunk
            self._wiki.received += len(chunk)
            if len(stashed.data) < stashed.size:
                return ChunkSent(key=key, offset=len(stashed.data), assembled=False)
            if stashed.size < self._wiki.background_from:
                return self._assembled(title, key, stashed)
            self._wiki.jobs.begin(key, lambda: self._assembled(title, key, stashed))
            return _assembling(key, stashed.size)

    def status(self, title: Title, key: FileKey, size: int) -> ChunkSent | None:
        with self._wiki.request(self._token, "status", title.text) as name:
            if self._wiki.jobs.is_under_way(key):
                return _assembling(key, size)
            result = self._wiki.jobs.result(key)
            if isinstance(result, ChunkSent):
                return result
            stashed = self._wiki.stashed(key, name)
            if stashed is None or stashed.assembled:
                return None
            return ChunkSent(key=key, offset=len(stashed.data), assembled=False)

    def find(self, sha1: Sha1, size: int) -> StashedFile | None:
        with self._wiki.request(self._token, "find") as name:
            for key in reversed(self._wiki.stash):
                stashed = self._wiki.stashed(key, name)
                if stashed and stashed.assembled and sha1_of(stashed) == sha1:
                    return _whole(key, stashed)
            return None

    def whole(self, key: FileKey) -> StashedFile | None:
        with self._wiki.request(self._token, "whole") as name:
            stashed = self._wiki.stashed(key, name)
            return _whole(key, stashed) if stashed else None

    def _session(
        self, name: str, size: int, offset: int, key: FileKey | None
    ) -> tuple[FileKey, FakeStashed]:
        if key is None:
            if offset:
                raise fault(FaultKind.UNFORESEEN, "filekeyneeded")
            return self._keep(FakeStashed(owner=name, size=size, since=self._wiki.clock.now()))
        if not offset:
            raise fault(FaultKind.UNFORESEEN, "filekeynotallowed")
        stashed = self._wiki.stashed(key, name)
        if stashed is None or stashed.assembled:
            raise fault(FaultKind.STASH_GONE, "uploadstash-file-not-found", f'Key "{key}"')
        if self._wiki.jobs.is_under_way(key):
            words = "Chunked upload is already completed. Check status for details."
            raise fault(FaultKind.ALREADY_COMPLETE, "stashfailed", words)
        held = len(stashed.data)
        if held != offset:
            raise fault(FaultKind.WRONG_OFFSET, "stashfailed", "Invalid chunk offset", held)
        return key, stashed

    def _assembled(self, title: Title, key: FileKey, stashed: FakeStashed) -> ChunkSent:
        self._wiki.stash.pop(key, None)
        if media_type_of(bytes(stashed.data[:HEAD_BYTES])) != title.media_type:
            words = "This file did not pass file verification."
            raise fault(FaultKind.REFUSED, "stashfailed", words)
        stashed.assembled = True
        new_key, _ = self._keep(stashed)
        return ChunkSent(
            key=new_key,
            offset=stashed.size,
            assembled=True,
            sha1=sha1_of(stashed),
            size=stashed.size,
            doubted=title.text in self._wiki.files
            or bool(self._wiki.titles_with(sha1_of(stashed))),
        )

    def _keep(self, stashed: FakeStashed) -> tuple[FileKey, FakeStashed]:
        key = FileKey(f"{self._wiki.new_name()}.fake.jpg")
        self._wiki.stash[key] = stashed
        return key, stashed


def sha1_of(stashed: FakeStashed) -> Sha1:
    """As the wiki computes it."""
    return Sha1(hashlib.sha1(stashed.data).hexdigest())


def _assembling(key: FileKey, size: int) -> ChunkSent:
    return ChunkSent(key=key, offset=size, assembled=False, assembling=True)


def _whole(key: FileKey, stashed: FakeStashed) -> StashedFile:
    return StashedFile(key=key, sha1=sha1_of(stashed), size=len(stashed.data))
