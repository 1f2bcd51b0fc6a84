"""Refuses what another site's page sends in a visitor's name."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}

REFUSAL = "This request comes from another site's page."


class OriginCheck:
    """Lets state-changing requests and WebSockets through only from our own pages.

    A request without an `Origin` does not come from a browser's page and is let through
    (SPEC §9); `allowed` holds origins such as `https://curator.example`.
    """

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app = app
        self._allowed = frozenset(each.rstrip("/").lower() for each in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_to_check(scope) or self._is_ours(Headers(scope=scope)):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, REFUSAL)

    @staticmethod
    def _is_to_check(scope: Scope) -> bool:
        if scope["type"] == "http":
            return scope["method"] not in _SAFE_METHODS
        return bool(scope["type"] == "websocket")

    def _is_ours(self, headers: Headers) -> bool:
        origins, hosts = headers.getlist("origin"), headers.getlist("host")
        if not origins:
            return True
        if len(origins) > 1:
            return False
        origin = origins[0].lower()
        return origin in self._allowed or (len(hosts) == 1 and _is_host(origin, hosts[0].lower()))


async def refuse(scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
    """Answers 403 with a sentence; a WebSocket's handshake too."""
    answer = JSONResponse({"detail": sentence}, status_code=403)
    if scope["type"] == "http":
        await answer(scope, receive, send)
        return
    websocket = WebSocket(scope, receive, send)
    if "websocket.http.response" in scope.get("extensions", {}):
        await websocket.send_denial_response(answer)
    else:
        await websocket.close()


def _is_host(origin: str, host: str) -> bool:
    # Behind a proxy that ends TLS the scheme that we see may not be the browser's: only host and
    # port are compared.
    try:
        parts = urlsplit(origin)
        default = _DEFAULT_PORTS[parts.scheme]
        asked = urlsplit(f"//{host}")
        # Nothing but a scheme, a host and a port is an origin; the rest may be read in two ways.
        if "@" in host + origin or origin != f"{parts.scheme}://{parts.netloc}":
            return False
        return bool(asked.hostname) and (parts.hostname, parts.port or default) == (
            asked.hostname,
            asked.port or default,
        )
    except (KeyError, ValueError):
        return False
