"""The signals by which a worker is asked to end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""A closed terminal is a wish like the others."""

_PATIENCE = 3


class AskedToEnd:
    """Calls `end` at the first of these signals, takes no notice of the second, and leaves at
    once at the third, as if it were killed: lease and settling cover that as well."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._times = 0

    def listen(self) -> None:
        """From now on, in the main thread."""
        for number in SIGNALS:
            signal.signal(number, self._asked)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        self._times += 1
        if self._times >= _PATIENCE:
            os._exit(128 + number)
        self._end()


def deaf() -> None:
    """In a forked process: a signal to all processes of a terminal or a service is for the one
    that forked it, which tells it in good order."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
