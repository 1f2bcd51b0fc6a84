"""Whether this process lives, and whether what it needs does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from anyio import move_on_after, to_thread
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from curator_core.application import Application
from curator_core.domain.breaker import Gate, Scope
from curator_core.domain.catalogue import CATALOGUE
from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import FaultKind
from curator_web.live import Live
from curator_web.protocol.shapes import Wire

_PATIENCE_SECONDS = 3


class Paused(Wire):
    """What holds everybody's uploads up, since when, and why. The wiki's own words are in the
    log: whoever asks here need not be logged in."""

    kind: FaultKind
    since: AwareDatetime
    reason: str


class Readiness(Wire):
    """The answer of `/readyz`; `detail` says in words what is amiss, `down` names services."""

    status: str | None = None
    detail: str | None = None
    down: tuple[str, ...] | None = None
    paused: tuple[Paused, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`/healthz` and `/readyz`."""

    application: Application
    live: Live

    @property
    def endpoints(self) -> dict[str, Callable[[Request], Awaitable[Response]]]:
        """What answers each operation, by its name."""
        return {"isAlive": self.alive, "isReady": self.ready}

    async def alive(self, _: Request) -> Response:
        """This process answers."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _: Request) -> Response:
        """Which services do not answer, by name, and what holds everybody's uploads up.

        503 while a service is down, or the wiki does not accept our credentials: only an operator
        can change that. A wiki that is away or read-only is told with 200: visitors can do all
        they could before, and uploads go on by themselves.
        """
        gates = await self._closed_for_everybody()
        down = tuple(
            name
            for name, is_down in (
                ("database", gates is None),
                ("Redis", not self.live.is_listening),
            )
            if is_down
        )
        paused = tuple(map(_paused, gates or ())) or None
        sentences = [f"Not reachable: {', '.join(down)}."] if down else []
        sentences += [one.reason for one in paused or () if one.kind is FaultKind.MISCONFIGURED]
        if not sentences:
            return _answer(HTTPStatus.OK, Readiness(status="ready", paused=paused))
        return _answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            Readiness(detail=" ".join(sentences), down=down, paused=paused),
        )

    async def _closed_for_everybody(self) -> Sequence[Gate] | None:
        """None where the database does not answer."""
        with move_on_after(_PATIENCE_SECONDS):
            try:
                closed = await to_thread.run_sync(
                    self.application.show_gates, abandon_on_cancel=True
                )
            except ServiceDown:
                return None
            return [gate for gate in closed if gate.scope is Scope.EVERYBODY]
        return None


def _paused(gate: Gate) -> Paused:
    assert gate.closed_at is not None
    return Paused(kind=gate.kind, since=gate.closed_at, reason=CATALOGUE[gate.kind].told)


def _answer(status: HTTPStatus, said: Readiness) -> Response:
    return Response(
        said.model_dump_json(exclude_none=True), status_code=status, media_type="application/json"
    )
