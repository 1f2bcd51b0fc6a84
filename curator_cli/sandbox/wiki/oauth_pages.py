"""The pages of the OAuth handshake: `index.php?title=Special:OAuth/…`."""

import html
import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from curator_cli.sandbox.wiki.oauth import OAuthAuthority, OAuthRefusal
from curator_cli.sandbox.wiki.requests import WikiRequest, read_request
from curator_cli.sandbox.wiki.signature import SignedRequest
from curator_cli.sandbox.wiki.state import Wiki


class OAuthPages:
    """Answers what `mwoauth` and browsers ask of `Special:OAuth`.

    Tokens are form-encoded, or JSON with `format=json`; errors are text that begins `Error: `,
    or JSON with `error` and `message`, which `identify` always gives. All with HTTP 200, as the
    extension does.
    """

    def __init__(self, wiki: Wiki, authority: OAuthAuthority, templates: Jinja2Templates) -> None:
        self._wiki = wiki
        self._authority = authority
        self._templates = templates
        self._steps: dict[str, Callable[[SignedRequest, WikiRequest], Response]] = {
            "initiate": self._initiate,
            "token": self._token,
            "identify": self._identify,
        }

    async def __call__(self, request: Request, step: str) -> Response:
        """Answers the subpage `step` of `Special:OAuth`."""
        received = await read_request(request)
        if step in ("authorize", "authenticate", "approve"):
            return await self._authorize(request, received)
        if step not in self._steps:
            return PlainTextResponse(f"Special:OAuth has no subpage {step!r}.", 404)
        is_json = step == "identify" or received.parameters.get("format") == "json"
        try:
            if received.signed is None:
                raise OAuthRefusal("Invalid consumer")
            return self._steps[step](received.signed, received)
        except OAuthRefusal as refusal:
            return _refused(refusal, is_json=is_json)

    def short_form(self) -> Response:
        """What the short form of these addresses gives: it is never what was signed."""
        return _refused(OAuthRefusal("Invalid signature"), is_json=False)

    def _initiate(self, signed: SignedRequest, received: WikiRequest) -> Response:
        token = self._authority.initiate(signed)
        return _tokens(token.key, token.secret, received, "&oauth_callback_confirmed=true")

    def _token(self, signed: SignedRequest, received: WikiRequest) -> Response:
        token = self._authority.exchange(signed)
        return _tokens(token.key, token.secret, received, "")

    def _identify(self, signed: SignedRequest, _received: WikiRequest) -> Response:
        token = self._authority.authenticate(signed)
        is_blocked = self._wiki.block_of(token.account) is not None
        nonce = signed.oauth.get("oauth_nonce", "")
        statement = self._authority.identity(token, nonce, is_blocked=is_blocked)
        return Response(statement, media_type="application/json")

    async def _authorize(self, request: Request, received: WikiRequest) -> Response:
        key = received.parameters.get("oauth_token")
        try:
            pending = self._authority.pending(key)
        except OAuthRefusal as refusal:
            return self._page(request, "authorize_end.html", message=refusal.reason, status=400)
        if not received.was_posted:
            return self._page(
                request,
                "authorize.html",
                consumer=self._wiki.settings.consumer_name,
                accounts=self._wiki.settings.accounts,
                oauth_token=key,
                callback=pending.callback,
            )
        if received.parameters.has("cancel"):
            return self._page(request, "authorize_end.html", message="Nothing was allowed.")
        account = self._wiki.accounts.get(received.parameters.get("account"))
        if account is None:
            message = "There is no such account."
            return self._page(request, "authorize_end.html", message=message, status=400)
        target = self._authority.allow(key, account)
        if target:
            return RedirectResponse(target, 303)
        message = f"Verification code: {pending.verifier}"
        return self._page(request, "authorize_end.html", message=message)

    def _page(
        self, request: Request, template: str, *, status: int = 200, **context: object
    ) -> Response:
        return self._templates.TemplateResponse(request, template, context, status_code=status)


def _tokens(key: str, secret: str, received: WikiRequest, confirmed: str) -> Response:
    if received.parameters.get("format") == "json":
        body = {"key": key, "secret": secret}
        if confirmed:
            body["oauth_callback_confirmed"] = "true"
        return Response(json.dumps(body), media_type="application/json")
    text = f"oauth_token={key}&oauth_token_secret={secret}{confirmed}"
    return PlainTextResponse(text)


def _refused(refusal: OAuthRefusal, *, is_json: bool) -> Response:
    message = refusal.reason
    if refusal.key == "mwoauth-oauth-exception":
        message = f"An error occurred in the OAuth protocol: {message}"
    if is_json:
        body = {"error": refusal.key, "message": message}
        return Response(json.dumps(body), media_type="application/json")
    return PlainTextResponse(f"Error: {html.escape(message, quote=False)}")
