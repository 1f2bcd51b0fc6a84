"""How a request was answered, and in what time."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


async def when_answered(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, note: Callable[[int, float], None]
) -> None:
    """Lets `app` answer, then calls `note` with the status (500 where none was sent) and the
    seconds until the last byte."""
    began = time.perf_counter()
    status = 500

    async def noting_status(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = int(message["status"])
        await send(message)

    try:
        await app(scope, receive, noting_status)
    finally:
        note(status, time.perf_counter() - began)
