"""Time and chance, so that tests can hold both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from curator_core.domain.ids import EditGroupId, LeaseToken


class Clock(Protocol):
    """The time of this process."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def sleep(self, how_long: timedelta) -> None:
        """Returns after at least `how_long`."""
        ...


class Chance(Protocol):
    """Names that nobody else has, and nobody can guess."""

    def lease_token(self) -> LeaseToken: ...

    def edit_group_id(self) -> EditGroupId: ...


class Heartbeat(Protocol):
    """Keeps something alive beside the work."""

    def during(self, beat: Callable[[], bool], every: timedelta) -> AbstractContextManager[None]:
        """Calls `beat` about `every` so often until the block ends or `beat` answers False.

        `beat` may run in another thread; it has ended when the block is left. What it raises
        is logged and counts as True: one failed beat is no reason to stop.
        """
        ...
