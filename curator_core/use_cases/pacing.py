"""Finds a user's pace and their next slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.errors import Faulted
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Limits, Pace, pace_of
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Step
from curator_core.domain.user import AccessToken
from curator_core.ports.slots import Slots
from curator_core.ports.wiki import Wikis
from curator_core.use_cases.persistence import Persistence


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """- A user's pace follows from the limits that the wiki names, read again at least hourly.
    - Where they cannot be read, the operator's default counts until the next look.
    - Every upload gets one slot; slots of one user are one pace apart.
    """

    wikis: Wikis
    slots: Slots
    persistence: Persistence
    policy: Policy

    def reserve(self, user_id: UserId, token: AccessToken, count: int) -> tuple[timedelta, ...]:
        """The waits until the user's next `count` slots. Raises `ServiceDown`."""
        pace = self.slots.remembered_pace(user_id) or self._ask(user_id, token)
        return self.slots.reserve(user_id, count, pace)

    def learn(self, user_id: UserId, limits: Limits) -> None:
        """Takes over limits that came along with another answer. Raises `ServiceDown`."""
        self.slots.remember_pace(user_id, pace_of(limits), self.policy.limits_for)

    def _ask(self, user_id: UserId, token: AccessToken) -> Pace:
        wiki = self.wikis.session(user_id, token)
        try:
            limits = self.persistence.attempt(Step.REQUEST, wiki.accounts.limits)
        except Faulted:
            return self.policy.default_pace
        self.learn(user_id, limits)
        return pace_of(limits)
