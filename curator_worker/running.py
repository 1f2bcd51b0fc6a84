"""Runs a worker until it is told to end, or has done its share."""

from __future__ import annotations

import os
import sys
import warnings
from datetime import timedelta

from celery.apps.worker import Worker
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, task_prerun, worker_process_init, worker_ready
from celery.worker import WorkController, state

from curator_core.domain.errors import Misconfigured, ServiceDown
from curator_worker.asked_to_end import AskedToEnd, deaf
from curator_worker.bootstrap import Wired, wired
from curator_worker.dispatcher import Dispatcher
from curator_worker.lifecycle import Lifecycle
from curator_worker.retirement import Retirement, Workload

_LOOK_EVERY = timedelta(seconds=0.5)


def run() -> int:
    """The exit code: 0 after an end in good order, 1 where a service is down, 2 for bad
    settings."""
    lifecycle = Lifecycle()
    lifecycle.begin(_take_nothing_new)
    AskedToEnd(lifecycle.end).listen()
    try:
        with wired(lifecycle) as worker:
            return _run(worker, lifecycle)
    except ServiceDown as down:
        sys.stderr.write(f"The worker cannot start: {down}\n")
        return 1
    except Misconfigured as wrong:
        sys.stderr.write("The worker cannot start:\n")
        sys.stderr.writelines(f"- {sentence}\n" for sentence in wrong.sentences)
        return 2


def _run(wired_worker: Wired, lifecycle: Lifecycle) -> int:
    # It warns of root because of pickled messages: ours are JSON, and containers run as root.
    warnings.simplefilter("ignore", SecurityWarning)
    # Whoever listens to this signal has set logging up already: Celery leaves it alone.
    setup_logging.connect(_logging_is_set_up)
    stopping = lifecycle.stopping
    dispatcher = Dispatcher(wired_worker.dispatch, wired_worker.dispatch_every, stopping)
    look = _retirement(wired_worker).look
    retirement = Dispatcher(look, _LOOK_EVERY, stopping, name="retirement")
    if wired_worker.forks:
        _prepare_forks(wired_worker, lifecycle, dispatcher)
    else:
        # At each task as well: many are done between two looks.
        task_prerun.connect(lambda **_: look(), weak=False)
    worker = _worker(wired_worker)
    # Until it has reached the broker it does not want for work.
    worker_ready.connect(lambda **_: retirement.start(), weak=False)
    dispatcher.start()
    try:
        worker.start()
    finally:
        dispatcher.stop()
        retirement.stop()
    return int(worker.exitcode or 0)


class _Worker(Worker):
    """Celery's, whose signals are ours: its second Ctrl-C would tear the tasks off, and a closed
    terminal would start it anew."""

    def install_platform_tweaks(self, worker: WorkController) -> None:
        return None


def _worker(wired_worker: Wired) -> Worker:
    # By default Celery kills a process that does not answer 4 s after its fork, which takes longer
    # where the processor is shared with many.
    wired_worker.celery.conf.worker_proc_alive_timeout = 30.0
    return _Worker(
        app=wired_worker.celery,
        pool="prefork" if wired_worker.forks else "threads",
        concurrency=wired_worker.concurrency,
        max_tasks_per_child=wired_worker.tasks_each if wired_worker.forks else None,
        queues=[wired_worker.queue],
        loglevel=wired_worker.log_level,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )


def _retirement(wired_worker: Wired) -> Retirement:
    return Retirement(
        _workload,
        _take_nothing_new,
        # Forked processes have their share each, and Celery replaces them.
        after_tasks=None if wired_worker.forks else wired_worker.tasks_each,
        after_idle=wired_worker.idle,
    )


def _prepare_forks(wired_worker: Wired, lifecycle: Lifecycle, dispatcher: Dispatcher) -> None:
    """Sees to it that no fork, the first or a replacement, takes over what it must not have."""

    def quiet() -> None:
        # Whoever forks with an open SQLite database gives wrong ideas of its locks to the new
        # process (sqlite.org, "How To Corrupt An SQLite Database File", 2.6).
        dispatcher.pause()
        wired_worker.let_go()

    def begin_in_child(**_: object) -> None:
        deaf()
        lifecycle.begin_in_child()

    os.register_at_fork(before=quiet, after_in_parent=dispatcher.resume)
    worker_process_init.connect(begin_in_child, weak=False)


def _workload() -> Workload:
    return Workload(begun=state.all_total_count[0], in_hand=len(state.reserved_requests))


def _take_nothing_new() -> None:
    # What Celery's own signal handlers do; it looks at this flag in its loop.
    state.should_stop = 0  # type: ignore[assignment] # its stubs know only the beginning


def _logging_is_set_up(**_: object) -> None:
    return None
