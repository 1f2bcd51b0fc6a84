"""The paths below `/api/admin`: who may ask, and which answer is whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from curator_core.application import Application
from curator_web.admin import answers
from curator_web.admin.answers import Answer, Office
from curator_web.admin.requests import Chosen, Retry, Unfit, read
from curator_web.errors import STRANGER
from curator_web.protocol.shapes import Wire
from curator_web.session import Sessions
from curator_web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Posted:
    """A request with a body of this shape, and what answers it."""

    shape: type[Wire]
    answer: Callable[[Office, Any], Answer]


POSTS = {
    "/api/admin/upload_requests/bulk-cancel": Posted(Chosen, answers.cancel),
    "/api/admin/upload_requests/bulk-fail": Posted(Chosen, answers.fail),
    "/api/admin/retry": Posted(Retry, answers.retry),
}
"""THE table: which path is answered by what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """Answers administrators: 401 to strangers, 403 to everybody else."""

    application: Application
    sessions: Sessions

    def routes(self) -> list[Route]:
        return [
            Route(path, partial(self._answer, posted), methods=["POST"])
            for path, posted in POSTS.items()
        ]

    async def _answer(self, posted: Posted, request: Request) -> Response:
        visitor = self.sessions.visitor(request)
        if visitor is None:
            return _refused(HTTPStatus.UNAUTHORIZED, STRANGER)
        if not visitor.is_admin:
            return _refused(HTTPStatus.FORBIDDEN, "Only an administrator may do this.")
        body = await request.body()
        try:
            done = await to_thread.run_sync(self._done, posted, visitor, body)
        except Unfit as unfit:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, unfit.faults)
        return JSONResponse(done)

    def _done(self, posted: Posted, visitor: Visitor, body: bytes) -> Answer:
        office = Office(application=self.application, visitor=visitor)
        return posted.answer(office, read(posted.shape, body))


def _refused(status: HTTPStatus, detail: object) -> Response:
    return JSONResponse({"detail": detail}, status_code=status)
