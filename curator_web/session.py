"""Sessions: who a visitor is, kept by the visitor's browser in a sealed cookie."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken, User
from curator_core.ports.login import RequestToken
from curator_web.config import WebConfig
from curator_web.sealed_cookie import SealedCookie
from curator_web.visitor import Visitor

SESSION_SECONDS = 14 * 24 * 3600
HANDSHAKE_SECONDS = 3600
SESSION_COOKIE = "curator_session"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Reads and writes what we know of a visitor."""

    login: SealedCookie
    handshake: SealedCookie
    admins: frozenset[str]

    @classmethod
    def of(cls, config: WebConfig) -> Sessions:
        """With `config`'s keys and administrators."""
        return cls(
            login=SealedCookie.made(
                SESSION_COOKIE, lifetime=SESSION_SECONDS, path="/", keys=config.session_keys
            ),
            handshake=SealedCookie.made(
                "curator_login", lifetime=HANDSHAKE_SECONDS, path="/auth", keys=config.session_keys
            ),
            admins=config.admins,
        )

    def visitor(self, connection: HTTPConnection) -> Visitor | None:
        """Who is asking, or None for somebody without a valid session."""
        match self.login.read(connection):
            case {"id": str(user_id), "name": str(name), "key": str(key), "secret": str(secret)}:
                return Visitor(
                    user=User(id=UserId(user_id), username=name),
                    token=AccessToken(key=key, secret=secret),
                    is_admin=name in self.admins,
                )
            case _:
                return None

    def begin(
        self, response: Response, connection: HTTPConnection, user: User, token: AccessToken
    ) -> None:
        """From now on this visitor is `user`; whatever they were before is forgotten."""
        content = {"id": user.id, "name": user.username, "key": token.key, "secret": token.secret}
        self.login.write(response, connection, content)
        self.end_handshake(response, connection)

    def end(self, response: Response, connection: HTTPConnection) -> None:
        """Forgets the visitor."""
        self.login.clear(response, connection)
        self.end_handshake(response, connection)

    def remember_handshake(
        self, response: Response, connection: HTTPConnection, token: RequestToken
    ) -> None:
        """Keeps what the way back from the wiki needs."""
        self.handshake.write(response, connection, {"key": token.key, "secret": token.secret})

    def end_handshake(self, response: Response, connection: HTTPConnection) -> None:
        """Forgets the login that this visitor began."""
        self.handshake.clear(response, connection)

    def begun_handshake(self, connection: HTTPConnection) -> RequestToken | None:
        """The token of a login that this visitor began within the hour."""
        match self.handshake.read(connection):
            case {"key": str(key), "secret": str(secret)}:
                return RequestToken(key=key, secret=secret)
            case _:
                return None
