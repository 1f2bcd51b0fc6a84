"""Gives each user's uploads their places in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from curator_core.domain.ids import UserId
from curator_core.domain.pace import Pace


class Slots(Protocol):
    """Hands out slots, one user's at that user's pace."""

    def reserve(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        """The waits from now until each of the next `count` free slots, in order.

        One atomic step, however many processes reserve at once: no slot is given twice. A free
        slot in the past means now. A pace without an interval gives `count` times zero and
        moves nothing. Raises `ServiceDown`.
        """
        ...

    def restart(self, user_id: UserId, wait: timedelta) -> None:
        """The user's next free slot is `wait` from now, whatever it was. Raises `ServiceDown`."""
        ...

    def remember_pace(self, user_id: UserId, pace: Pace, at_most: timedelta) -> Pace | None:
        """Keeps a user's pace for everybody, `at_most` so long; answers the one that was kept
        until now, None where there was none or it had run out. Raises `ServiceDown`."""
        ...

    def remembered_pace(self, user_id: UserId) -> Pace | None:
        """The pace that was last kept, or None where there is none or it ran out.

        Raises `ServiceDown`.
        """
        ...
