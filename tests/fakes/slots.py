"""Slots in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Pace
from curator_core.ports.clock import Clock


class FakeSlots:
    """`down = True` makes it unreachable, `forget` loses everything, as a restarted Redis does."""

    def __init__(self, clock: Clock) -> None:
        self.down = False
        self.next_free: dict[UserId, datetime] = {}
        self._clock = clock
        self._paces: dict[UserId, tuple[Pace, datetime]] = {}
        self._lock = Lock()

    def reserve(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        if count < 1 or not pace.interval:
            return (timedelta(0),) * count
        self._refuse_if_down()
        with self._lock:
            now = self._clock.now()
            first = max(self.next_free.get(user_id, now), now)
            self.next_free[user_id] = first + count * pace.interval
        return tuple(first - now + pace.interval * place for place in range(count))

    def restart(self, user_id: UserId, wait: timedelta) -> None:
        self._refuse_if_down()
        with self._lock:
            self.next_free[user_id] = self._clock.now() + wait

    def remember_pace(self, user_id: UserId, pace: Pace, at_most: timedelta) -> Pace | None:
        with self._lock:
            former = self.remembered_pace(user_id)
            self._paces[user_id] = (pace, self._clock.now() + at_most)
        return former

    def remembered_pace(self, user_id: UserId) -> Pace | None:
        self._refuse_if_down()
        pace, until = self._paces.get(user_id, (None, self._clock.now()))
        return pace if until > self._clock.now() else None

    def forget(self) -> None:
        self.next_free.clear()
        self._paces.clear()

    def _refuse_if_down(self) -> None:
        if self.down:
            raise ServiceDown("Redis", "the fake is down")
