"""Mapillary's Graph API: one request for each call, every answer checked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import quote

import requests
import urllib3.exceptions
from pydantic import BaseModel, ConfigDict, ValidationError

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind

TIMED_OUT = "time-out"
"""The code of a fault whose answer did not come, or not whole, in time."""

_LARGEST_ANSWER = 64 * 1024 * 1024
_PIECE = 64 * 1024
_CONNECT_SECONDS = 10.0
_A_DAY = 24 * 3600

# https://developers.facebook.com/docs/graph-api/guides/error-handling; never met here.
_PASSING_CODES = frozenset({2, 4, 17, 32, 613})

# Graph's words for an id it does not know (or will not show): HTTP 400, code 100.
_NO_SUCH_OBJECT = 33
_NO_SUCH_METHOD_OR_OBJECT = "GraphMethodException"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Entry(_Wire):
    """Any object of the API; what it holds beside the id is judged one by one."""

    model_config = ConfigDict(frozen=True, extra="allow", coerce_numbers_to_str=True)

    id: str


class Cursors(_Wire):
    """Where a page of a listing ends."""

    after: str | None = None


class Paging(_Wire):
    """Whether a listing goes on. Mapillary has not been seen to page these listings."""

    cursors: Cursors = Cursors()
    next: str | None = None


class Listing(_Wire):
    """Several objects."""

    data: tuple[Entry, ...]
    paging: Paging = Paging()


class _Error(_Wire):
    message: str = ""
    type: str = ""
    code: int = 0
    error_subcode: int = 0
    is_transient: bool = False

    @property
    def is_of_a_missing_object(self) -> bool:
        return self.error_subcode == _NO_SUCH_OBJECT or self.type == _NO_SUCH_METHOD_OR_OBJECT


class _ErrorBody(_Wire):
    error: _Error


WireT = TypeVar("WireT", bound=_Wire)


class _Authorization(requests.auth.AuthBase):
    """The token, in the form that Graph wants. As an `auth` object it beats a `.netrc`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"OAuth {self._token}"
        return request


class GraphApi:
    """Asks the API at `root`. `patience` is how long a whole answer may take, and a silence in
    the middle of one. All calls raise `Faulted`; several threads may call at once."""

    def __init__(self, root: str, token: str | None, user_agent: str, patience: timedelta) -> None:
        self._root = root.rstrip("/")
        self._token = token
        self._seconds = patience.total_seconds()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent
        # A session is safe to share between threads as long as it keeps no cookies.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def entry(self, entity_id: str, **parameters: str) -> Entry:
        """One object by its id; `IMAGE_MISSING` where there is none."""
        return _checked(Entry, self._get(quote(entity_id, safe=""), parameters))

    def listing(self, path: str, **parameters: str) -> Listing:
        """The objects that `path` finds; none where it is asked about what does not exist."""
        try:
            return _checked(Listing, self._get(path, parameters))
        except Faulted as faulted:
            if faulted.fault.kind is FaultKind.IMAGE_MISSING:
                return Listing(data=())
            raise

    def _get(self, path: str, parameters: Mapping[str, str]) -> bytes:
        if not self._token:
            raise Faulted(
                Fault(
                    kind=FaultKind.SOURCE_REFUSED,
                    code="no-token",
                    info="this server has no access token for Mapillary (MAPILLARY_API_TOKEN).",
                )
            )
        try:
            with self._session.get(
                f"{self._root}/{path}",
                params=parameters,
                auth=_Authorization(self._token),
                timeout=(_CONNECT_SECONDS, self._seconds),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = self._read(answer)
        except requests.ReadTimeout:
            raise _late() from None
        except (requests.RequestException, ValueError) as error:
            raise _trouble("unreachable", f"cannot be reached ({type(error).__name__}).") from None
        if answer.status_code != HTTPStatus.OK:
            raise Faulted(self._fault(answer, body))
        return body

    def _read(self, answer: requests.Response) -> bytes:
        # Piece by piece: a read time-out alone lets a trickle last for ever.
        until = time.monotonic() + self._seconds
        body = bytearray()
        try:
            while piece := answer.raw.read1(_PIECE, decode_content=True):
                body += piece
                if time.monotonic() > until:
                    raise _late()
                if len(body) > _LARGEST_ANSWER:
                    raise _trouble("too-long", "answered far too much.")
        except urllib3.exceptions.ReadTimeoutError:
            raise _late() from None
        except urllib3.exceptions.HTTPError as error:
            raise _trouble(
                "broken-off", f"broke off in the middle of an answer ({type(error).__name__})."
            ) from None
        return bytes(body)

    def _fault(self, answer: requests.Response, body: bytes) -> Fault:
        status = answer.status_code
        said = _error_in(body)
        message = self._without_token(said.message) or f"HTTP {status}"
        passing = said.is_transient or said.code in _PASSING_CODES
        if 400 <= status < 500 and said.is_of_a_missing_object:
            kind = FaultKind.IMAGE_MISSING
        elif 400 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS and not passing:
            kind = FaultKind.SOURCE_REFUSED
        else:
            kind = FaultKind.SOURCE_TROUBLE
        after = answer.headers.get("Retry-After", "")
        return Fault(
            kind=kind,
            code=f"http-{status}",
            info=f"Mapillary says: {message}",
            retry_after=timedelta(seconds=min(int(after), _A_DAY)) if after.isdecimal() else None,
        )

    def _without_token(self, text: str) -> str:
        return text.replace(self._token or "", "…") if self._token else text


def _error_in(body: bytes) -> _Error:
    try:
        return _ErrorBody.model_validate_json(body).error
    except ValidationError:
        return _Error()


def _checked(model: type[WireT], body: bytes) -> WireT:
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise _trouble("broken-answer", "answered something that cannot be read.") from None


def _late() -> Faulted:
    return _trouble(TIMED_OUT, "did not answer in time.")


def _trouble(code: str, info: str) -> Faulted:
    return Faulted(Fault(kind=FaultKind.SOURCE_TROUBLE, code=code, info=f"Mapillary {info}"))
