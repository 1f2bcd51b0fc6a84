"""Finds a user's pace and their next slots, and keeps both in line with each other."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.errors import Faulted, ServiceDown
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Limits, Pace, pace_of
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Step
from curator_core.domain.user import AccessToken
from curator_core.ports.slots import Slots
from curator_core.ports.wiki import Wikis
from curator_core.ports.work import Begin
from curator_core.use_cases.persistence import Persistence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """The waits until a user's next slots, and the pace that they are apart."""

    waits: tuple[timedelta, ...]
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """- A user's pace follows from the limits that the wiki names, read again at least hourly; it
      is kept a little below them.
    - Where they cannot be read, the operator's default counts until the next look.
    - Every upload gets one slot; slots of one user are one pace apart.
    - Slots that were given out at another pace, or that lie behind the time, are given anew.
    """

    begin: Begin
    wikis: Wikis
    slots: Slots
    persistence: Persistence
    policy: Policy

    def reserve(self, user_id: UserId, token: AccessToken, count: int) -> Reserved:
        """The user's next `count` slots. Raises `ServiceDown`."""
        pace = self.slots.remembered_pace(user_id) or self._ask(user_id, token)
        return Reserved(waits=self.slots.reserve(user_id, count, pace), pace=pace)

    def learn(self, user_id: UserId, limits: Limits | None) -> Pace:
        """The pace that follows from limits that came along with another answer (None: the answer
        held none). Where it is a new one, whatever the user has waiting moves to it."""
        # Without Redis nothing can be remembered; the next look brings the limits again.
        with suppress(ServiceDown):
            if limits is None:
                return self.slots.remembered_pace(user_id) or self.policy.default_pace
            pace = self._careful(limits)
            former = self.slots.remember_pace(user_id, pace, self.policy.limits_for)
            if former is None or pace.differs_from(former):
                # What nobody remembers may have been a default, while the wiki was away.
                self.reschedule(user_id, pace)
            return pace
        return self.policy.default_pace if limits is None else self._careful(limits)

    def reschedule(
        self, user_id: UserId, pace: Pace | None = None, after: timedelta = timedelta(0)
    ) -> None:
        """Gives all that the user has waiting new slots, from `after` on; at the remembered pace
        where none is told. Raises `ServiceDown` where the database does not answer."""
        if pace is None:
            with suppress(ServiceDown):
                pace = self.slots.remembered_pace(user_id)
        pace = pace or self.policy.default_pace
        with self.begin() as work:
            lead = self.policy.lead_for(pace, work.paces.usual_lead(user_id))
            start = max(after, work.paces.publish_wait(user_id))
            end = work.uploads.reschedule(user_id, start, pace.interval, lead)
        # What is reserved on a Redis that knows nothing of it meets the users' own publish wait.
        with suppress(ServiceDown):
            self.slots.restart(user_id, start if end is None else end)

    def go_on_after(self, user_id: UserId, wait: timedelta) -> None:
        """The user's next free slot comes one pace after a slot that is `wait` from now. Raises
        `ServiceDown`."""
        pace = self.slots.remembered_pace(user_id) or self.policy.default_pace
        self.slots.restart(user_id, wait + pace.interval)

    def _ask(self, user_id: UserId, token: AccessToken) -> Pace:
        wiki = self.wikis.session(user_id, token)
        try:
            limits = self.persistence.attempt(Step.REQUEST, wiki.accounts.limits)
        except Faulted:
            return self.policy.default_pace
        pace = self._careful(limits)
        self.slots.remember_pace(user_id, pace, self.policy.limits_for)
        return pace

    def _careful(self, limits: Limits) -> Pace:
        return pace_of(limits).slower_by(self.policy.caution)
