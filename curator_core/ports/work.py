"""The database as the core sees it: units of work and what can be kept in them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from curator_core.domain.batch import Batch
from curator_core.domain.ids import (
    BatchId,
    EditGroupId,
    UserId,
)
from curator_core.domain.user import User
from curator_core.ports.endings import Endings
from curator_core.ports.gates import Gates
from curator_core.ports.history import History
from curator_core.ports.paces import Paces
from curator_core.ports.presets import Presets
from curator_core.ports.publishing_rights import PublishingRights
from curator_core.ports.uploads import Uploads


class Users(Protocol):
    """Everybody who ever logged in."""

    def remember(self, user: User) -> None:
        """Adds the user, or takes over a changed name."""
        ...

    def get(self, user_id: UserId) -> User | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """Batches that did not count right until now, and the last one that was looked at; None where
    there was none."""

    wrong: tuple[BatchId, ...] = ()
    last: BatchId | None = None


class Batches(Protocol):
    """All batches."""

    def add(
        self, user_id: UserId, edit_group_id: EditGroupId, retry_of: BatchId | None = None
    ) -> Batch:
        """A new, empty batch of a remembered user."""
        ...

    def get(self, batch_id: BatchId) -> Batch | None: ...

    def recount(self, after: BatchId | None, limit: int) -> Recounted:
        """Counts the uploads of up to `limit` batches anew, by id from above `after` or from the
        first. Batches count by themselves; this puts right what a release did that knew nothing
        of it."""
        ...

    def pause(self, batch_id: BatchId, *, paused: bool) -> None:
        """Its uploads get no new work, or get it again, all at once: what they waited for until
        then is forgotten. What is at work goes on, and so does what was asked to stop."""
        ...


class Work(Protocol):
    """One transaction: everything in it becomes true together, or nothing does."""

    @property
    def users(self) -> Users: ...

    @property
    def batches(self) -> Batches: ...

    @property
    def uploads(self) -> Uploads: ...

    @property
    def rights(self) -> PublishingRights: ...

    @property
    def endings(self) -> Endings: ...

    @property
    def gates(self) -> Gates: ...

    @property
    def paces(self) -> Paces: ...

    @property
    def history(self) -> History: ...

    @property
    def presets(self) -> Presets: ...


class Begin(Protocol):
    """Opens units of work."""

    def __call__(self) -> AbstractContextManager[Work]:
        """Commits on a clean exit, rolls back on an exception, which goes on.

        Raises `ServiceDown` where the database does not answer. No network call happens
        inside. Short: nothing waits in it.
        """
        ...
