"""How a worker ends: its work at the next safe point, the process after a while in any case."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from curator_core.domain.errors import Interrupted
from curator_core.ports.clock import Clock

log = structlog.get_logger("curator.worker")

LEAVE_AFTER = timedelta(seconds=20)
"""Threads cannot be cut: after this the process leaves whatever still hangs in one. Its lease
runs out, and the next attempt settles what it began (SPEC §5)."""


@dataclass(slots=True, kw_only=True)
class Lifecycle:
    """`stopping` is set once the worker is to end; who works looks at it at safe points."""

    stopping: threading.Event = field(default_factory=threading.Event)
    _begun: bool = False

    def end(self, **_: object) -> None:
        """The worker is to end. May be called in a signal handler, and again: the work is done
        in a thread, since what a signal interrupts may hold any lock."""
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._end, name="ending", daemon=True).start()

    def _end(self) -> None:
        self.stopping.set()
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
