"""A contributor starts a batch."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.batch import Batch
from curator_core.domain.user import User
from curator_core.ports.clock import Chance
from curator_core.ports.work import Begin
from curator_core.use_cases.scheduling import News


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBatch:
    """- A batch belongs to whoever started it and has an edit group of its own."""

    begin: Begin
    chance: Chance
    news: News

    def __call__(self, user: User) -> Batch:
        """The new, empty batch. Raises `ServiceDown`."""
        with self.begin() as work:
            # A session outlives a restored database, which may not know its user yet.
            work.users.remember(user)
            batch = work.batches.add(user.id, self.chance.edit_group_id())
        self.news.touch(batch.id)
        return batch
