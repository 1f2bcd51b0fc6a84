"""How a process and all that it forks learn that they are to end."""

from __future__ import annotations

import os
from collections import deque


class StopLine:
    """A line that is made before the fork and hangs until its maker cuts it.

    It is a pipe to which nobody writes: its end is heard once no process holds its writing end any
    more, so that also a maker that was killed is heard of. Unlike an event that processes share it
    has no lock that somebody could die with.
    """

    def __init__(self) -> None:
        self._hears, cuts = os.pipe()
        # Taken out in one step, whoever cuts at the same time.
        self._cuts = deque([cuts])

    def cut(self) -> None:
        """Says that the end has come; in a forked process, that only its maker says so. May be
        called in a signal handler, and again."""
        try:
            os.close(self._cuts.pop())
        except IndexError:
            return

    def wait(self) -> None:
        """Returns once the line is cut."""
        os.read(self._hears, 1)
