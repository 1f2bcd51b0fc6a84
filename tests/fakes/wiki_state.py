"""A wiki in memory: what it holds, who may do what, and what is to go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock
from typing import Protocol

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey, Sha1, UserId
from curator_core.domain.pace import Limits
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.downloads import unheard
from curator_core.ports.files import WikiFile
from curator_core.ports.pages import PageText
from curator_core.ports.publisher import Warned
from tests.fakes.wiki_jobs import FakeJobs
from tests.fakes.wiki_limits import FakeBudgets
from tests.fakes.wiki_records import (
    FakeAccount,
    FakeDescription,
    FakeRequest,
    FakeStashed,
    FakeVersion,
)

_WRITES = frozenset({"send", "status", "publish", "outcome", "write", "refresh", "touch", "save"})


class HasNow(Protocol):
    """A clock, as far as a wiki looks at one."""

    def now(self) -> datetime: ...


@dataclass(slots=True, kw_only=True)
class _Scripted:
    action: str
    error: Faulted
    after_effect: bool
    times: int


class FakeWiki:
    """What every session of it sees.

    Tests reach into `files` (versions by title, newest last), `stash`, `descriptions`,
    `refreshed`, `texts` and `summaries` (by page), `blacklist` (pattern and reason), `requests`
    and `received` (bytes of chunks).
    `between` is called before each of a chunk's four pieces goes, `while_publishing` between the
    look for warnings and the writing of a file: others may publish meanwhile. Files of
    `background_from` bytes and more are handled by `jobs`. `down`, `read_only` and an account's
    `blocked` last until they are taken back; `fail_next` is for one request, each of `warn_next`
    for the answer to one publish request. `respelled` names, by title, those that the wiki wants
    to be spelled otherwise.
    """

    def __init__(self, clock: HasNow, *, stash_life: timedelta = timedelta(hours=6)) -> None:
        self.clock = clock
        self.stash_life = stash_life
        self.lock = RLock()
        self.max_size = 5_368_709_120
        self.background_from = 100_000_000
        self.jobs = FakeJobs(clock.now)
        self.received = 0
        self.between: Callable[[], None] = unheard
        self.while_publishing: Callable[[], None] = unheard
        self.down = False
        self.read_only = False
        self.files: dict[str, list[FakeVersion]] = {}
        self.deleted: dict[str, list[FakeVersion]] = {}
        self.stash: dict[FileKey, FakeStashed] = {}
        self.descriptions: dict[str, FakeDescription] = {}
        self.refreshed: list[str] = []
        self.texts: dict[str, PageText] = {}
        self.summaries: dict[str, str] = {}
        self.requests: list[FakeRequest] = []
        self.warn_next: list[Warned] = []
        self.respelled: dict[str, str] = {}
        self.blacklist: list[tuple[str, str]] = []
        self.accounts: dict[str, FakeAccount] = {}
        self.budgets = FakeBudgets(clock.now)
        self._tokens: dict[AccessToken, FakeAccount] = {}
        self._script: list[_Scripted] = []
        self._numbers = 0

    # Who

    def add_account(self, name: str, *, limits: Limits | None = None) -> FakeAccount:
        """A new account; exempt from limits unless told otherwise."""
        account = FakeAccount(name=name, user_id=UserId(str(len(self.accounts) + 1)))
        account.limits = limits or account.limits
        self.accounts[name] = account
        return account

    def grant(self, account: FakeAccount) -> AccessToken:
        """A new access token, as after a login."""
        name = self.new_name()
        token = AccessToken(key=f"key-{name}", secret=f"secret-{name}")
        self._tokens[token] = account
        return token

    def revoke(self, account: FakeAccount) -> None:
        """All tokens of the account turn invalid."""
        self._tokens = {
            token: owner for token, owner in self._tokens.items() if owner is not account
        }

    def holder(self, token: AccessToken) -> FakeAccount:
        """Whose token it is. Raises `Faulted`, `NO_GRANT`."""
        account = self._tokens.get(token)
        if account is None:
            raise fault(FaultKind.NO_GRANT, "mwoauth-invalid-authorization", "No approved grant")
        return account

    # What goes wrong

    def fail_next(
        self, action: str, error: Faulted, *, after_effect: bool = False, times: int = 1
    ) -> None:
        """The next `times` requests of this name end in `error`: before they have an effect, or
        after it, as when the answer is lost. `action` is a port's method (`"publish"`), or `"*"`
        for any."""
        self._script.append(
            _Scripted(action=action, error=error, after_effect=after_effect, times=times)
        )

    @contextmanager
    def request(self, token: AccessToken | None, action: str, title: str = "") -> Iterator[str]:
        """One request: gives the user's name, unless the request is refused or scripted to
        fail. What happens in the block is its effect."""
        with self.lock:
            account = self._tokens.get(token) if token else None
            name = account.name if account else ""
            self.requests.append(FakeRequest(user=name, action=action, title=title))
            scripted = self._next_scripted(action)
            if scripted and not scripted.after_effect:
                raise scripted.error
            self._refuse(token, action)
            self.jobs.run_due()
            yield name
            if scripted:
                raise scripted.error

    def _next_scripted(self, action: str) -> _Scripted | None:
        for scripted in self._script:
            if scripted.action in (action, "*"):
                scripted.times -= 1
                if scripted.times == 0:
                    self._script.remove(scripted)
                return scripted
        return None

    def _refuse(self, token: AccessToken | None, action: str) -> None:
        if self.down:
            raise fault(FaultKind.UNREACHABLE, "", "The wiki at the fake cannot be reached.")
        account = self.holder(token) if token else None
        if action not in _WRITES:
            return
        if self.read_only:
            raise fault(FaultKind.READ_ONLY, "readonly", "The wiki is in read-only mode.")
        if account and account.blocked and action != "refresh":
            raise fault(FaultKind.BLOCKED, "blocked", "Your username has been blocked.")

    def spend(self, name: str, action: str) -> None:
        """Uses up a hit of the user's limits. Raises `Faulted`, `RATE_LIMITED`."""
        if not self.budgets.spend(name, action, self.accounts[name].limits):
            raise fault(FaultKind.RATE_LIMITED, "ratelimited", "You've exceeded your rate limit.")

    # What it holds

    def now(self) -> datetime:
        """The wiki's clock shows no fractions of a second."""
        return self.clock.now().replace(microsecond=0)

    def new_name(self) -> str:
        """A key that was never given before."""
        self._numbers += 1
        return f"{self._numbers:08x}"

    def add_file(self, title: str, data: bytes, uploader: str = "Somebody") -> None:
        """A file that was uploaded by other means, now."""
        version = FakeVersion(data=data, uploader=uploader, uploaded_at=self.now())
        self.files.setdefault(title, []).append(version)

    def delete(self, title: str) -> None:
        """As an administrator does; the wiki remembers."""
        self.deleted.setdefault(title, []).extend(self.files.pop(title))
        self.descriptions.pop(title, None)

    def lose_stash(self) -> None:
        """Every stashed file and every upload under way is gone."""
        self.stash.clear()

    def stashed(self, key: FileKey, owner: str) -> FakeStashed | None:
        """What the user has under `key`, unless it is too old."""
        stashed = self.stash.get(key)
        if stashed is None or stashed.owner != owner:
            return None
        return stashed if self.clock.now() < stashed.since + self.stash_life else None

    def wiki_file(self, title: str) -> WikiFile | None:
        """The current version under `title`."""
        versions = self.files.get(title)
        if not versions:
            return None
        return WikiFile(
            title=title,
            url=f"https://wiki.test/wiki/File:{title.replace(' ', '_')}",
            sha1=versions[-1].sha1,
            size=len(versions[-1].data),
            uploader=versions[-1].uploader,
            uploaded_at=versions[-1].uploaded_at,
        )

    def titles_with(self, sha1: Sha1) -> list[str]:
        """Titles whose current version has these bytes, in order."""
        return sorted(name for name, versions in self.files.items() if versions[-1].sha1 == sha1)

    def blacklisted(self, title: Title) -> str | None:
        """Why no file may have this name."""
        for pattern, reason in self.blacklist:
            if re.search(pattern, title.text):
                return reason
        return None


def fault(kind: FaultKind, code: str = "", info: str = "", offset: int | None = None) -> Faulted:
    """What an adapter raises."""
    return Faulted(Fault(kind=kind, code=code, info=info, offset=offset))
