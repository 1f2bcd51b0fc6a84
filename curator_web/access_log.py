"""One line in the log for each request."""

from __future__ import annotations

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from curator_web.answered import when_answered

log = structlog.get_logger("curator.web")

_PROBES = frozenset({"/healthz", "/metrics", "/readyz"})


class AccessLog:
    """Logs method, path, status and milliseconds; never the query, which holds OAuth's secrets on
    the way back from the wiki."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return

        def note(status: int, seconds: float) -> None:
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

        await when_answered(self._app, scope, receive, send, note)
