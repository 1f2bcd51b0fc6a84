"""The web application, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute

from curator_core.application import Application
from curator_core.domain.errors import ServiceDown
from curator_core.ports.progress import Progress
from curator_web.access_log import AccessLog
from curator_web.admin.routes import Administration
from curator_web.auth import Auth
from curator_web.batch_lists import BatchLists
from curator_web.body_limit import BodyLimit
from curator_web.config import WebConfig
from curator_web.documents.serving import Documents
from curator_web.errors import Errors
from curator_web.health import Health
from curator_web.interface import interface
from curator_web.live import Live
from curator_web.metrics import Metrics
from curator_web.operations import OPERATIONS, routes_of
from curator_web.origin import OriginCheck
from curator_web.pages import Pages
from curator_web.recovery import Recovery
from curator_web.request_times import RequestTimes, TimedRequests
from curator_web.security import SecurityHeaders
from curator_web.session import Sessions
from curator_web.websocket.endpoint import Endpoint


def create_app(application: Application, progress: Progress, config: WebConfig) -> Starlette:
    """The ASGI application; its lifespan runs the live updates, and a recovery first."""
    pages = Pages()
    errors = Errors(pages, config.content_policy)
    sessions = Sessions.of(config)
    lists = BatchLists(application.browse_lists, config.rhythm)
    live = Live(progress, application.watch_batch, lists, config.rhythm)
    recovery = Recovery(application.recover_queue, config.recover_every)
    auth = Auth(
        application=application,
        sessions=sessions,
        pages=pages,
        errors=errors,
        callback=config.callback,
        machines=config.machines,
    )
    times = RequestTimes()
    endpoint = Endpoint(application=application, sessions=sessions, live=live, config=config)

    endpoints = {
        **auth.endpoints,
        **Administration(application=application, sessions=sessions).endpoints,
        **Health(application=application, live=live).endpoints,
        **Documents(pages=pages).endpoints,
        **Metrics(application.show_figures, live, endpoint.sockets, times).endpoints,
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            await tasks.start(live.run)
            # Beside what is served: the wiki is asked for every group of uploads that waits.
            tasks.start_soon(recovery.run)
            yield
            tasks.cancel_scope.cancel()

    app = Starlette(
        routes=[
            *routes_of(OPERATIONS, endpoints),
            WebSocketRoute("/ws", endpoint.connect),
            *interface(config.frontend, pages, sessions),
        ],
        middleware=[
            Middleware(AccessLog),
            Middleware(TimedRequests, times=times),
            Middleware(SecurityHeaders, content_policy=config.content_policy),
            Middleware(OriginCheck, allowed=config.allowed_origins),
            Middleware(BodyLimit, at_most=config.limits.body, errors=errors),
        ],
        exception_handlers={
            HTTPException: errors.http,
            ServiceDown: errors.outage,
            Exception: errors.unforeseen,
        },
        lifespan=lifespan,
    )
    # For whoever wants to know how much is watched.
    app.state.live = live
    return app
