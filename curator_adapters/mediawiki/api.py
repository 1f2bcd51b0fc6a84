"""The one place that asks the wiki and judges whether it answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

import requests
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from requests_toolbelt import MultipartEncoder

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.answers import judged, unreachable
from curator_adapters.mediawiki.api_error import ApiError
from curator_adapters.mediawiki.authentication import Login
from curator_adapters.mediawiki.faults import fault_of
from curator_adapters.mediawiki.file_slice import FileSlice
from curator_adapters.mediawiki.metering import metered
from curator_adapters.mediawiki.plain_text import plain_text_of_wikitext
from curator_adapters.mediawiki.session import Body, UserSession
from curator_core.domain.clockwork import utc
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.ports.meter import Meter, Unmetered

_FORMAT = {"format": "json", "formatversion": "2"}
_ALWAYS = {**_FORMAT, "assert": "user"}
_ON_WRITES = {"maxlag": "5"}

# What an answer without the expected keys is: of a read a failed transport (SPEC §3), of a write
# one that nobody foresaw, and that may hide a write that took.
_READ, _WRITTEN = FaultKind.UNREACHABLE, FaultKind.ODD_ANSWER

_UNMETERED = Unmetered()

Moment = Annotated[datetime, AfterValidator(utc)]
"""A time of the wiki's clock, as the core wants it."""


class Shape(BaseModel):
    """What an answer must hold; whatever else it holds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Tokens(Shape):
    csrftoken: str


class _TokenQuery(Shape):
    tokens: _Tokens


class _TokenAnswer(Shape):
    query: _TokenQuery


ShapeT = TypeVar("ShapeT", bound=Shape)


class _LoginTokens(Shape):
    logintoken: str


class _LoginTokenQuery(Shape):
    tokens: _LoginTokens


class _LoginTokenAnswer(Shape):
    query: _LoginTokenQuery


class _LoginResult(Shape):
    result: str
    reason: str = ""


class _LoginAnswer(Shape):
    login: _LoginResult


class Api:
    """The Action API as one user. Each method is one request and raises `Faulted`.

    Where the user has to log in, the first request does that by two more. A login that the wiki
    has forgotten is a proof gone stale, as a write token may be: `BAD_TOKEN`, and the next
    request logs in anew.
    """

    def __init__(
        self, address: WikiAddress, session: UserSession, meter: Meter = _UNMETERED
    ) -> None:
        self.address = address
        self.session = session
        self._meter = meter

    def read(self, shape: type[ShapeT], params: Mapping[str, str]) -> ShapeT:
        """Asks by GET."""
        asked = {**_ALWAYS, **params}
        return self._judged(
            asked["action"], _READ, shape, lambda: self.session.get(self.address.api, asked)
        )

    def post(self, shape: type[ShapeT], params: Mapping[str, str]) -> ShapeT:
        """Changes something that wants no token."""
        body = {**_ALWAYS, **_ON_WRITES, **params}
        return self._posted(body["action"], shape, body, self.session.timeouts.read)

    def write(
        self,
        shape: type[ShapeT],
        params: Mapping[str, str],
        *,
        read_timeout: float | None = None,
        chunk: FileSlice | None = None,
    ) -> ShapeT:
        """Changes something. Fetches a write token first where the session has none, and
        forgets one that the wiki refuses."""
        token = self.session.token(self._fetch_token)
        fields = {**_ALWAYS, **_ON_WRITES, **params, "token": token}
        body: Body = fields
        if chunk is not None:
            part = ("chunk", chunk, "application/octet-stream")
            body = MultipartEncoder(fields={**fields, "chunk": part})
        try:
            return self._posted(
                fields["action"], shape, body, read_timeout or self.session.timeouts.read
            )
        except Faulted as faulted:
            if faulted.fault.kind is FaultKind.BAD_TOKEN:
                self.session.drop_token(token)
            raise

    def _fetch_token(self) -> str:
        answer = self.read(_TokenAnswer, {"action": "query", "meta": "tokens"})
        return answer.query.tokens.csrftoken

    def _posted(self, action: str, shape: type[ShapeT], body: Body, read_timeout: float) -> ShapeT:
        return self._judged(
            action, _WRITTEN, shape, lambda: self.session.post(self.address.api, body, read_timeout)
        )

    def _judged(
        self,
        action: str,
        misshapen: FaultKind,
        shape: type[ShapeT],
        send: Callable[[], requests.Response],
    ) -> ShapeT:
        login = self.session.logged_in(self._log_in)
        try:
            return self._answer(action, misshapen, shape, send)
        except Faulted as faulted:
            if login and faulted.fault.kind is FaultKind.NOT_LOGGED_IN:
                self.session.forget_login(login)
                raise Faulted(replace(faulted.fault, kind=FaultKind.BAD_TOKEN)) from None
            raise

    def _log_in(self, login: Login) -> None:
        asked = {**_FORMAT, "action": "query", "meta": "tokens", "type": "login"}
        tokens = self._answer(
            "query", _READ, _LoginTokenAnswer, lambda: self.session.get(self.address.api, asked)
        ).query.tokens
        body = {
            **_FORMAT,
            "action": "login",
            "lgname": login.name,
            "lgpassword": login.password,
            "lgtoken": tokens.logintoken,
        }
        timeout = self.session.timeouts.read
        said = self._answer(
            "login",
            _WRITTEN,
            _LoginAnswer,
            lambda: self.session.post(self.address.api, body, timeout),
        ).login
        if said.result != "Success":
            words = plain_text_of_wikitext(said.reason)
            raise Faulted(fault_of(ApiError(code=f"login-{said.result.lower()}", words=words)))

    def _answer(
        self,
        action: str,
        misshapen: FaultKind,
        shape: type[ShapeT],
        send: Callable[[], requests.Response],
    ) -> ShapeT:
        with metered(self._meter, action):
            try:
                response = send()
            except requests.RequestException as error:
                raise Faulted(unreachable(self.address, error)) from None
            return self._shaped(misshapen, shape, judged(self.address, response, misshapen))

    def _shaped(self, misshapen: FaultKind, shape: type[ShapeT], body: dict[str, Any]) -> ShapeT:
        try:
            return shape.model_validate(body)
        except ValidationError as error:
            missing = ", ".join(
                sorted({".".join(map(str, each["loc"])) for each in error.errors()})
            )
            sentence = f"The wiki at {self.address} left out of its answer: {missing}."
            raise Faulted(Fault(kind=misshapen, info=sentence)) from None
