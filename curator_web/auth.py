"""Logging in through the wiki, and out again."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from http import HTTPStatus

import structlog
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from curator_core.application import Application
from curator_core.domain.catalogue import sentence_for
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.retry import Step
from curator_core.use_cases.log_in import LoginRefused
from curator_web.config import Machines
from curator_web.errors import STRANGER, Errors, wants_page
from curator_web.operations import Endpoints
from curator_web.pages import Pages
from curator_web.session import Sessions

log = structlog.get_logger("curator.web")

_AGAIN = "Please start the login again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """The paths below `/auth`; `callback` and `machines` as in `WebConfig`."""

    application: Application
    sessions: Sessions
    pages: Pages
    errors: Errors
    callback: str | None
    machines: Machines | None

    @property
    def endpoints(self) -> Endpoints:
        """What answers each operation, by its name."""
        return {
            "login": self.login,
            "callback": self.come_back,
            "logout": self.logout,
            "whoAmI": self.whoami,
            "register": self.register,
        }

    async def login(self, request: Request) -> Response:
        """To the wiki, with a token to come back with."""
        callback = self.callback or str(request.url_for("callback"))
        try:
            started = await to_thread.run_sync(self.application.start_login, callback)
        except Faulted as faulted:
            return self._wiki_trouble(request, faulted)
        answer = RedirectResponse(started.address, status_code=HTTPStatus.FOUND)
        self.sessions.remember_handshake(answer, request, started.request_token)
        return answer

    async def come_back(self, request: Request) -> Response:
        """From the wiki, with a verifier or without. Whatever it leads to, the handshake is used
        up by it; only where the wiki or the database is away may the visitor come once more."""
        begun = self.sessions.begun_handshake(request)
        said = request.query_params
        if not said.get("oauth_token") or not said.get("oauth_verifier"):
            return self._bad_return(request, f"The wiki sent no answer along. {_AGAIN}")
        if begun is None:
            return self._bad_return(request, f"There is no login under way here. {_AGAIN}")
        try:
            ended = await to_thread.run_sync(
                self.application.finish_login, begun, request.url.query
            )
        except Faulted as faulted:
            return self._wiki_trouble(request, faulted)
        if isinstance(ended, LoginRefused):
            return self._refused(request, ended)
        log.info("logged in", username=ended.user.username)
        answer = RedirectResponse("/", status_code=HTTPStatus.FOUND)
        self.sessions.begin(answer, request, ended.user, ended.token)
        return answer

    async def logout(self, request: Request) -> Response:
        """Forgets the session."""
        answer = RedirectResponse("/", status_code=HTTPStatus.FOUND)
        self.sessions.end(answer, request)
        return answer

    async def whoami(self, request: Request) -> Response:
        """Who is logged in; `authorized` means that they may administer."""
        visitor = self.sessions.visitor(request)
        if visitor is None:
            return JSONResponse({"detail": STRANGER}, status_code=HTTPStatus.UNAUTHORIZED)
        return JSONResponse(
            {
                "username": visitor.user.username,
                "userid": visitor.user.id,
                "authorized": visitor.is_admin,
            }
        )

    async def register(self, request: Request) -> Response:
        """Logs the service account in, for whoever has the key for machines."""
        given = request.headers.get("x-api-key")
        if self.machines is None:
            told = "No service account is configured here."
            return _declined(HTTPStatus.INTERNAL_SERVER_ERROR, told)
        if not given:
            return _declined(HTTPStatus.BAD_REQUEST, "The header X-API-KEY is missing.")
        # As long as it takes for any key: time tells nothing of how much of it was right.
        if not compare_digest(given.encode("latin-1"), self.machines.key.encode()):
            log.warning("a machine came with a wrong key")
            return _declined(HTTPStatus.UNAUTHORIZED, "This key is not the right one.")
        try:
            found = await to_thread.run_sync(self.application.log_in_service, self.machines.token)
        except Faulted as faulted:
            fault = faulted.fault
            log.warning("machine not logged in", kind=fault.kind.value, info=fault.info)
            return _declined(HTTPStatus.BAD_GATEWAY, sentence_for(Step.REQUEST, fault))
        log.info("machine logged in", username=found.user.username)
        name = found.user.username
        answer = JSONResponse({"message": f"Logged in as {name}.", "username": name})
        self.sessions.begin(answer, request, found.user, found.token)
        return answer

    def _wiki_trouble(self, request: Request, faulted: Faulted) -> Response:
        fault = faulted.fault
        log.warning("login failed", kind=fault.kind.value, code=fault.code, info=fault.info)
        if fault.kind is FaultKind.REFUSED:
            return self._bad_return(request, f"{sentence_for(Step.REQUEST, fault)} {_AGAIN}")
        return self.errors.answer(
            request,
            HTTPStatus.BAD_GATEWAY,
            sentence_for(Step.REQUEST, fault),
            title="Logging in does not work at the moment",
            page=True,
        )

    def _bad_return(self, request: Request, sentence: str) -> Response:
        title = "This login cannot be finished"
        answer = self.errors.answer(request, HTTPStatus.BAD_REQUEST, sentence, title=title)
        self.sessions.end_handshake(answer, request)
        return answer

    def _refused(self, request: Request, refused: LoginRefused) -> Response:
        log.info("login refused", username=refused.username, reasons=refused.reasons)
        answer: Response
        if wants_page(request):
            title = f"{refused.username} cannot use Curator yet"
            answer = self.pages.message(title, refused.reasons, status=HTTPStatus.FORBIDDEN)
        else:
            answer = self.errors.answer(request, HTTPStatus.FORBIDDEN, " ".join(refused.reasons))
        self.sessions.end_handshake(answer, request)
        return answer


def _declined(status: HTTPStatus, sentence: str) -> Response:
    return JSONResponse({"detail": sentence}, status_code=status)
