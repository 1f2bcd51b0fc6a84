"""How long requests take."""

from __future__ import annotations

from functools import partial

from prometheus_client import Histogram
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from curator_web.answered import when_answered

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class RequestTimes:
    """A histogram by route, method and class of status. Whatever is asked for, there are no more
    label values than we have routes: an address is told as its route's template."""

    def __init__(self) -> None:
        self.histogram = Histogram(
            "curator_request_seconds",
            "Time to answer a request, until its last byte.",
            ("route", "method", "status"),
            buckets=_SECONDS,
            registry=None,
        )

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """A request that was answered."""
        route, method = scope.get("route"), scope["method"]
        self.histogram.labels(
            route=route.path if isinstance(route, Route) else "other",
            method=method if method in _METHODS else "other",
            status=f"{status // 100}xx",
        ).observe(seconds)


class TimedRequests:
    """Notes each request's time."""

    def __init__(self, app: ASGIApp, times: RequestTimes) -> None:
        self._app = app
        self._times = times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await when_answered(self._app, scope, receive, send, partial(self._times.note, scope))
