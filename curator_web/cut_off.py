"""Tells whoever is still waiting when the server ends that it does."""

from __future__ import annotations

import asyncio

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("curator.web")

_RESTARTING = "Curator is being restarted and could not wait for the answer. Please try again."


class CutOff:
    """The server cancels what it cannot wait for any longer: that is no mistake of the
    application's, which would be logged with its trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noting_beginning(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting_beginning)
        except asyncio.CancelledError:
            log.warning("cut off at the end", path=scope["path"])
            if scope["type"] == "http" and not has_begun:
                headers = {"Connection": "close", "Retry-After": "5"}
                answer = JSONResponse({"detail": _RESTARTING}, status_code=503, headers=headers)
                await answer(scope, receive, send)
