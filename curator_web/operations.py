"""THE table of HTTP operations: routes are made from it, and so is the OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from curator_web.health import Readiness
from curator_web.protocol import administration as shapes
from curator_web.protocol.shapes import Wire

JSON, HTML, TEXT = "application/json", "text/html", "text/plain"


class Who(Enum):
    """Who may ask."""

    ANYBODY = auto()
    CONTRIBUTOR = auto()
    ADMINISTRATOR = auto()
    MACHINE = auto()
    """Whoever has the key for machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One way in which a request can be answered; without a `shape` it has no JSON body."""

    what: str
    shape: type[Wire] | None = None
    media: tuple[str, ...] = (JSON,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`path` as routes have it, `name` unique. What every operation of its kind may answer
    besides (`all_answers`) is not said here again."""

    name: str
    method: str
    path: str
    tag: str
    summary: str
    answers: Mapping[HTTPStatus, Answer]
    who: Who = Who.ANYBODY
    query: type[Wire] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: type[Wire] | None = None
    asks_database: bool = True

    @property
    def all_answers(self) -> dict[HTTPStatus, Answer]:
        """By status, in order."""
        found = dict(self.answers)
        if self.who is not Who.ANYBODY:
            found |= {HTTPStatus.UNAUTHORIZED: _refusal("Who asks is not known here.")}
        if self.who is Who.ADMINISTRATOR or self.method != "GET":
            told = "Only administrators may, and nobody from another site's page."
            found |= {HTTPStatus.FORBIDDEN: _refusal(told)}
        if self.body is not None:
            found |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _refusal("The body is too large.")}
        if self.body is not None or self.query is not None:
            unfit = Answer(what="Something does not fit.", shape=shapes.Unfit)
            found |= {HTTPStatus.UNPROCESSABLE_ENTITY: unfit}
        if self.asks_database:
            away = _refusal("The database does not answer at the moment.")
            found |= {HTTPStatus.SERVICE_UNAVAILABLE: away}
        return dict(sorted(found.items()))


def _refusal(what: str) -> Answer:
    return Answer(what=what, shape=shapes.Detail, media=(JSON, HTML))


def _told(what: str, shape: type[Wire]) -> Mapping[HTTPStatus, Answer]:
    return {HTTPStatus.OK: Answer(what=what, shape=shape)}


def _elsewhere(what: str) -> Answer:
    return Answer(what=what, media=())


def _list(name: str, path: str, what: str, query: type[Wire], shape: type[Wire]) -> Operation:
    return Operation(
        name=name,
        method="GET",
        path=f"/api/admin/{path}",
        tag="administration",
        summary=what,
        who=Who.ADMINISTRATOR,
        query=query,
        answers=_told("A page of them, and how many there are.", shape),
    )


def _change(name: str, path: str, what: str, body: type[Wire], shape: type[Wire]) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=f"/api/admin/{path}",
        tag="administration",
        summary=what,
        who=Who.ADMINISTRATOR,
        body=body,
        answers=_told("What was done.", shape),
    )


ADMINISTRATION = (
    _list("listBatches", "batches", "All batches.", shapes.Listing, shapes.BatchListing),
    _list("listUsers", "users", "All users.", shapes.Listing, shapes.UserListing),
    _list(
        "listUploads",
        "upload_requests",
        "All uploads.",
        shapes.UploadListing,
        shapes.AdminUploadListing,
    ),
    _list("listPresets", "presets", "All presets.", shapes.Listing, shapes.PresetListing),
    _list(
        "listFailedUploads",
        "failed_uploads",
        "Failed uploads by batch.",
        shapes.FailureListing,
        shapes.FailureListingAnswer,
    ),
    Operation(
        name="correctUpload",
        method="PUT",
        path="/api/admin/upload_requests/{id}",
        tag="administration",
        summary="Corrects fields of an upload that has not started.",
        who=Who.ADMINISTRATOR,
        parameters={"id": "The upload's id."},
        body=shapes.UploadCorrection,
        answers={
            **_told("It is corrected.", shapes.Said),
            HTTPStatus.NOT_FOUND: _refusal("There is no such upload."),
            HTTPStatus.CONFLICT: _refusal("Work on it has begun, or it has ended."),
        },
    ),
    _change(
        "cancelUploads",
        "upload_requests/bulk-cancel",
        "Cancels those that are queued or in progress.",
        shapes.Chosen,
        shapes.CancelledCount,
    ),
    _change(
        "failUploads",
        "upload_requests/bulk-fail",
        "Marks unfinished ones as failed.",
        shapes.Chosen,
        shapes.FailedCount,
    ),
    _change(
        "retryUploads",
        "retry",
        "Tries failed and cancelled ones again, in a new batch of the administrator's.",
        shapes.Retry,
        shapes.RetriedAnswer,
    ),
)

_WIKI_AWAY = _refusal("The wiki cannot be reached.")

LOGIN = (
    Operation(
        name="login",
        method="GET",
        path="/auth/login",
        tag="login",
        summary="Starts the login at the wiki.",
        asks_database=False,
        answers={
            HTTPStatus.FOUND: _elsewhere("To the wiki."),
            HTTPStatus.BAD_REQUEST: _refusal("The wiki refuses to begin."),
            HTTPStatus.BAD_GATEWAY: _WIKI_AWAY,
        },
    ),
    Operation(
        name="callback",
        method="GET",
        path="/auth/callback",
        tag="login",
        summary="Finishes the login: the wiki sends visitors here.",
        parameters={
            "oauth_token": "The token that the login began with.",
            "oauth_verifier": "What the wiki says that the visitor agreed with.",
        },
        answers={
            HTTPStatus.FOUND: _elsewhere("To the start page, logged in."),
            HTTPStatus.BAD_REQUEST: _refusal("This is not the end of a login begun here."),
            HTTPStatus.FORBIDDEN: _refusal("The account may not use Curator; it says why."),
            HTTPStatus.BAD_GATEWAY: _WIKI_AWAY,
        },
    ),
    Operation(
        name="logout",
        method="GET",
        path="/auth/logout",
        tag="login",
        summary="Forgets the session.",
        asks_database=False,
        answers={HTTPStatus.FOUND: _elsewhere("To the start page.")},
    ),
    Operation(
        name="whoAmI",
        method="GET",
        path="/auth/whoami",
        tag="login",
        summary="Who is logged in.",
        who=Who.CONTRIBUTOR,
        asks_database=False,
        answers=_told("The user.", shapes.WhoAmI),
    ),
    Operation(
        name="register",
        method="POST",
        path="/auth/register",
        tag="login",
        summary="Logs the configured service account in, for machines.",
        who=Who.MACHINE,
        answers={
            **_told("The session's cookie comes with it.", shapes.Registered),
            HTTPStatus.BAD_REQUEST: _refusal("The header X-API-KEY is missing."),
            HTTPStatus.INTERNAL_SERVER_ERROR: _refusal("No service account is configured."),
            HTTPStatus.BAD_GATEWAY: _WIKI_AWAY,
        },
    ),
)

OPERATION = (
    Operation(
        name="isAlive",
        method="GET",
        path="/healthz",
        tag="operation",
        summary="Whether this process answers.",
        asks_database=False,
        answers=_told("It does.", shapes.Alive),
    ),
    Operation(
        name="isReady",
        method="GET",
        path="/readyz",
        tag="operation",
        summary="Which services do not answer, and what holds everybody's uploads up.",
        asks_database=False,
        answers={
            **_told("All that is needed answers.", Readiness),
            HTTPStatus.SERVICE_UNAVAILABLE: Answer(
                what="Something does not; it says what.", shape=Readiness
            ),
        },
    ),
    Operation(
        name="metrics",
        method="GET",
        path="/metrics",
        tag="operation",
        summary="Figures for Prometheus.",
        asks_database=False,
        answers={HTTPStatus.OK: Answer(what="The figures.", media=(TEXT,))},
    ),
)


def _document(name: str, path: str, what: str, media: str) -> Operation:
    return Operation(
        name=name,
        method="GET",
        path=path,
        tag="documents",
        summary=what,
        asks_database=False,
        answers={HTTPStatus.OK: Answer(what="The document.", media=(media,))},
    )


DOCUMENTS = (
    _document("openapi", "/openapi.json", "This document.", JSON),
    _document("asyncapi", "/asyncapi.json", "What goes over the WebSocket.", JSON),
    _document("httpPage", "/docs/api", "This document, to be read.", HTML),
    _document("messagesPage", "/docs/messages", "What goes over the WebSocket, to be read.", HTML),
)

Endpoints = Mapping[str, Callable[[Request], Awaitable[Response]]]
"""What answers which operation, by its name."""


class _Id(Convertor[int]):
    """An id in a path. Python reads no number of more than 4,300 digits, and one of 20 is larger
    than any id already."""

    regex = "[0-9]+"

    def convert(self, value: str) -> int:
        return int(value.lstrip("0")[:20] or "0")

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("id", _Id())


def routes_of(operations: Sequence[Operation], endpoints: Endpoints) -> list[Route]:
    """A route for each operation. Raises `KeyError` where nothing answers one."""
    return [
        Route(
            each.path.replace("{id}", "{id:id}"),
            endpoints[each.name],
            methods=[each.method],
            name=each.name,
        )
        for each in operations
    ]


OPERATIONS: tuple[Operation, ...] = (*LOGIN, *ADMINISTRATION, *OPERATION, *DOCUMENTS)
