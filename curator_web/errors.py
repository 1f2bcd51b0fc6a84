"""What a visitor reads when something goes wrong: a sentence, never a trace or a secret."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from curator_core.domain.errors import ServiceDown
from curator_web.pages import Pages
from curator_web.security import security_headers

log = structlog.get_logger("curator.web")

UNFORESEEN = "Something went wrong on our side. It is in the operator's log; please try again."

STRANGER = "You are not logged in."

_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take such a request.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is too large.",
}


def sentence_for_outage(down: ServiceDown) -> str:
    """Which of our services does not answer, in words for a visitor."""
    return (
        f"Curator's {_shown(down.service)} does not answer at the moment. "
        "Nothing that was accepted is lost; please try again in a minute."
    )


def _shown(service: str) -> str:
    return {"queue": "queue", "redis": "message service (Redis)"}.get(service.lower(), service)


def wants_page(request: Request) -> bool:
    """Whether it is a person's browser that asks."""
    return "text/html" in request.headers.get("accept", "")


class Errors:
    """Answers for what a request ended in."""

    def __init__(self, pages: Pages, content_policy: str) -> None:
        self._pages = pages
        self._content_policy = content_policy

    def answer(
        self, request: Request, status: int, sentence: str, *, title: str = "", page: bool = False
    ) -> Response:
        """`sentence` as a page for people (always, with `page`), as `{"detail"}` for programs."""
        if page or wants_page(request):
            heading = title or HTTPStatus(status).phrase
            return self._pages.message(heading, [sentence], status=status)
        return JSONResponse({"detail": sentence}, status_code=status)

    async def http(self, request: Request, error: Exception) -> Response:
        """For everything that Starlette itself refuses."""
        if not isinstance(error, HTTPException):
            raise error
        known = _SENTENCES.get(HTTPStatus(error.status_code))
        answer = self.answer(request, error.status_code, known or error.detail)
        answer.headers.update(error.headers or {})
        return answer

    async def outage(self, request: Request, error: Exception) -> Response:
        """For a service of our own that does not answer."""
        if not isinstance(error, ServiceDown):
            raise error
        log.warning("service down", service=error.service, reason=error.detail)
        return self.answer(request, HTTPStatus.SERVICE_UNAVAILABLE, sentence_for_outage(error))

    async def unforeseen(self, request: Request, _: Exception) -> Response:
        """For a surprise, which the server logs with its trace."""
        answer = self.answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, UNFORESEEN)
        # Starlette answers surprises outside of everything that adds headers.
        answer.headers.update(security_headers(self._content_policy))
        return answer
