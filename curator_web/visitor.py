"""Somebody who is logged in."""

from __future__ import annotations

from dataclasses import dataclass, field

from curator_core.domain.user import AccessToken, Actor, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is asking, the right to act for them on the wiki, and whether they may administer."""

    user: User
    token: AccessToken = field(repr=False)
    is_admin: bool = False

    @property
    def actor(self) -> Actor:
        """The same, for use cases that ask who wants something changed."""
        return Actor(user=self.user, administers=self.is_admin)
