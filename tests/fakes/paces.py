"""What was measured of users' uploads, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.ids import UserId
from curator_core.domain.upload import Upload
from curator_core.ports.paces import Turn
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

    def take_turn(self, upload: Upload, interval: timedelta, at_most: timedelta) -> Turn:
        now = self.clock.now()
        if upload.publish_at is None:
            return Turn(wait=timedelta(0))
        slot = max(upload.publish_at, now)
        turn = max(slot, self.tables.publish_after.get(upload.user_id, now))
        if turn - now <= at_most:
            self.tables.publish_after[upload.user_id] = turn + interval
        return Turn(wait=turn - now, is_behind=turn > slot)
