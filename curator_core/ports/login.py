"""The OAuth 1.0a handshake with the wiki."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from curator_core.domain.user import AccessToken, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestToken:
    """The token of a handshake that is under way; kept in the visitor's session."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginStarted:
    """Where to send the visitor, and what to keep meanwhile."""

    address: str
    request_token: RequestToken


class Login(Protocol):
    """Each call asks the wiki once and raises `Faulted`."""

    def start(self, callback: str) -> LoginStarted:
        """Begins a handshake that comes back to `callback`."""
        ...

    def finish(self, request_token: RequestToken, query: str) -> AccessToken:
        """Ends it, once, with the query string that the visitor came back with.

        Raises `Faulted`: `REFUSED` where that string is not of this handshake (then nothing is
        asked) or the visitor did not agree.
        """
        ...

    def identify(self, token: AccessToken) -> Identity:
        """Who holds `token`, proven by the wiki's signature. Raises `Faulted`: `NO_GRANT` where
        it was revoked, or never given."""
        ...
