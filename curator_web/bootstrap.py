"""Wires the web: settings, logs, adapters, application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette

from curator_adapters.bootstrap import connected, migrate, require_schema
from curator_adapters.logging import configure_logging
from curator_adapters.settings.settings import SANDBOX_CONSUMER_KEY, Settings
from curator_core.application import Application
from curator_core.domain.ids import BatchId
from curator_web.app import create_app
from curator_web.config import CONTENT_POLICY, Machines, WebConfig

log = structlog.get_logger("curator.web")

_NO_BATCH = BatchId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What is known before anything outside is asked.

    `is_behind_proxy`: what a proxy says of the visitor's address and scheme is believed.
    """

    settings: Settings
    host: str
    port: int
    is_behind_proxy: bool


def configured() -> Configured:
    """From the environment; logs are set up. Raises `Misconfigured`."""
    settings = Settings.load()
    configure_logging(settings.log_level, as_json=settings.production)
    for notice in settings.notices:
        log.warning(notice)
    return Configured(
        settings=settings,
        host=settings.host,
        port=settings.port,
        is_behind_proxy=settings.production,
    )


@contextmanager
def wired(given: Configured, say: Callable[[str], None]) -> Iterator[Starlette]:
    """The application, on a database of this release's schema; `say` tells what takes a while.

    Raises `ServiceDown` where the database does not answer. Redis may be down: everything that
    can be done without it can be done.
    """
    settings = given.settings
    if settings.migrate:
        say("Preparing the database.")
        migrate(settings)
    else:
        require_schema(settings)
    with connected(settings) as outside:
        application = Application.on(outside.ports, settings.policy)
        application.watch_batch(_NO_BATCH)
        yield create_app(application, outside.ports.progress, _web_config(settings))


def _web_config(settings: Settings) -> WebConfig:
    key, token = settings.machine_key.get_secret_value(), settings.service_token
    return WebConfig(
        machines=Machines(key=key, token=token) if key and token else None,
        session_keys=(settings.secret_key.get_secret_value(),),
        admins=settings.admins,
        allowed_origins=frozenset(settings.allowed_origins),
        content_policy=settings.content_policy or CONTENT_POLICY,
        frontend=settings.frontend_dir,
        # A consumer that somebody registered at the wiki comes with its own way back, which the
        # wiki takes for `oob`; the sandbox knows no address of ours.
        callback=None if settings.consumer_key == SANDBOX_CONSUMER_KEY else "oob",
    )
