"""A database in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock, get_ident

from curator_core.domain.batch import Batch
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, EditGroupId, UserId
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import User
from curator_core.ports.work import Recounted
from tests.fakes.endings import FakeEndings
from tests.fakes.gates import FakeGates
from tests.fakes.history import FakeHistory
from tests.fakes.paces import FakePaces
from tests.fakes.presets import FakePresets
from tests.fakes.publishing_rights import FakePublishingRights
from tests.fakes.reports import FakeReports
from tests.fakes.uploads import FakeUploads
from tests.fakes.work_tables import Now, Remembered, Tables


class FakeDatabase:
    """`begin` is a `Begin`, `reports` are `Reports`; `clock` is the database's own.

    `down = True` makes it unreachable. What a unit of work wrote is seen once it has ended.
    """

    def __init__(self, clock: Now) -> None:
        self.clock = clock
        self.down = False
        self.committed = Tables()
        self.reports = FakeReports(self)
        self._one_at_a_time = Lock()
        self._holder: int | None = None

    @contextmanager
    def begin(self) -> Iterator[FakeWork]:
        with self._transaction() as tables:
            yield FakeWork(tables, self.clock)

    def pause(self, batch_id: BatchId) -> None:
        """What a contributor does who wants a batch to wait."""
        with self._transaction() as tables:
            FakeBatches(tables, self.clock).pause(batch_id, paused=True)

    def refuse_if_down(self) -> None:
        if self.down:
            raise ServiceDown("database", "the fake is down")

    @contextmanager
    def _transaction(self) -> Iterator[Tables]:
        self.refuse_if_down()
        if self._holder == get_ident():
            raise RuntimeError("a unit of work inside another one would wait for itself")
        with self._one_at_a_time:
            self._holder = get_ident()
            try:
                tables = self.committed.copy()
                yield tables
                self.refuse_if_down()
                self.committed = tables
            finally:
                self._holder = None


class FakeWork:
    """One transaction."""

    def __init__(self, tables: Tables, clock: Now) -> None:
        self.users = FakeUsers(tables, clock)
        self.batches = FakeBatches(tables, clock)
        self.uploads = FakeUploads(tables, clock)
        self.rights = FakePublishingRights(tables, clock)
        self.endings = FakeEndings(tables, clock)
        self.gates = FakeGates(tables, clock)
        self.paces = FakePaces(tables, clock)
        self.history = FakeHistory(tables, clock)
        self.presets = FakePresets(tables, clock)


@dataclass(frozen=True, slots=True)
class FakeUsers:
    tables: Tables
    clock: Now

    def remember(self, user: User) -> None:
        now, known = self.clock.now(), self.tables.users.get(user.id)
        if known == user:
            return
        first = self.tables.remembered[user.id].created_at if known else now
        self.tables.users[user.id] = user
        self.tables.remembered[user.id] = Remembered(created_at=first, updated_at=now)

    def get(self, user_id: UserId) -> User | None:
        return self.tables.users.get(user_id)


@dataclass(frozen=True, slots=True)
class FakeBatches:
    tables: Tables
    clock: Now

    def add(
        self, user_id: UserId, edit_group_id: EditGroupId, retry_of: BatchId | None = None
    ) -> Batch:
        if user_id not in self.tables.users:
            raise LookupError(f"nobody remembers user {user_id}")
        now = self.clock.now()
        batch = Batch(
            id=BatchId(len(self.tables.batches) + 1),
            user_id=user_id,
            edit_group_id=edit_group_id,
            created_at=now,
            updated_at=now,
            retry_of=retry_of,
        )
        self.tables.batches[batch.id] = batch
        return batch

    def get(self, batch_id: BatchId) -> Batch | None:
        return self.tables.batches.get(batch_id)

    def recount(self, after: BatchId | None, limit: int) -> Recounted:
        # Nothing is counted beside what is stored, so that nothing can be wrong.
        following = sorted(each for each in self.tables.batches if after is None or each > after)
        return Recounted(last=max(following[:limit], default=None))

    def pause(self, batch_id: BatchId, *, paused: bool) -> None:
        batch = self.get(batch_id)
        if batch is not None and batch.paused != paused:
            now = self.clock.now()
            self.tables.batches[batch_id] = replace(batch, paused=paused, updated_at=now)
            for upload in tuple(self.tables.uploads.values()) if not paused else ():
                if (upload.batch_id, upload.status) == (batch_id, UploadStatus.QUEUED):
                    self.tables.uploads[upload.id] = replace(upload, not_before=now)
