"""A visitor logs in through the wiki."""

from __future__ import annotations

from dataclasses import dataclass, field

from curator_core.domain.user import AccessToken, Identity, User
from curator_core.ports.login import Login, LoginStarted, RequestToken
from curator_core.ports.work import Begin


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """The visitor is this user and holds this token."""

    user: User
    token: AccessToken = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRefused:
    """The wiki knows them, but they may not use Curator; a sentence for each reason."""

    username: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartLogin:
    """Begins the handshake."""

    login: Login

    def __call__(self, callback: str) -> LoginStarted:
        """Where to send the visitor. Raises `Faulted` where the wiki cannot be asked."""
        return self.login.start(callback)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInService:
    """- A service account that the operator configured needs no edits; it is who the wiki says that
    its token belongs to, and is remembered like everybody else.
    """

    login: Login
    begin: Begin

    def __call__(self, token: AccessToken) -> LoggedIn:
        """Raises `Faulted` where the wiki cannot be asked or does not know the token."""
        identity = self.login.identify(token)
        with self.begin() as work:
            work.users.remember(identity.user)
        return LoggedIn(user=identity.user, token=token)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishLogin:
    """- Only an autoconfirmed, unblocked account with enough edits may log in.
    - Whoever logs in is remembered with their present name.
    """

    login: Login
    begin: Begin

    def __call__(self, request_token: RequestToken, query: str) -> LoggedIn | LoginRefused:
        """Raises `Faulted` where the wiki cannot be asked or does not accept the answer."""
        token = self.login.finish(request_token, query)
        identity: Identity = self.login.identify(token)
        reasons = identity.login_refusals()
        if reasons:
            return LoginRefused(username=identity.user.username, reasons=reasons)
        with self.begin() as work:
            work.users.remember(identity.user)
        return LoggedIn(user=identity.user, token=token)
