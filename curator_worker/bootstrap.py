"""Wires a worker: settings, adapters, tasks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from celery import Celery

from curator_adapters.bootstrap import connected, require_schema
from curator_adapters.logging import configure_logging
from curator_adapters.queue.celery_app import DISPATCH, PROCESS_UPLOAD, QUEUE
from curator_adapters.settings.settings import Settings
from curator_core.application import Application
from curator_worker.lifecycle import Lifecycle, StoppableClock
from curator_worker.tasks import Tasks

log = structlog.get_logger("curator.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A worker, ready to start."""

    celery: Celery
    tasks: Tasks
    lifecycle: Lifecycle
    queue: str
    concurrency: int
    dispatch_every: timedelta
    log_level: str


@contextmanager
def wired() -> Iterator[Wired]:
    """Raises `Misconfigured` with all faults of the configuration, and `ServiceDown`."""
    settings = Settings.load()
    configure_logging(settings.log_level, as_json=settings.production)
    for notice in settings.notices:
        log.warning(notice)
    require_schema(settings)
    with connected(settings) as outside:
        lifecycle = Lifecycle()
        clock = StoppableClock(outside.ports.clock, lifecycle.stopping)
        ports = replace(outside.ports, clock=clock)
        tasks = Tasks(Application.on(ports, settings.policy), lifecycle.stopping)
        outside.celery.task(name=PROCESS_UPLOAD)(tasks.process_upload)
        outside.celery.task(name=DISPATCH)(tasks.dispatch)
        yield Wired(
            celery=outside.celery,
            tasks=tasks,
            lifecycle=lifecycle,
            queue=QUEUE,
            concurrency=settings.worker_concurrency,
            dispatch_every=timedelta(seconds=settings.dispatch_seconds),
            log_level=settings.log_level,
        )
