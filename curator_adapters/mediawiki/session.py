"""One user's HTTP session with the wiki: signature, cookies, time-outs and write token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol, TypeAlias

import requests
from requests_oauthlib import OAuth1
from requests_toolbelt import MultipartEncoder

from curator_core.domain.user import AccessToken

Body: TypeAlias = Mapping[str, str] | MultipartEncoder


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """What the wiki's operators registered Curator as (OAuth 1.0a)."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `read` is the longest silence of the wiki while it works on an ordinary request,
    `assemble` on a chunk (it puts the file together with the last), `publish` on a file."""

    connect: float = 10
    read: float = 60
    assemble: float = 180
    publish: float = 300


class Authentication(Protocol):
    """Proves to the wiki whose requests these are."""

    def attach(self, http: requests.Session) -> None:
        """Makes every later request of `http` carry the proof; asks the wiki nothing yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """OAuth 1.0a: each request is signed anew; of bodies, only forms are part of the signature."""

    consumer: Consumer
    token: AccessToken

    def attach(self, http: requests.Session) -> None:
        silence_signing()
        http.auth = OAuth1(
            self.consumer.key,
            client_secret=self.consumer.secret,
            resource_owner_key=self.token.key,
            resource_owner_secret=self.token.secret,
        )


def silence_signing() -> None:
    """Keeps what is signed out of the log: at DEBUG, both libraries write out the headers and
    the body of every request, tokens and all."""
    for name in ("oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.INFO)


def user_agent(version: str, contact: str) -> str:
    """How Curator introduces itself (SPEC §2); Wikimedia refuses requests that do not."""
    return f"Curator/{version} ({contact}) requests/{requests.__version__}"


class UserSession:
    """One user's requests, from any number of threads.

    requests' session is safe for that: urllib3 locks its pools, and Python's cookie jar its
    cookies, reading them from a snapshot since 3.11. Cookies are kept although OAuth needs none:
    Wikimedia's say which replica has seen our last write.
    """

    def __init__(self, authentication: Authentication, user_agent: str, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self._token: str | None = None
        self._token_lock = Lock()
        self._http = requests.Session()
        self._http.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip"})
        authentication.attach(self._http)

    def get(self, url: str, params: Mapping[str, str]) -> requests.Response:
        """One GET. Raises what requests raises."""
        return self._http.get(
            url,
            params=params,
            timeout=(self.timeouts.connect, self.timeouts.read),
            allow_redirects=False,
        )

    def post(self, url: str, body: Body, read_timeout: float) -> requests.Response:
        """One POST, as a form or streamed as multipart. Raises what requests raises."""
        headers = {}
        if isinstance(body, MultipartEncoder):
            headers["Content-Type"] = body.content_type
        return self._http.post(
            url,
            data=body,
            headers=headers,
            timeout=(self.timeouts.connect, read_timeout),
            allow_redirects=False,
        )

    def token(self, fetch: Callable[[], str]) -> str:
        """The write token; `fetch` is called where there is none, by one thread at a time."""
        with self._token_lock:
            if self._token is None:
                self._token = fetch()
            return self._token

    def keep_token(self, token: str) -> None:
        """Takes a token that came along with something else."""
        with self._token_lock:
            self._token = token

    def drop_token(self, token: str) -> None:
        """Forgets `token`, unless another thread has brought a newer one already."""
        with self._token_lock:
            if self._token == token:
                self._token = None
