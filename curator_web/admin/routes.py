"""The paths below `/api/admin`: who may ask, and which answer is whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from curator_core.application import Application
from curator_web.admin import answers, lists
from curator_web.admin.office import Asked, Declined, Office
from curator_web.admin.requests import Unfit, read, read_query
from curator_web.errors import STRANGER
from curator_web.operations import ADMINISTRATION, Endpoints, Operation
from curator_web.protocol.shapes import Wire
from curator_web.session import Sessions
from curator_web.visitor import Visitor

Answer = Callable[[Office, Asked], Wire]

ANSWERS: Mapping[str, Answer] = {
    "listBatches": lists.batches,
    "listUsers": lists.users,
    "listUploads": lists.uploads,
    "listPresets": lists.presets,
    "listFailedUploads": lists.failures,
    "correctUpload": answers.correct,
    "cancelUploads": answers.cancel,
    "failUploads": answers.fail,
    "retryUploads": answers.retry,
}
"""THE table: which operation is answered by what."""

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """Answers administrators: 401 to strangers, 403 to everybody else."""

    application: Application
    sessions: Sessions

    @property
    def endpoints(self) -> Endpoints:
        """What answers each operation, by its name."""
        return {
            each.name: partial(self._answer, each, ANSWERS[each.name]) for each in ADMINISTRATION
        }

    async def _answer(self, operation: Operation, answer: Answer, request: Request) -> Response:
        visitor = self.sessions.visitor(request)
        if visitor is None:
            return _refused(HTTPStatus.UNAUTHORIZED, STRANGER)
        if not visitor.is_admin:
            return _refused(HTTPStatus.FORBIDDEN, "Only an administrator may do this.")
        body = await request.body()
        try:
            said = await to_thread.run_sync(self._said, operation, answer, visitor, request, body)
        except Unfit as unfit:
            return _refused(HTTPStatus.UNPROCESSABLE_ENTITY, unfit.faults)
        except Declined as declined:
            return _refused(declined.status, declined.sentence)
        return Response(said, media_type="application/json")

    def _said(
        self, operation: Operation, answer: Answer, visitor: Visitor, request: Request, body: bytes
    ) -> str:
        ids = {name: int(value) for name, value in request.path_params.items()}
        if any(value > _LARGEST_ID for value in ids.values()):
            raise Declined(HTTPStatus.NOT_FOUND, "There is nothing of this id.")
        asked = Asked(
            query=read_query(operation.query, request.query_params) if operation.query else None,
            body=read(operation.body, body) if operation.body else None,
            path=ids,
        )
        office = Office(application=self.application, visitor=visitor)
        return answer(office, asked).model_dump_json(exclude_none=True)


def _refused(status: HTTPStatus, detail: object) -> Response:
    return JSONResponse({"detail": detail}, status_code=status)
