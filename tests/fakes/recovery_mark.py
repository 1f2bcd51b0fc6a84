"""A mark in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from curator_core.domain.errors import ServiceDown
from curator_core.ports.clock import Clock


class FakeRecoveryMark:
    """`down = True` makes it unreachable, `forget` loses the mark, as a restarted Redis does."""

    def __init__(self, clock: Clock) -> None:
        self.down = False
        self._clock = clock
        self._is_there = False
        self._until: datetime | None = None
        self._lock = Lock()

    def take(self, at_most: timedelta) -> bool:
        self._refuse_if_down()
        with self._lock:
            now = self._clock.now()
            if self._is_there and (self._until is None or self._until > now):
                return False
            self._is_there, self._until = True, now + at_most
            return True

    def keep(self) -> None:
        self._refuse_if_down()
        self._is_there, self._until = True, None

    def drop(self) -> None:
        self._refuse_if_down()
        self.forget()

    def forget(self) -> None:
        self._is_there = False

    def _refuse_if_down(self) -> None:
        if self.down:
            raise ServiceDown("Redis", "the fake is down")
