"""Serves the documents, for programs and as pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from curator_web.documents.asyncapi import asyncapi
from curator_web.documents.openapi import openapi
from curator_web.documents.text import text_of
from curator_web.operations import Endpoints
from curator_web.pages import Pages

_FOR_A_WHILE = "public, max-age=300"


@dataclass(frozen=True, kw_only=True)
class Documents:
    """Made at the first request for each, and kept."""

    pages: Pages

    @property
    def endpoints(self) -> Endpoints:
        """What answers each operation, by its name."""
        return {
            "openapi": self._served(lambda: _json(self.openapi)),
            "asyncapi": self._served(lambda: _json(self.asyncapi)),
            "httpPage": self._served(lambda: HTMLResponse(self._http_page)),
            "messagesPage": self._served(lambda: HTMLResponse(self._messages_page)),
        }

    @cached_property
    def openapi(self) -> dict[str, Any]:
        """The document."""
        return openapi()

    @cached_property
    def asyncapi(self) -> dict[str, Any]:
        """The document."""
        return asyncapi()

    @cached_property
    def _http_page(self) -> str:
        return self.pages.render("http_page.html", document=self.openapi)

    @cached_property
    def _messages_page(self) -> str:
        return self.pages.render("messages_page.html", document=self.asyncapi)

    def _served(self, make: Callable[[], Response]) -> Any:
        async def endpoint(_: Request) -> Response:
            # Schemas take their time the first time.
            answer = await to_thread.run_sync(make)
            answer.headers["Cache-Control"] = _FOR_A_WHILE
            return answer

        return endpoint


def _json(document: dict[str, Any]) -> Response:
    return Response(text_of(document), media_type="application/json")
