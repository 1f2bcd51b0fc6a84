"""What every `Uploads` promises of writing what an attempt came to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import FileKey, Sha1
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import Upload, UploadStatus
from tests.contracts.database_bench import (
    ANNA,
    MINUTE,
    DatabaseBench,
    a_token,
    an_upload,
    lease_of,
)

PAGE = "https://example.org/wiki/File:A.jpg"
FAILURE = Failure(message="It cannot be done 🌉.", code="refused", raw_code="abusefilter")
EVERYTHING = Checkpoint(
    sha1=Sha1("a" * 40),
    size=5_000_000_000,
    file_key=FileKey("1abc.def.1.jpg"),
    offset=4_294_967_296,
    assembled=True,
    publish_begun=datetime(2026, 3, 1, 12, 0, 0, 123_456, UTC),
    published_title="A bridge 🌉.jpg",
    published_url=PAGE,
    requeues=(("source_trouble", 1), ("storage", 2)),
)


@pytest.mark.parametrize(
    "checkpoint",
    [EVERYTHING, Checkpoint(sha1=Sha1("b" * 40), size=0), Checkpoint()],
    ids=["everything", "downloaded", "nothing"],
)
def test_a_checkpoint_comes_back_as_it_was(database: DatabaseBench, checkpoint: Checkpoint) -> None:
    claimed = database.claimed()
    kept = database.keep(claimed.checkpointed(checkpoint), lease_of(claimed))
    assert kept == database.stored(claimed)
    assert kept.checkpoint == checkpoint
    assert kept == replace(claimed.checkpointed(checkpoint), updated_at=kept.updated_at)


@pytest.mark.parametrize("end", [UploadStatus.COMPLETED, UploadStatus.FAILED])
def test_the_token_is_erased_when_an_upload_is_finished(
    database: DatabaseBench, end: UploadStatus
) -> None:
    claimed = database.claimed()
    assert claimed.sealed_token is not None
    finished = claimed.complete(PAGE) if end is UploadStatus.COMPLETED else claimed.fail(FAILURE)
    kept = database.keep(finished, lease_of(claimed))
    assert (kept.status, kept.sealed_token, kept.lease) == (end, None, None)
    assert database.stored(claimed) == kept


def test_a_failure_is_kept_with_everything_that_is_known_of_it(database: DatabaseBench) -> None:
    claimed = database.claimed()
    failure = replace(
        FAILURE,
        type=FailureType.TITLE_BLACKLISTED,
        links=(FileLink(title="File:B.jpg", url=PAGE),),
        hint="Choose another title.",
        retryable=True,
    )
    kept = database.keep(claimed.fail(failure, published_at=PAGE), lease_of(claimed))
    assert (kept.failure, kept.success) == (failure, PAGE)


def test_a_requeued_upload_waits_with_its_checkpoint_and_token(database: DatabaseBench) -> None:
    claimed = database.claimed()
    waiting = claimed.checkpointed(EVERYTHING).requeue()
    kept = database.keep(waiting, lease_of(claimed))
    assert kept == replace(waiting, updated_at=kept.updated_at)
    assert (kept.status, kept.attempts) == (UploadStatus.QUEUED, 0)
    assert (kept.checkpoint, kept.sealed_token) == (EVERYTHING, claimed.sealed_token)
    assert database.claim(claimed) is not None


def test_an_upload_can_be_put_off_by_the_databases_clock(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.pass_time(5 * MINUTE)
    with database.begin() as work:
        kept = work.uploads.requeue_after(claimed.requeue(), lease_of(claimed), 2 * MINUTE)
    assert kept.not_before is not None
    assert kept.not_before - kept.updated_at == 2 * MINUTE
    assert database.stored(claimed) == kept
    database.pass_time(MINUTE)
    assert database.claim(claimed) is None
    database.pass_time(MINUTE)
    assert database.claim(claimed) is not None


def test_its_slot_stays_when_an_upload_is_put_off(database: DatabaseBench) -> None:
    upload = database.add(database.batch_of(ANNA), an_upload(wait=MINUTE), lead=MINUTE)[0]
    claimed = database.claim(upload)
    assert claimed is not None
    with database.begin() as work:
        kept = work.uploads.requeue_after(claimed.requeue(), lease_of(claimed), timedelta(hours=1))
    assert kept.publish_at == upload.publish_at


def test_a_heartbeat_between_reading_and_keeping_is_not_undone(database: DatabaseBench) -> None:
    claimed = database.claimed(lease=MINUTE)
    with database.begin() as work:
        work.uploads.renew(claimed.id, lease_of(claimed), 9 * MINUTE)
    database.keep(claimed.checkpointed(EVERYTHING), lease_of(claimed))
    database.pass_time(2 * MINUTE)
    assert database.rescue() == ()


def _finish(database: DatabaseBench, claimed: Upload) -> None:
    database.keep(claimed.complete(PAGE), lease_of(claimed))


def _rescue(database: DatabaseBench, claimed: Upload) -> None:
    database.pass_time(2 * MINUTE)
    assert database.rescue() != ()


def _rescue_and_claim(database: DatabaseBench, claimed: Upload) -> None:
    _rescue(database, claimed)
    assert database.claim(claimed) is not None


def _keep_checkpoint(database: DatabaseBench, claimed: Upload) -> Upload:
    return database.keep(claimed.checkpointed(EVERYTHING), lease_of(claimed))


def _keep_failure(database: DatabaseBench, claimed: Upload) -> Upload:
    return database.keep(claimed.fail(FAILURE), lease_of(claimed))


def _requeue(database: DatabaseBench, claimed: Upload) -> Upload:
    with database.begin() as work:
        return work.uploads.requeue_after(claimed.requeue(), lease_of(claimed), MINUTE)


@pytest.mark.parametrize("loss", [_finish, _rescue, _rescue_and_claim])
@pytest.mark.parametrize("write", [_keep_checkpoint, _keep_failure, _requeue])
def test_an_attempt_that_lost_its_lease_changes_nothing(
    database: DatabaseBench,
    loss: Callable[[DatabaseBench, Upload], None],
    write: Callable[[DatabaseBench, Upload], Upload],
) -> None:
    claimed = database.claimed(lease=MINUTE)
    loss(database, claimed)
    before = database.stored(claimed)
    with pytest.raises(LeaseLost):
        write(database, claimed)
    assert database.stored(claimed) == before


def test_a_lease_that_ran_out_but_that_nobody_took_still_writes(database: DatabaseBench) -> None:
    claimed = database.claimed(lease=MINUTE)
    database.pass_time(2 * MINUTE)
    kept = database.keep(claimed.complete(PAGE), lease_of(claimed))
    assert kept.status is UploadStatus.COMPLETED


def test_a_guessed_lease_writes_nothing(database: DatabaseBench) -> None:
    claimed = database.claimed()
    with pytest.raises(LeaseLost):
        database.keep(claimed.complete(PAGE), a_token())
    assert database.stored(claimed) == claimed


def test_writing_nothing_new_is_no_loss_of_the_lease(database: DatabaseBench) -> None:
    claimed = database.claimed()
    for _ in range(3):
        database.keep(claimed, lease_of(claimed))
    assert database.stored(claimed).lease == claimed.lease
