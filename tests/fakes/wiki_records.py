"""What a fake wiki holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from curator_core.domain.caption import Caption
from curator_core.domain.ids import Sha1, UserId
from curator_core.domain.pace import Limits
from curator_core.domain.statement import Statement, StoredStatement

_EXEMPT = Limits(exempt=True)


@dataclass(slots=True, kw_only=True, eq=False)
class FakeAccount:
    """Somebody who can log in."""

    name: str
    user_id: UserId
    rights: frozenset[str] = frozenset({"autoconfirmed", "upload", "edit"})
    edit_count: int = 1000
    limits: Limits = _EXEMPT
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRequest:
    """One request, by the name of the port's method that made it."""

    user: str
    action: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeVersion:
    """A version of a file, with what was written when it was uploaded."""

    data: bytes = field(repr=False)
    uploader: str
    uploaded_at: datetime
    wikitext: str = ""
    summary: str = ""

    @property
    def sha1(self) -> Sha1:
        return Sha1(hashlib.sha1(self.data).hexdigest())


@dataclass(slots=True, kw_only=True)
class FakeStashed:
    """A file in the stash; whole once `assembled`."""

    owner: str
    size: int
    since: datetime
    assembled: bool = False
    data: bytearray = field(default_factory=bytearray, repr=False)


@dataclass(slots=True, kw_only=True)
class FakeDescription:
    """Structured data, the summaries of the edits that made it, and the languages in which each
    of these gave captions. A statement's id is its place."""

    statements: list[Statement] = field(default_factory=list)
    captions: dict[str, Caption] = field(default_factory=dict)
    summaries: list[str] = field(default_factory=list)
    edits: list[set[str]] = field(default_factory=list)

    @property
    def revision(self) -> int | None:
        """Counts the edits; none before the first."""
        return len(self.edits) or None

    @property
    def stored(self) -> tuple[StoredStatement, ...]:
        """The statements under their ids."""
        return tuple(
            StoredStatement(id=f"M1${place}", statement=statement)
            for place, statement in enumerate(self.statements)
        )

    def place_of(self, statement_id: str) -> int:
        """Where the statement of this id stands."""
        return int(statement_id.partition("$")[2])

    def changed_since(self, revision: int) -> set[str]:
        """The languages in which later edits gave captions."""
        return set().union(*self.edits[revision:])
