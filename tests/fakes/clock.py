"""Time that passes only when told to, chance that repeats itself, a heart that beats on demand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import RLock

from curator_core.domain.ids import EditGroupId, LeaseToken

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """Stands still but for `sleep` and `advance`; `slept` keeps what was asked of `sleep`, which
    lasts `oversleeps()` longer."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._lock = RLock()
        self.slept: list[timedelta] = []
        self.oversleeps: Callable[[], timedelta] = timedelta

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def sleep(self, how_long: timedelta) -> None:
        with self._lock:
            self.slept.append(how_long)
            self.advance(max(how_long, timedelta(0)) + self.oversleeps())

    def advance(self, how_long: timedelta) -> None:
        """Lets time pass; backwards too, as a machine's clock may jump."""
        with self._lock:
            self._now += how_long


class FakeChance:
    """The same names in the same order for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def lease_token(self) -> LeaseToken:
        return LeaseToken(f"{self._random.getrandbits(128):032x}")

    def edit_group_id(self) -> EditGroupId:
        return EditGroupId(f"{self._random.getrandbits(48):012x}")


class FakeHeartbeat:
    """Beats only at `beat_now`, for every block that is open and has not answered False yet."""

    def __init__(self) -> None:
        self._beats: list[Callable[[], bool]] = []
        self.intervals: list[timedelta] = []

    @contextmanager
    def during(self, beat: Callable[[], bool], every: timedelta) -> Iterator[None]:
        self.intervals.append(every)
        self._beats.append(beat)
        try:
            yield
        finally:
            if beat in self._beats:
                self._beats.remove(beat)

    @property
    def is_beating(self) -> bool:
        """Whether any block would be beaten for."""
        return bool(self._beats)

    def beat_now(self) -> None:
        """One interval passes."""
        for beat in tuple(self._beats):
            if not _goes_on(beat):
                self._beats.remove(beat)


def _goes_on(beat: Callable[[], bool]) -> bool:
    try:
        return beat()
    except Exception:  # noqa: BLE001 - the port promises that whatever is raised counts as True
        return True
