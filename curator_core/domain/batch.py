"""A batch: uploads that one user started together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.clockwork import utc
from curator_core.domain.ids import BatchId, EditGroupId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as it is stored. `edit_group_id` is missing on batches of older releases;
    uploads of a `paused` one get no new work; `retry_of` is the batch whose uploads it retries."""

    id: BatchId
    user_id: UserId
    edit_group_id: EditGroupId | None
    created_at: datetime
    updated_at: datetime
    paused: bool = False
    retry_of: BatchId | None = None

    def __post_init__(self) -> None:
        utc(self.created_at)
        utc(self.updated_at)

    def belongs_to(self, user_id: UserId) -> bool:
        """Whether `user_id` started it."""
        return self.user_id == user_id
