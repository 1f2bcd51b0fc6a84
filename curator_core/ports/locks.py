"""Lets one worker at a time hold a name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol


class Hold(Protocol):
    """A lock while it is held."""

    def renew(self) -> None:
        """Holds it for another `at_most` from now. Raises `LockLost` if it is gone."""
        ...


class Locks(Protocol):
    """Lets one worker at a time hold a name, across all machines."""

    def hold(self, name: str, at_most: timedelta) -> AbstractContextManager[Hold]:
        """Hold `name` until the block ends.

        Raises `LockHeld` at once if somebody else has it, `ServiceDown` where that cannot be
        known. A lock whose holder died frees itself after `at_most`; leaving the block never
        frees a lock that has since become someone else's, and never raises.
        """
        ...
