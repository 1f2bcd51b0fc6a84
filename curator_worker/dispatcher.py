"""The timer that hands out due uploads, one in every worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

log = structlog.get_logger("curator.dispatcher")


class Dispatcher:
    """Calls `dispatch` every so often in a thread of its own, until `stopping` is set."""

    def __init__(
        self, dispatch: Callable[[], None], every: timedelta, stopping: threading.Event
    ) -> None:
        self._dispatch = dispatch
        self._every = every
        self._stopping = stopping
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begins at once."""
        self._thread.start()

    def stop(self) -> None:
        """Returns when the last round has ended, or after 5 s."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        told = ""
        while not self._stopping.is_set():
            try:
                self._dispatch()
                told = ""
            except Exception as error:
                # Once, not in every round.
                if told != repr(error):
                    told = repr(error)
                    log.exception("the dispatcher stumbled")
            self._stopping.wait(self._every.total_seconds())
