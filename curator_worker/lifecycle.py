"""How a worker ends: its work at the next safe point, each process after a while in any case."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from curator_core.domain.errors import Interrupted
from curator_core.ports.clock import Clock
from curator_worker.stop_line import StopLine

log = structlog.get_logger("curator.worker")

LEAVE_AFTER = timedelta(seconds=20)
"""Threads cannot be cut: after this the process leaves whatever still hangs in one. Its lease
runs out, and the next attempt settles what it began (SPEC §5)."""


@dataclass(slots=True, kw_only=True)
class Lifecycle:
    """`stopping` is set once this process is to end; who works looks at it at safe points."""

    stopping: threading.Event = field(default_factory=threading.Event)
    _line: StopLine = field(default_factory=StopLine)

    def begin(self, at_the_end: Callable[[], None] = lambda: None) -> None:
        """Listens from now on; `at_the_end` is called when the end is asked for."""
        threading.Thread(
            target=self._await_the_end, args=(at_the_end,), name="ending", daemon=True
        ).start()

    def begin_in_child(self) -> None:
        """Listens in a process that was forked: to the one that forked it, and to its death."""
        # The other one may have been forked off while somebody held its lock.
        self.stopping = threading.Event()
        self._line.cut()
        self.begin()

    def end(self) -> None:
        """The worker is to end. May be called in a signal handler, and again: the work is done
        in a thread, since what a signal interrupts may hold any lock."""
        self._line.cut()

    def _await_the_end(self, at_the_end: Callable[[], None]) -> None:
        self._line.wait()
        self.stopping.set()
        at_the_end()
        log.info("ending")
        time.sleep(LEAVE_AFTER.total_seconds())
        log.warning("ended with work under way")
        os._exit(0)


@dataclass(frozen=True, slots=True)
class StoppableClock:
    """A clock whose sleepers are woken by `Interrupted` once the worker is to end."""

    clock: Clock
    stopping: threading.Event

    def now(self) -> datetime:
        return self.clock.now()

    def sleep(self, how_long: timedelta) -> None:
        # The process's own time: a virtual clock has nothing to wait for.
        if self.stopping.wait(max(how_long.total_seconds(), 0)):
            raise Interrupted
