"""The Action API's front door: reads a request, checks it, hands it to its module, answers."""

import asyncio
import gzip
import html
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.errors import ApiError, Json, bad_value, missing_parameter
from curator_cli.sandbox.wiki.figures import Figures
from curator_cli.sandbox.wiki.oauth import AccessToken, OAuthAuthority, OAuthRefusal
from curator_cli.sandbox.wiki.passages import Fault, Interrupted, Passages
from curator_cli.sandbox.wiki.requests import WikiRequest, read_request
from curator_cli.sandbox.wiki.state import Wiki

_TOO_LARGE = (
    "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n"
    "<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n"
    "</body>\r\n</html>\r\n"
)
_WORTH_COMPRESSING = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """An action of the API and what it demands before it is carried out."""

    run: Callable[[Call], Awaitable[Json]]
    must_be_posted: bool = False
    needs_token: bool = False
    writes: bool = False


class ActionApi:
    """Serves `/w/api.php` with `modules`, by the name of their action."""

    def __init__(
        self,
        wiki: Wiki,
        authority: OAuthAuthority,
        figures: Figures,
        passages: Passages,
        modules: dict[str, Module],
    ) -> None:
        self._wiki = wiki
        self._authority = authority
        self._figures = figures
        self._passages = passages
        self._modules = modules
        self._running: set[asyncio.Task[Response]] = set()

    async def __call__(self, request: Request) -> Response:
        """Answers one request, and carries it out to its end even if nobody waits for it."""
        request = Request(request.scope, self._figures.weighing(request.receive))
        length = int(request.headers.get("content-length") or 0)
        if length > self._wiki.settings.max_body_size:
            self._figures.count_unread("http-413")
            return HTMLResponse(_TOO_LARGE, 413, headers={"Connection": "close"})
        received = await read_request(request)
        files = sum(file.size or 0 for file in received.parameters.files.values())
        self._figures.count_form(length, files)
        accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
        task = asyncio.create_task(self._answer(received, accepts_gzip=accepts_gzip))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        finally:
            if task.done():
                await request.close()

    async def _answer(self, received: WikiRequest, *, accepts_gzip: bool) -> Response:
        action = received.parameters.get("action", "help")
        headers = {"MediaWiki-API-Error": ""}
        try:
            call = self._call(received, action)
            module = self._checked(call)
            await self._passages.before(call)
            body = await module.run(call)
            await self._passages.after(call)
            headers.clear()
        except ApiError as error:
            self._figures.count_error(error.code)
            headers = {"MediaWiki-API-Error": ", ".join(error.header_codes), **error.headers}
            is_plain = received.parameters.get("errorformat") == "plaintext"
            body = error.as_plaintext(action) if is_plain else error.as_json()
        except Interrupted as interruption:
            return _faulty(interruption.fault)
        return _rendered(received, body, headers, accepts_gzip=accepts_gzip)

    def _call(self, received: WikiRequest, action: str) -> Call:
        token: AccessToken | None = None
        if received.signed:
            try:
                token = self._authority.authenticate(received.signed)
            except OAuthRefusal as refusal:
                self._figures.count_unread("oauth")
                raise ApiError(
                    "mwoauth-invalid-authorization",
                    f"The authorization headers in your request are not valid: {refusal.reason}",
                    module="main",
                ) from refusal
        salt = self._wiki.switches.token_salt
        call = Call(
            wiki=self._wiki,
            parameters=received.parameters,
            action=action,
            was_posted=received.was_posted,
            token=token,
            csrf_token=self._authority.csrf_token(token, salt),
        )
        self._figures.count(call)
        return call

    def _checked(self, call: Call) -> Module:
        # The order is that of MediaWiki's ApiMain.
        self._check_assertions(call)
        module = self._modules.get(call.action)
        if module is None:
            error = bad_value("action", call.action)
            error.module = "main"
            raise error
        if module.needs_token:
            self._check_token(call)
        self._check_read_only(call, module)
        self._check_lag(call)
        if module.must_be_posted and not call.was_posted:
            raise ApiError(
                "mustbeposted",
                f'The "{call.action}" module requires a POST request.',
                module="main",
            )
        return module

    def _check_assertions(self, call: Call) -> None:
        asserted, named = call.parameters.get("assert"), call.parameters.get("assertuser")
        if asserted == "user" and call.user is None:
            raise ApiError(
                "assertuserfailed",
                "You are no longer logged in, so the action could not be completed.",
                module="main",
            )
        if asserted == "bot" and (call.user is None or "bot" not in call.user.rights):
            raise ApiError(
                "assertbotfailed",
                'You do not have the "bot" right, so the action could not be completed.',
                module="main",
            )
        if named and (call.user is None or call.user.name != named):
            raise ApiError(
                "assertnameduserfailed",
                f'You are no longer logged in as "{named}", so the action could not be completed.',
                module="main",
            )

    def _check_token(self, call: Call) -> None:
        if not call.parameters.has("token"):
            raise missing_parameter("token")
        if "token" in call.parameters.in_query:
            raise ApiError(
                "mustpostparams",
                "The following parameter was found in the query string, but must be in the POST "
                "body: token.",
            )
        salt = self._wiki.switches.token_salt
        if not self._authority.is_csrf_token(call.parameters.get("token"), call.token, salt):
            raise ApiError("badtoken", "Invalid CSRF token.")

    def _check_read_only(self, call: Call, module: Module) -> None:
        reason = call.wiki.switches.read_only
        if module.writes and reason:
            raise ApiError(
                "readonly",
                "The wiki is currently in read-only mode.",
                extra={"readonlyreason": reason},
                module="main",
            )

    def _check_lag(self, call: Call) -> None:
        lag = call.wiki.switches.lag
        if call.parameters.has("maxlag") and lag > call.parameters.number("maxlag"):
            raise ApiError(
                "maxlag",
                f"Waiting for a database server: {lag:g} seconds lagged.",
                extra={"host": "db1234", "lag": lag, "type": "db"},
                headers={"Retry-After": "5", "X-Database-Lag": str(int(lag))},
                module="main",
            )


def _rendered(
    received: WikiRequest, body: Json, headers: dict[str, str], *, accepts_gzip: bool
) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    if received.parameters.get("format") != "json":
        return HTMLResponse(f"<pre>{html.escape(text)}</pre>", headers=headers)
    if received.parameters.get("formatversion") != "2":
        return PlainTextResponse("The sandbox speaks formatversion=2 only.", 501)
    content = text.encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Vary": "Accept-Encoding"} | {
        name: value for name, value in headers.items() if value
    }
    if accepts_gzip and len(content) > _WORTH_COMPRESSING:
        content = gzip.compress(content, 1)
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers)


def _faulty(fault: Fault) -> Response:
    if fault.is_cut:
        # A length that is never reached makes the server drop the connection.
        return StreamingResponse(
            iter([b"{"]), headers={"Content-Length": "4096", "Content-Type": "application/json"}
        )
    content: Any = json.dumps(fault.answer) if fault.answer else "The sandbox was told to fail."
    headers = {"Content-Type": "application/json" if fault.answer else "text/plain"}
    headers |= fault.headers
    if "error" in fault.answer:
        headers["MediaWiki-API-Error"] = str(fault.answer["error"].get("code", ""))
    return Response(content, fault.status or 200, headers=headers)
