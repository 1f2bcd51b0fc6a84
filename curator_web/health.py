"""Whether this process lives, and whether what it needs does."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from anyio import move_on_after, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from curator_core.application import Application
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_web.live import Live

_PATIENCE_SECONDS = 3
_NO_BATCH = BatchId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`/healthz` and `/readyz`."""

    application: Application
    live: Live

    def routes(self) -> list[Route]:
        return [Route("/healthz", self.alive), Route("/readyz", self.ready)]

    async def alive(self, _: Request) -> Response:
        """This process answers."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _: Request) -> Response:
        """Which services do not answer, by name; 503 while there is one."""
        down = []
        if not await self._database_answers():
            down.append("database")
        if not self.live.is_listening:
            down.append("Redis")
        if not down:
            return JSONResponse({"status": "ready"})
        return JSONResponse(
            {"detail": f"Not reachable: {', '.join(down)}.", "down": down},
            status_code=HTTPStatus.SERVICE_UNAVAILABLE,
        )

    async def _database_answers(self) -> bool:
        with move_on_after(_PATIENCE_SECONDS):
            try:
                await to_thread.run_sync(
                    self.application.watch_batch, _NO_BATCH, abandon_on_cancel=True
                )
            except ServiceDown:
                return False
            return True
        return False
