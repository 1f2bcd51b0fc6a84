"""An upload's turn to publish: taken, used up by a request, and taken anew to repeat it."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.pace import Pace
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Upload
from curator_core.ports.paces import Turn
from curator_core.ports.work import Begin, Work


class PublishingTurn:
    """Each publish request costs of the user's limits, so that each takes a turn."""

    def __init__(self, begin: Begin, policy: Policy) -> None:
        self._begin = begin
        self._policy = policy
        self._is_taken = False

    def take(self, upload: Upload, pace: Pace, took: timedelta | None) -> Turn:
        """When the upload may be published; taken where that is worth waiting for. `took` is how
        long it was brought to the wiki, where that is known."""
        with self._begin() as work:
            if took is not None and took > timedelta(0):
                work.paces.note_lead(upload.user_id, took)
            return self._taken(work, upload, pace)

    def use(self, upload: Upload, pace: Pace) -> None:
        """Right before a publish request. Where the one before has used the turn up another is
        taken; raises `Faulted` with `TOO_SOON` while it has to be waited for."""
        if self._is_taken:
            return
        with self._begin() as work:
            turn = self._taken(work, upload, pace)
        if turn.wait > timedelta(0):
            raise Faulted(Fault(kind=FaultKind.TOO_SOON, retry_after=turn.wait))

    def is_used(self) -> None:
        """The request is made."""
        self._is_taken = False

    def _taken(self, work: Work, upload: Upload, pace: Pace) -> Turn:
        at_most = self._policy.wait_in_place
        turn = work.paces.take_turn(upload, pace.interval, at_most)
        self._is_taken = turn.wait <= at_most
        return turn
