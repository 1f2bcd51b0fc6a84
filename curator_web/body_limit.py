"""Refuses requests whose bodies are larger than anything that is sent in earnest."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curator_web.errors import Errors


class BodyLimit:
    """Takes bodies of `at_most` bytes: what says that it is longer is refused before anything of
    it is read, what says nothing of its length once it has been shown to be."""

    def __init__(self, app: ASGIApp, at_most: int, errors: Errors) -> None:
        self._app = app
        self._at_most = at_most
        self._errors = errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_announced_too_long(Headers(scope=scope)):
            answer = await self._errors.http(Request(scope), _too_long())
            await answer(scope, receive, send)
            return
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._at_most:
                # Whoever reads is inside of what answers exceptions.
                raise _too_long()
            return message

        await self._app(scope, receive_some, send)

    def _is_announced_too_long(self, headers: Headers) -> bool:
        announced = headers.get("content-length", "")
        # What is no number the server itself has refused.
        return announced.isdecimal() and int(announced) > self._at_most


def _too_long() -> HTTPException:
    # The rest of the body is nothing to wait for.
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, headers={"Connection": "close"})
