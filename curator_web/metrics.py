"""`/metrics`: figures for operators, in Prometheus's words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import TypeVar

import anyio
import structlog
from anyio import to_thread
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from curator_core.domain.breaker import BREAKERS
from curator_core.domain.errors import ServiceDown
from curator_core.ports.meter import Counted, Figure
from curator_core.use_cases.show_figures import ShowFigures, Stored
from curator_web.live import Live
from curator_web.operations import Endpoints
from curator_web.request_times import RequestTimes
from curator_web.websocket.sockets import Sockets

log = structlog.get_logger("curator.web")

_PATIENCE_SECONDS = 3

_COUNTERS: Mapping[Figure, tuple[str, str, tuple[str, ...]]] = {
    Figure.ENDED: (
        "curator_uploads_ended",
        "Uploads that came to an end, by outcome and the error's class.",
        ("outcome", "error"),
    ),
    Figure.RESCUED: (
        "curator_lease_rescues",
        "Uploads put back from workers that fell silent.",
        (),
    ),
    Figure.WIKI_REQUESTS: (
        "curator_wiki_requests",
        "Requests to the wiki, by action and how they went.",
        ("action", "result"),
    ),
    Figure.TURNS: (
        "curator_turns",
        "Turns to publish that limited users took; late ones came after their slot.",
        ("late",),
    ),
    Figure.TURN_MILLISECONDS: (
        "curator_turn_interval_seconds",
        "How far apart the turns of one user are, summed up over all turns: the pace.",
        (),
    ),
}

_STATES = ("queued", "in_progress", "completed", "failed", "cancelled", "duplicate")

T = TypeVar("T")


class Metrics:
    """What this process measured, and what all have in common: that is asked for at most every
    `keep` seconds, so that no number of scrapes is a burden.

    A service that does not answer is told as `curator_up` 0, and its figures are left out.
    """

    def __init__(
        self,
        figures: ShowFigures,
        live: Live,
        sockets: Sockets,
        times: RequestTimes,
        *,
        keep: float = 5,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._figures = figures
        self._keep = keep
        self._now = now
        self._read_at: float | None = None
        self._reading = anyio.Lock()
        self._shown = _Shown(live, sockets)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(times.histogram)
        self._registry.register(self._shown)
        ProcessCollector(registry=self._registry)

    @property
    def endpoints(self) -> Endpoints:
        """What answers each operation, by its name."""
        return {"metrics": self.shown}

    async def shown(self, _: Request) -> Response:
        """All figures."""
        async with self._reading:
            if self._read_at is None or self._now() - self._read_at >= self._keep:
                await self._read()
                self._read_at = self._now()
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def _read(self) -> None:
        async def stored() -> None:
            self._shown.stored = await _answer_of(self._figures.stored)

        async def counted() -> None:
            self._shown.counted = await _answer_of(self._figures.counted)

        async with anyio.create_task_group() as both:
            both.start_soon(stored)
            both.start_soon(counted)


async def _answer_of(ask: Callable[[], T]) -> T | None:
    """None where the service does not answer, or not for a while."""
    with anyio.move_on_after(_PATIENCE_SECONDS):
        try:
            return await to_thread.run_sync(ask, abandon_on_cancel=True)
        except ServiceDown as down:
            log.debug("no figures", service=down.service, reason=down.detail)
    return None


class _Shown(Collector):
    def __init__(self, live: Live, sockets: Sockets) -> None:
        self._live = live
        self._sockets = sockets
        self.stored: Stored | None = None
        self.counted: tuple[Counted, ...] | None = None

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("curator_info", "Which release this is.", labels=["version"])
        info.add_metric([version("curator")], 1)
        yield info
        up = GaugeMetricFamily("curator_up", "Whether a service answers.", labels=["service"])
        up.add_metric(["database"], int(self.stored is not None))
        up.add_metric(["redis"], int(self.counted is not None))
        yield up
        yield _gauge(
            "curator_websockets", "Connected WebSockets of this process.", self._sockets.count
        )
        yield _gauge(
            "curator_live_updates",
            "Whether announcements reach this process; while they do not, it polls.",
            int(self._live.is_listening),
        )
        if self.stored is not None:
            yield from _stored(self.stored)
        if self.counted is not None:
            yield from _counted(self.counted)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _stored(stored: Stored) -> Iterator[Metric]:
    standing = stored.standing
    uploads = GaugeMetricFamily("curator_uploads", "Uploads by state.", labels=["status"])
    for status in _STATES:
        uploads.add_metric([status], getattr(standing.stats, status))
    yield uploads
    depth = GaugeMetricFamily(
        "curator_queue_depth",
        "Queued uploads: of users whom the wiki limits, and of all others.",
        labels=["user_class"],
    )
    depth.add_metric(["paced"], standing.queued_paced)
    depth.add_metric(["unpaced"], standing.queued_unpaced)
    yield depth
    gates = GaugeMetricFamily(
        "curator_gates_closed",
        "Closed gates, by what closed them and whose uploads wait.",
        labels=["gate", "scope"],
    )
    for kind, breaker in BREAKERS.items():
        closed = sum(gate.kind is kind for gate in stored.closed)
        gates.add_metric([kind.value, breaker.scope.value], closed)
    yield gates


def _counted(counted: tuple[Counted, ...]) -> Iterator[Metric]:
    for figure, (name, what, labels) in _COUNTERS.items():
        family = CounterMetricFamily(name, what, labels=labels)
        found = [each for each in counted if each.figure is figure]
        if not found and not labels:
            family.add_metric((), 0)
        for each in found:
            value = each.count / 1000 if figure is Figure.TURN_MILLISECONDS else each.count
            family.add_metric([each.labels.get(label, "") for label in labels], value)
        yield family
