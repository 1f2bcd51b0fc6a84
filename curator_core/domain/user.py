"""Who uploads: users, their access tokens and what the wiki says of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from curator_core.domain.ids import TokenPrint, UserId

MINIMUM_EDITS = 50
"""PROTOCOL.md, `/auth/callback`: fewer edits than this and a login is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """The right to act as one user, from OAuth 1.0a; neither half is ever shown."""

    key: str = field(repr=False)
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.key or not self.secret:
            raise ValueError("an access token has a key and a secret")

    @property
    def print(self) -> TokenPrint:
        """Tells this token from others without giving it away: its secret is random, so that
        nobody finds it by trying."""
        digest = hashlib.sha256(f"{self.key}\0{self.secret}".encode("utf-8", "surrogatepass"))
        return TokenPrint(digest.hexdigest()[:32])


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with batches."""

    id: UserId
    username: str

    def __post_init__(self) -> None:
        if not self.id or not self.username:
            raise ValueError("a user has an id and a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the wiki says of whoever holds a token."""

    user: User
    rights: frozenset[str] = frozenset()
    edit_count: int = 0
    blocked: bool = False

    def login_refusals(self) -> tuple[str, ...]:
        """Why this user may not use Curator, a sentence each; empty where they may."""
        reasons = []
        if "autoconfirmed" not in self.rights:
            reasons.append("Your account is not autoconfirmed on the wiki yet.")
        if self.edit_count < MINIMUM_EDITS:
            reasons.append(
                f"Your account has {self.edit_count} edits; Curator asks for {MINIMUM_EDITS}."
            )
        if self.blocked:
            reasons.append("Your account is blocked on the wiki.")
        return tuple(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who wants something changed, and whether they administer this Curator."""

    user: User
    administers: bool = False

    def may_change(self, owner: UserId) -> bool:
        """Everybody changes their own, administrators all."""
        return self.administers or self.user.id == owner
