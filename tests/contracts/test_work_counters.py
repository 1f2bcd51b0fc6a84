"""What every `Work` promises of a batch's counters: they are what counting would say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import BatchId, LeaseToken
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import DUPLICATES, Stop, UploadStatus
from curator_core.ports.reports import BatchStats
from curator_core.ports.work import Work
from tests.contracts.database_bench import (
    ANNA,
    MINUTE,
    DatabaseBench,
    an_upload,
    lease_of,
    uploads_of,
)

FAILURE = Failure(message="It cannot be done.")


def counted(database: DatabaseBench, batch_id: BatchId) -> BatchStats:
    """By looking at each upload."""
    statuses = Counter(state.status for state in database.reports.states(batch_id))
    return BatchStats(
        total=statuses.total(),
        queued=statuses[UploadStatus.QUEUED],
        in_progress=statuses[UploadStatus.IN_PROGRESS],
        completed=statuses[UploadStatus.COMPLETED],
        failed=statuses[UploadStatus.FAILED],
        cancelled=statuses[UploadStatus.CANCELLED],
        duplicate=sum(statuses[each] for each in DUPLICATES),
    )


def added(database: DatabaseBench, batch_id: BatchId) -> None:
    database.add(batch_id, *uploads_of(ANNA, 3), an_upload(failure=FAILURE))


def added_twice(database: DatabaseBench, batch_id: BatchId) -> None:
    same = an_upload(image_id="the same")
    database.add(batch_id, same)
    database.add(batch_id, same, an_upload())


def claimed(database: DatabaseBench, batch_id: BatchId) -> None:
    first, *_ = database.add(batch_id, *uploads_of(ANNA, 3))
    assert database.claim(first) is not None
    assert database.claim(first) is None


def checkpointed(database: DatabaseBench, batch_id: BatchId) -> None:
    first, *_ = database.add(batch_id, *uploads_of(ANNA, 2))
    upload = database.claim(first)
    assert upload is not None
    database.keep(upload, lease_of(upload))


def requeued(database: DatabaseBench, batch_id: BatchId) -> None:
    first, *_ = database.add(batch_id, *uploads_of(ANNA, 2))
    upload = database.claim(first)
    assert upload is not None
    with database.begin() as work:
        work.uploads.requeue_after(upload.requeue(), lease_of(upload), MINUTE)


def completed(database: DatabaseBench, batch_id: BatchId) -> None:
    first, *_ = database.add(batch_id, *uploads_of(ANNA, 2))
    upload = database.claim(first)
    assert upload is not None
    database.keep(upload.complete("https://example.org/wiki/File:A.jpg"), lease_of(upload))


def kept_too_late(database: DatabaseBench, batch_id: BatchId) -> None:
    first, *_ = database.add(batch_id, *uploads_of(ANNA, 2))
    upload = database.claim(first)
    assert upload is not None
    with pytest.raises(LeaseLost):
        database.keep(upload.fail(FAILURE), LeaseToken("f" * 32))


def rescued(database: DatabaseBench, batch_id: BatchId) -> None:
    for each in database.add(batch_id, *uploads_of(ANNA, 3))[:2]:
        assert database.claim(each) is not None
    database.pass_time(2 * MINUTE)
    assert len(database.rescue()) == 2


def stopped(database: DatabaseBench, batch_id: BatchId) -> None:
    first, *_ = database.add(batch_id, *uploads_of(ANNA, 4))
    assert database.claim(first) is not None
    assert len(database.stop(Stop(), batch_id=batch_id).ended) == 3


def marked_as_failed(database: DatabaseBench, batch_id: BatchId) -> None:
    chosen = database.add(batch_id, *uploads_of(ANNA, 4))[:2]
    ids = frozenset(each.id for each in chosen)
    assert len(database.stop(Stop(failure=FAILURE), upload_ids=ids).ended) == 2


def _add_and_stumble(work: Work, batch_id: BatchId) -> None:
    work.uploads.add(batch_id, None, "digest", uploads_of(ANNA, 2), timedelta(0))
    raise LookupError("something unforeseen")


def rolled_back(database: DatabaseBench, batch_id: BatchId) -> None:
    database.add(batch_id, *uploads_of(ANNA, 2))
    with pytest.raises(LookupError), database.begin() as work:
        _add_and_stumble(work, batch_id)


@pytest.mark.parametrize(
    "happens",
    [
        added,
        added_twice,
        claimed,
        checkpointed,
        requeued,
        completed,
        kept_too_late,
        rescued,
        stopped,
        marked_as_failed,
        rolled_back,
    ],
)
def test_a_batch_counts_what_is_there_whatever_happens(
    database: DatabaseBench, happens: Callable[[DatabaseBench, BatchId], None]
) -> None:
    other = database.batch_of(ANNA)
    database.add(other, *uploads_of(ANNA, 2))
    batch_id = database.batch_of(ANNA)

    happens(database, batch_id)

    report = database.reports.batch(batch_id)
    assert report is not None
    assert report.stats.total
    assert report.stats == counted(database, batch_id)
    untouched = database.reports.batch(other)
    assert untouched is not None
    assert untouched.stats == BatchStats(total=2, queued=2)


def test_every_batch_gets_its_turn_to_be_recounted_and_right_ones_stay_as_they_are(
    database: DatabaseBench,
) -> None:
    batches = [database.batch_of(ANNA) for _ in range(3)]
    for each in batches:
        database.add(each, *uploads_of(ANNA, 2))
    with database.begin() as work:
        first = work.batches.recount(None, 2)
        second = work.batches.recount(first.last, 2)
        third = work.batches.recount(second.last, 2)

    assert [first.last, second.last, third.last] == [batches[1], batches[2], None]
    assert not first.wrong
    assert not second.wrong
    report = database.reports.batch(batches[0])
    assert report is not None
    assert report.stats == BatchStats(total=2, queued=2)
