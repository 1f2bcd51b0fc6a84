"""Databases as the contracts need them: with time that passes at once, and one that is down."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import Engine, update
from sqlmodel import SQLModel

from curator_adapters.sql.engine import writing
from curator_adapters.sql.reports import SqlReports
from curator_adapters.sql.times import UtcTime
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.breaker import Gate
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import (
    BatchId,
    EditGroupId,
    ImageId,
    LeaseToken,
    SealedToken,
    SliceId,
    UploadId,
    UserId,
)
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import NewUpload, Stop, Upload
from curator_core.domain.user import User
from curator_core.ports.endings import Selection, Stopped
from curator_core.ports.reports import Reports
from curator_core.ports.work import Begin
from tests.fakes.clock import FakeClock
from tests.fakes.work import FakeDatabase

T = TypeVar("T")

ANNA = UserId("1001")
BELA = UserId("1002")
NO_LEAD = timedelta(0)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBench:
    """A database, and a way to let its time pass."""

    begin: Begin
    reports: Reports
    pass_time: Callable[[timedelta], None]
    unreachable_begin: Begin
    unreachable_reports: Reports

    def batch_of(self, user_id: UserId) -> BatchId:
        """A new batch of a remembered user."""
        with self.begin() as work:
            work.users.remember(User(id=user_id, username=f"User {user_id}"))
            return work.batches.add(user_id, EditGroupId("0123456789ab")).id

    def add(
        self, batch_id: BatchId, *uploads: NewUpload, lead: timedelta = NO_LEAD
    ) -> tuple[Upload, ...]:
        """Adds them as a slice of their own."""
        with self.begin() as work:
            slice_id = SliceId(next(_numbers))
            return work.uploads.add(batch_id, slice_id, "digest", uploads, lead)

    def add_one(self, user_id: UserId = ANNA, *, handler: str = "mapillary") -> Upload:
        """A due upload in a batch of its own."""
        asked = replace(an_upload(user_id), handler=handler)
        return self.add(self.batch_of(user_id), asked)[0]

    def pause(self, batch_id: BatchId, *, paused: bool = True) -> None:
        """What a contributor does who wants a batch to wait, or to go on."""
        with self.begin() as work:
            work.batches.pause(batch_id, paused=paused)

    def claim(
        self, upload: Upload, *, lease: timedelta = MINUTE, user_concurrency: int = 2
    ) -> Upload | None:
        with self.begin() as work:
            return work.uploads.claim(upload.id, a_token(), lease, user_concurrency)

    def claimed(self, user_id: UserId = ANNA, *, lease: timedelta = MINUTE) -> Upload:
        """An upload in progress."""
        upload = self.claim(self.add_one(user_id), lease=lease, user_concurrency=1000)
        assert upload is not None
        return upload

    def stored(self, upload: Upload) -> Upload:
        """The upload as it is now."""
        with self.begin() as work:
            found = work.uploads.get(upload.id)
        assert found is not None
        return found

    def keep(self, upload: Upload, under: LeaseToken) -> Upload:
        with self.begin() as work:
            return work.uploads.keep(upload, under)

    def take_due(
        self, limit: int = 100, *, user_concurrency: int = 2, resend: timedelta = MINUTE
    ) -> tuple[UploadId, ...]:
        with self.begin() as work:
            return work.uploads.take_due(limit, user_concurrency, resend)

    def strike(self, kind: FaultKind, upload: Upload, reason: str = "It is not there.") -> Gate:
        with self.begin() as work:
            return work.gates.strike(kind, upload, reason)

    def take_probes(self, resend: timedelta = MINUTE) -> tuple[UploadId, ...]:
        with self.begin() as work:
            return work.gates.take_probes(resend)

    def gates(self) -> tuple[Gate, ...]:
        with self.begin() as work:
            return work.gates.all()

    def stop(self, stop: Stop, **which: Any) -> Stopped:
        with self.begin() as work:
            return work.endings.stop(Selection(**which), stop)

    def rescue(self, limit: int = 100) -> tuple[Upload, ...]:
        with self.begin() as work:
            return work.uploads.rescue(limit)


def fake_bench() -> DatabaseBench:
    clock = FakeClock()
    database, down = FakeDatabase(clock), FakeDatabase(clock)
    down.down = True
    return DatabaseBench(
        begin=database.begin,
        reports=database.reports,
        pass_time=clock.advance,
        unreachable_begin=down.begin,
        unreachable_reports=down.reports,
    )


def sql_bench(engine: Engine, unreachable: Engine) -> DatabaseBench:
    return DatabaseBench(
        begin=SqlBegin(engine),
        reports=SqlReports(engine),
        pass_time=partial(let_pass, engine),
        unreachable_begin=SqlBegin(unreachable),
        unreachable_reports=SqlReports(unreachable),
    )


def empty(engine: Engine) -> None:
    """Deletes every row."""
    with writing(engine) as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())


def let_pass(engine: Engine, duration: timedelta) -> None:
    """Moves every stored time into the past, as if `duration` had passed."""
    with writing(engine) as connection:
        for table in SQLModel.metadata.sorted_tables:
            keys = list(table.primary_key.columns)
            times = [column for column in table.c if isinstance(column.type, UtcTime)]
            for row in connection.execute(table.select()).mappings().all():
                shifted = {time.name: row[time] - duration for time in times if row[time]}
                this_one = [key == row[key] for key in keys]
                connection.execute(update(table).where(*this_one).values(shifted))


def an_upload(
    user_id: UserId = ANNA,
    image_id: str = "",
    *,
    filename: str = "A bridge.jpg",
    wikitext: str = "A bridge",
    wait: timedelta | None = timedelta(0),
    failure: Failure | None = None,
) -> NewUpload:
    """An upload with an image id of its own, unless one is given."""
    return NewUpload(
        user_id=user_id,
        image_id=ImageId(image_id or f"image-{next(_numbers)}"),
        handler="mapillary",
        collection="a-sequence",
        filename=filename,
        wikitext=wikitext,
        sealed_token=None if failure else SealedToken("sealed"),
        wait=wait,
        failure=failure,
    )


def uploads_of(user_id: UserId, count: int) -> list[NewUpload]:
    return [an_upload(user_id) for _ in range(count)]


def a_token() -> LeaseToken:
    """A token that no other call gives."""
    return LeaseToken(f"{next(_numbers):032x}")


def lease_of(upload: Upload) -> LeaseToken:
    """The token of an upload in progress."""
    assert upload.lease is not None
    return upload.lease.token


def ids(uploads: Sequence[Upload]) -> list[UploadId]:
    return [upload.id for upload in uploads]


def at_once(count: int, call: Callable[[int], T]) -> list[T]:
    """What `call(0)`, `call(1)` … answer when they are started together, a thread each."""
    start = Barrier(count)

    def run(number: int) -> T:
        start.wait()
        return call(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
