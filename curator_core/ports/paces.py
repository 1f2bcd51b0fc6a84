"""How fast a user publishes, where every worker can see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from curator_core.domain.ids import UserId
from curator_core.domain.upload import Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`wait` is how long from now; `is_behind` says that the slot came sooner: the user's slots
    lie behind what can be published."""

    wait: timedelta
    is_behind: bool = False


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

    def take_turn(self, upload: Upload, interval: timedelta, at_most: timedelta) -> Turn:
        """The user's next time to publish, for this upload of theirs: no sooner than its slot, and
        one `interval` after the turn that was taken last. Where it is no more than `at_most` away
        it is taken, and nobody else's; otherwise nothing changes.

        What is not paced may publish now, and takes nothing. Any number that ask at once get
        turns an interval apart.
        """
        ...
