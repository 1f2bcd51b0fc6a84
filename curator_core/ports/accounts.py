"""What the wiki says of the user whose session it is."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.pace import Limits


class Accounts(Protocol):
    """The session's own account."""

    def limits(self) -> Limits:
        """What the wiki allows the user now. Raises `Faulted`."""
        ...
