"""How fast a user publishes, where every worker can see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from curator_core.domain.ids import UserId


class Paces(Protocol):
    """What was measured of each user's uploads, and when the next may be published."""

    def usual_lead(self, user_id: UserId) -> timedelta | None:
        """How long downloading and stashing took lately; None where it is not known yet."""
        ...

    def note_lead(self, user_id: UserId, took: timedelta) -> None:
        """An upload took so long. Slower ones count at once, faster ones bit by bit."""
        ...

    def publish_wait(self, user_id: UserId) -> timedelta:
        """How long from now until the user may publish again; zero where that is now."""
        ...

    def published(self, user_id: UserId, interval: timedelta, slack: timedelta) -> None:
        """The user publishes now, and again no sooner than `interval` after the time from which
        they might, or after `slack` ago where that is longer past: what comes a little late makes
        nothing that follows late."""
        ...
