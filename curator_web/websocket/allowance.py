"""How many messages a connection may send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import anyio


@dataclass(slots=True, kw_only=True)
class Allowance:
    """`each_second` messages in the long run, and `at_once` after a rest. What comes faster is
    read later: nothing is dropped, and the sender's own buffers fill up."""

    each_second: float
    at_once: int
    now: Callable[[], float] = anyio.current_time
    _whole_at: float = 0

    def wait(self) -> float:
        """Takes one message's share; answers how many seconds it comes too soon."""
        now = self.now()
        self._whole_at = max(self._whole_at, now) + 1 / self.each_second
        return max(self._whole_at - now - self.at_once / self.each_second, 0)
