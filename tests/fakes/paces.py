"""What was measured of users' uploads, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.ids import UserId
from tests.fakes.work_tables import Now, Tables


@dataclass(frozen=True, slots=True)
class FakePaces:
    tables: Tables
    clock: Now

    def usual_lead(self, user_id: UserId) -> timedelta | None:
        return self.tables.leads.get(user_id)

    def note_lead(self, user_id: UserId, took: timedelta) -> None:
        usual = self.tables.leads.get(user_id, took)
        self.tables.leads[user_id] = took if took >= usual else usual - (usual - took) / 8

    def publish_wait(self, user_id: UserId) -> timedelta:
        now = self.clock.now()
        return max(self.tables.publish_after.get(user_id, now) - now, timedelta(0))

    def published(self, user_id: UserId, interval: timedelta, slack: timedelta) -> None:
        now = self.clock.now()
        allowed = min(self.tables.publish_after.get(user_id, now), now)
        self.tables.publish_after[user_id] = max(allowed, now - slack) + interval
