"""`/ws`: who may connect."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.websockets import WebSocket

from curator_core.application import Application
from curator_web.config import WebConfig
from curator_web.live import Live
from curator_web.origin import refuse
from curator_web.session import Sessions
from curator_web.websocket.answers.desk import Desk
from curator_web.websocket.connection import Connection, Threads
from curator_web.websocket.sockets import Sockets


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Refuses visitors without a session before the upgrade."""

    application: Application
    sessions: Sessions
    live: Live
    config: WebConfig
    threads: Threads = field(default_factory=Threads)
    sockets: Sockets = field(default_factory=Sockets)

    async def connect(self, websocket: WebSocket) -> None:
        """Serves one connection from its beginning to its end."""
        visitor = self.sessions.visitor(websocket)
        if visitor is None:
            await refuse(websocket.scope, websocket.receive, websocket.send, "Please log in first.")
            return
        connection = Connection(
            websocket,
            Desk(application=self.application, visitor=visitor),
            self.live,
            self.config.limits,
            self.config.rhythm.frame,
            self.threads,
        )
        with self.sockets.one_more():
            await connection.run()
