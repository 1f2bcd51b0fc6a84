"""How a wiki learns whose requests these are: OAuth 1.0a, or a bot password."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Protocol

import requests
from requests_oauthlib import OAuth1

from curator_core.domain.user import AccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What `action=login` wants to know."""

    name: str
    password: str = field(repr=False)


class Authentication(Protocol):
    """Proves to the wiki whose requests these are."""

    @property
    def login(self) -> Login | None:
        """What to log in with before the first request; None where each proves itself."""
        ...

    def attach(self, http: requests.Session) -> None:
        """Makes every later request of `http` carry the proof; asks the wiki nothing yet."""
        ...


class Authenticator(Protocol):
    """A kind of authentication, which makes proofs of users' access tokens."""

    def prove(self, token: AccessToken) -> Authentication:
        """What proves that requests are made by whoever gave us `token`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """OAuth 1.0a: each request is signed anew; of bodies, only forms are part of the signature."""

    consumer: Consumer
    token: AccessToken

    @property
    def login(self) -> None:
        return None

    def attach(self, http: requests.Session) -> None:
        silence_signing()
        http.auth = OAuth1(
            self.consumer.key,
            client_secret=self.consumer.secret,
            resource_owner_key=self.token.key,
            resource_owner_secret=self.token.secret,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """`Authenticator` by OAuth 1.0a: what the wiki's operators registered Curator as."""

    key: str
    secret: str = field(repr=False)

    def prove(self, token: AccessToken) -> OAuth:
        return OAuth(consumer=self, token=token)


@dataclass(frozen=True, slots=True, kw_only=True)
class BotPassword:
    """A login whose cookies prove the rest (`Special:BotPasswords`), for wikis without OAuth."""

    login: Login

    def attach(self, http: requests.Session) -> None:
        """Nothing: the login's cookies are kept as any."""


@dataclass(frozen=True, slots=True)
class BotPasswords:
    """`Authenticator` by bot passwords: a token's key is `User name@name of the password`, its
    secret is the password."""

    def prove(self, token: AccessToken) -> BotPassword:
        return BotPassword(login=Login(name=token.key, password=token.secret))


def silence_signing() -> None:
    """Keeps what is signed out of the log: at DEBUG, both libraries write out the headers and
    the body of every request, tokens and all."""
    for name in ("oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.INFO)
