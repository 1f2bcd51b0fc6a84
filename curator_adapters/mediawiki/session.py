"""One user's HTTP session with the wiki: proof, cookies, time-outs and write token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

import requests
from requests_toolbelt import MultipartEncoder

from curator_adapters.mediawiki.authentication import Authentication, Login

Body: TypeAlias = Mapping[str, str] | MultipartEncoder


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `read` is the longest silence of the wiki while it works on an ordinary request,
    `assemble` on a chunk (it puts the file together with the last), `publish` on a file."""

    connect: float = 10
    read: float = 60
    assemble: float = 180
    publish: float = 300


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
        self._login = authentication.login
        self._logins = 0
        self._is_logged_in = False
        self._login_lock = Lock()
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

    def logged_in(self, log_in: Callable[[Login], None]) -> int:
        """The number of the login that proves what is sent now, 0 where none is needed; `log_in`
        is called where there is none, by one thread at a time."""
        if self._login is None:
            return 0
        with self._login_lock:
            if not self._is_logged_in:
                log_in(self._login)
                self._logins += 1
                self._is_logged_in = True
            return self._logins

    def forget_login(self, number: int) -> None:
        """The wiki does not know this login any more, nor the write token that came with it;
        unless another thread has logged in anew already."""
        with self._login_lock, self._token_lock:
            if self._is_logged_in and self._logins == number:
                self._is_logged_in = False
                self._token = None
                self._http.cookies.clear()

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
