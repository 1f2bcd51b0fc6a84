"""A mark that is lost whenever Redis loses everything."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol


class RecoveryMark(Protocol):
    """Tells whether the queue has to be recovered, and lets one process do it."""

    def take(self, at_most: timedelta) -> bool:
        """True where there was no mark: the caller recovers, and nobody else for `at_most`.

        One of any number that ask at once gets True. A mark that is never kept runs out, so that
        another process recovers where this one died. Raises `ServiceDown`.
        """
        ...

    def keep(self) -> None:
        """The queue was recovered: the mark stays until Redis forgets it. Raises `ServiceDown`."""
        ...

    def drop(self) -> None:
        """It was not, after all: whoever asks next recovers. Raises `ServiceDown`."""
        ...
