"""Runs a worker until it is told to end: `python -m curator_worker`."""

from __future__ import annotations

import sys
import warnings

from celery.apps.worker import Worker
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, worker_shutting_down

from curator_core.domain.errors import Misconfigured, ServiceDown
from curator_worker.bootstrap import Wired, wired
from curator_worker.dispatcher import Dispatcher


def main() -> int:
    """The exit code: 0 after a stop, 1 where a service is down, 2 for bad settings."""
    try:
        with wired() as worker:
            return _run(worker)
    except ServiceDown as down:
        sys.stderr.write(f"The worker cannot start: {down}\n")
        return 1
    except Misconfigured as wrong:
        sys.stderr.write("The worker cannot start:\n")
        sys.stderr.writelines(f"- {sentence}\n" for sentence in wrong.sentences)
        return 2


def _run(wired_worker: Wired) -> int:
    # It warns of root because of pickled messages: ours are JSON, and containers run as root.
    warnings.simplefilter("ignore", SecurityWarning)
    # Whoever listens to this signal has set logging up already: Celery leaves it alone.
    setup_logging.connect(_logging_is_set_up)
    worker_shutting_down.connect(wired_worker.lifecycle.end, weak=False)
    dispatcher = Dispatcher(
        wired_worker.tasks.dispatch, wired_worker.dispatch_every, wired_worker.lifecycle.stopping
    )
    worker: Worker = wired_worker.celery.Worker(
        pool="threads",
        concurrency=wired_worker.concurrency,
        queues=[wired_worker.queue],
        loglevel=wired_worker.log_level,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    dispatcher.start()
    try:
        worker.start()
    finally:
        dispatcher.stop()
    # Celery calls an end by Ctrl-C a failure.
    return 0 if wired_worker.lifecycle.stopping.is_set() else int(worker.exitcode or 0)


def _logging_is_set_up(**_: object) -> None:
    return None


if __name__ == "__main__":
    sys.exit(main())
