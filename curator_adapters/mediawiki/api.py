"""The one place that asks the wiki and judges whether it answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

import requests
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from requests_toolbelt import MultipartEncoder

from curator_adapters.mediawiki.address import WikiAddress
from curator_adapters.mediawiki.answers import judged, unreachable
from curator_adapters.mediawiki.file_slice import FileSlice
from curator_adapters.mediawiki.session import Body, UserSession
from curator_core.domain.clockwork import utc
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind

_ALWAYS = {"format": "json", "formatversion": "2", "assert": "user"}
_ON_WRITES = {"maxlag": "5"}


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


class Api:
    """The Action API as one user. Each method is one request and raises `Faulted`."""

    def __init__(self, address: WikiAddress, session: UserSession) -> None:
        self.address = address
        self.session = session

    def read(self, shape: type[ShapeT], params: Mapping[str, str]) -> ShapeT:
        """Asks by GET."""
        asked = {**_ALWAYS, **params}
        return self._judged(shape, lambda: self.session.get(self.address.api, asked))

    def post(self, shape: type[ShapeT], params: Mapping[str, str]) -> ShapeT:
        """Changes something that wants no token."""
        body = {**_ALWAYS, **_ON_WRITES, **params}
        return self._posted(shape, body, self.session.timeouts.read)

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
            return self._posted(shape, body, read_timeout or self.session.timeouts.read)
        except Faulted as faulted:
            if faulted.fault.kind is FaultKind.BAD_TOKEN:
                self.session.drop_token(token)
            raise

    def _fetch_token(self) -> str:
        answer = self.read(_TokenAnswer, {"action": "query", "meta": "tokens"})
        return answer.query.tokens.csrftoken

    def _posted(self, shape: type[ShapeT], body: Body, read_timeout: float) -> ShapeT:
        return self._judged(shape, lambda: self.session.post(self.address.api, body, read_timeout))

    def _judged(self, shape: type[ShapeT], send: Callable[[], requests.Response]) -> ShapeT:
        try:
            response = send()
        except requests.RequestException as error:
            raise Faulted(unreachable(self.address, error)) from None
        return self._shaped(shape, judged(self.address, response))

    def _shaped(self, shape: type[ShapeT], body: dict[str, Any]) -> ShapeT:
        try:
            return shape.model_validate(body)
        except ValidationError as error:
            missing = ", ".join(
                sorted({".".join(map(str, each["loc"])) for each in error.errors()})
            )
            sentence = f"The wiki at {self.address} left out of its answer: {missing}."
            raise Faulted(unreachable(self.address, sentence)) from None
