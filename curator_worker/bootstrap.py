"""Wires a worker: settings, adapters, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from celery import Celery

from curator_adapters.bootstrap import Connected, connected, require_schema
from curator_adapters.logging import configure_logging
from curator_adapters.queue.celery_app import DISPATCH, PROCESS_UPLOAD, QUEUE
from curator_adapters.settings.settings import Settings
from curator_core.application import Application
from curator_worker.hands import Hands
from curator_worker.lifecycle import Lifecycle, StoppableClock
from curator_worker.rounds import Rounds
from curator_worker.tasks import Tasks

log = structlog.get_logger("curator.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """A worker, ready to start.

    `let_go` closes what must not be open where a process forks. `tasks_each`: after so many
    tasks a process is replaced, or ends; `idle`: after so long without any it ends.
    """

    celery: Celery
    dispatch: Callable[[], None]
    let_go: Callable[[], None]
    queue: str
    forks: bool
    concurrency: int
    tasks_each: int | None
    idle: timedelta | None
    dispatch_every: timedelta
    log_level: str


@contextmanager
def wired(lifecycle: Lifecycle) -> Iterator[Wired]:
    """Raises `Misconfigured` with all faults of the configuration, and `ServiceDown`."""
    settings = Settings.load()
    configure_logging(settings.log_level, as_json=settings.production)
    for notice in settings.notices:
        log.warning(notice)
    require_schema(settings)
    forks = settings.worker_pool == "prefork"
    with connected(settings) as outside, ExitStack() as kept:
        tasks = _tasks(outside, settings, lifecycle)

        def own_tasks() -> Tasks:
            # Its connections end with the process; nothing of them is to be put in order.
            return _tasks(kept.enter_context(connected(settings)), settings, lifecycle)

        hands = Hands(own_tasks if forks else lambda: tasks)
        outside.celery.task(name=PROCESS_UPLOAD)(hands.process_upload)
        outside.celery.task(name=DISPATCH)(hands.dispatch)
        yield Wired(
            celery=outside.celery,
            dispatch=Rounds(tasks).go,
            let_go=outside.let_go,
            queue=QUEUE,
            forks=forks,
            concurrency=settings.worker_concurrency,
            tasks_each=settings.tasks_per_worker,
            idle=timedelta(minutes=settings.worker_idle_minutes) or None,
            dispatch_every=timedelta(seconds=settings.dispatch_seconds),
            log_level=settings.log_level,
        )


def _tasks(outside: Connected, settings: Settings, lifecycle: Lifecycle) -> Tasks:
    clock = StoppableClock(outside.ports.clock, lifecycle.stopping)
    ports = replace(outside.ports, clock=clock)
    return Tasks(Application.on(ports, settings.policy), lifecycle.stopping)
