"""Locks in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from curator_core.domain.errors import LockHeld, LockLost, ServiceDown
from curator_core.ports.clock import Clock


@dataclass(eq=False)
class FakeHold:
    """A holder, and until when."""

    locks: FakeLocks
    name: str
    at_most: timedelta
    until: datetime

    def renew(self) -> None:
        self.locks.refuse_if_down()
        if self.locks.holder(self.name) is not self:
            raise LockLost(self.name)
        self.until = self.locks.clock.now() + self.at_most


class FakeLocks:
    """`down = True` makes it unreachable, `forget` loses everything, as a restarted Redis does."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.down = False
        self._holds: dict[str, FakeHold] = {}
        self._one_at_a_time = Lock()

    @contextmanager
    def hold(self, name: str, at_most: timedelta) -> Iterator[FakeHold]:
        self.refuse_if_down()
        hold = FakeHold(self, name, at_most, self.clock.now() + at_most)
        with self._one_at_a_time:
            if self.holder(name) is not None:
                raise LockHeld(name)
            self._holds[name] = hold
        try:
            yield hold
        finally:
            if self._holds.get(name) is hold and not self.down:
                del self._holds[name]

    def holder(self, name: str) -> FakeHold | None:
        """Who holds `name` now."""
        hold = self._holds.get(name)
        return hold if hold is not None and hold.until > self.clock.now() else None

    def forget(self) -> None:
        self._holds.clear()

    def refuse_if_down(self) -> None:
        if self.down:
            raise ServiceDown("Redis", "the fake is down")
