"""Lets any one call that a worker makes to the outside go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken
from curator_core.ports.downloads import Downloads, LocalFile, unheard
from curator_core.ports.locks import Hold, Locks
from curator_core.ports.sources import Source, Sources
from curator_core.ports.wiki import Wiki, Wikis
from curator_core.ports.work import Begin, Work

T = TypeVar("T")


class Death(BaseException):
    """The worker is killed: nothing that stands after this call runs, no clean-up either."""


class Fate:
    """Counts what a worker asks of wiki, database, locks, source and downloads; in `calls`, by
    name. `strike` lets something happen instead of one of them, or after it took effect, and
    `answer` lets one be answered without being made."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.struck: str | None = None
        self._at: int | str = 0
        self._answers: dict[str, list[object]] = {}
        self._what: Callable[[], None] | None = None
        self._after = False
        self._never_freed: list[object] = []

    def strike(self, at: int | str, what: Callable[[], None], *, after: bool = False) -> None:
        """Calls `what` before call number `at` from now, or the next one of that name; or once
        it took effect. Once only."""
        self._at = at if isinstance(at, str) else len(self.calls) + at
        self._what, self._after = what, after

    def answer(self, name: str, answer: object, *, times: int = 1) -> None:
        """The next calls of this name, so many, are answered so."""
        self._answers[name] = [answer] * times

    def calm(self) -> None:
        """Nothing happens any more."""
        self._what = None

    def go(self, name: str, call: Callable[[], T]) -> T:
        """One call to the outside."""
        strikes = self._arrives(name)
        if strikes and not self._after:
            self._fire(name)
        if self._answers.get(name):
            return cast(T, self._answers[name].pop())
        answer = call()
        if strikes and self._after:
            self._fire(name)
        return answer

    def _arrives(self, name: str) -> bool:
        self.calls.append(name)
        return self._what is not None and self._at in (len(self.calls) - 1, name)

    def _fire(self, name: str) -> None:
        what, self._what, self.struck = self._what, None, name
        if what is not None:
            what()

    # Ports that it sees

    def begin(self, real: Begin) -> Begin:
        @contextmanager
        def begin() -> Iterator[Work]:
            strikes = self._arrives("commit")
            if strikes and not self._after:
                self._fire("commit")
            with real() as work:
                yield work
            if strikes and self._after:
                self._fire("commit")

        return begin

    def wikis(self, real: Wikis) -> Wikis:
        return _FatefulWikis(self, real)

    def locks(self, real: Locks) -> Locks:
        return _FatefulLocks(self, real, self._never_freed)

    def downloads(self, real: Downloads) -> Downloads:
        return _FatefulDownloads(self, real)

    def sources(self, real: Sources) -> Sources:
        return _FatefulSources(self, real)


class _FatefulWikis:
    def __init__(self, fate: Fate, real: Wikis) -> None:
        self._fate = fate
        self._real = real

    def session(self, user_id: UserId, token: AccessToken) -> Wiki:
        return cast(Wiki, _FatefulWiki(self._fate, self._real.session(user_id, token)))


class _FatefulWiki:
    def __init__(self, fate: Fate, real: Wiki) -> None:
        self._fate = fate
        self._real = real

    def __getattr__(self, role: str) -> _FatefulRole:
        return _FatefulRole(self._fate, getattr(self._real, role))


class _FatefulRole:
    def __init__(self, fate: Fate, real: object) -> None:
        self._fate = fate
        self._real = real

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._real, name)
        return lambda *args, **named: self._fate.go(name, lambda: real(*args, **named))


class _FatefulLocks:
    def __init__(self, fate: Fate, real: Locks, never_freed: list[object]) -> None:
        self._fate = fate
        self._real = real
        self._never_freed = never_freed

    @contextmanager
    def hold(self, name: str, at_most: timedelta) -> Iterator[Hold]:
        real = self._real.hold(name, at_most)
        held = self._fate.go("hold", real.__enter__)
        try:
            yield held
        except Death:
            # Kept, so that nothing frees it: the lock runs out by itself.
            self._never_freed.append(real)
            raise
        except BaseException:
            real.__exit__(None, None, None)
            raise
        else:
            real.__exit__(None, None, None)


class _FatefulDownloads:
    def __init__(self, fate: Fate, real: Downloads) -> None:
        self._fate = fate
        self._real = real

    def fetch(
        self,
        address: str,
        hosts: frozenset[str],
        max_size: int,
        advanced: Callable[[], None] = unheard,
    ) -> AbstractContextManager[LocalFile]:
        @contextmanager
        def fetched() -> Iterator[LocalFile]:
            real = self._real.fetch(address, hosts, max_size, advanced)
            file = self._fate.go("fetch", real.__enter__)
            try:
                yield file
            finally:
                real.__exit__(None, None, None)

        return fetched()


class _FatefulSources:
    def __init__(self, fate: Fate, real: Sources) -> None:
        self._fate = fate
        self._real = real

    def named(self, handler: str) -> Source | None:
        source = self._real.named(handler)
        return cast(Source, _FatefulSource(self._fate, source)) if source else None


class _FatefulSource:
    def __init__(self, fate: Fate, real: Source) -> None:
        self._fate = fate
        self._real = real

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name != "image":
            return real
        return lambda image_id: self._fate.go(name, lambda: real(image_id))
