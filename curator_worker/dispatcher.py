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
        self,
        dispatch: Callable[[], None],
        every: timedelta,
        stopping: threading.Event,
        name: str = "dispatcher",
    ) -> None:
        self._dispatch = dispatch
        self._every = every
        self._stopping = stopping
        self._stumbled = f"the {name} stumbled"
        self._round = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begins at once."""
        self._thread.start()

    def pause(self) -> None:
        """Returns between two rounds; the next one begins after `resume`."""
        self._round.acquire()

    def resume(self) -> None:
        """After `pause`."""
        self._round.release()

    def stop(self) -> None:
        """Returns when the last round has ended, or after 5 s."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        told = ""
        while not self._stopping.is_set():
            try:
                with self._round:
                    self._dispatch()
                told = ""
            except Exception as error:
                # Once, not in every round.
                if told != repr(error):
                    told = repr(error)
                    log.exception(self._stumbled)
            self._stopping.wait(self._every.total_seconds())
