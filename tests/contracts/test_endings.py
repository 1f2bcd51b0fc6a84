"""What every `Endings` promises of ending many uploads at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from curator_core.domain.ids import SealedToken, TokenPrint, UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Checkpoint, NewUpload, Stop, Upload, UploadStatus
from curator_core.ports.endings import Stopped
from curator_core.ports.reports import UploadState
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    DatabaseBench,
    an_upload,
    at_once,
    ids,
    lease_of,
    uploads_of,
)

CANCEL = Stop()
FAILURE = Failure(message="Your session has expired 🌉.", code="session_ended", retryable=True)
FAIL = Stop(failure=FAILURE)
HOUR = timedelta(hours=1)
OLD, NEW = TokenPrint("a" * 32), TokenPrint("b" * 32)
BEGUN = Checkpoint(publish_begun=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
DESCRIBED = Checkpoint(published_title="A.jpg", published_url="https://example.org/A")


def with_token(token_print: TokenPrint | None, **changes: Any) -> NewUpload:
    sealed = SealedToken(f"sealed {token_print}")
    return replace(an_upload(**changes), sealed_token=sealed, token_print=token_print)


def requeued(database: DatabaseBench, checkpoint: Checkpoint) -> Upload:
    """A queued upload that got so far, and is not due for an hour."""
    claimed = database.claimed()
    waiting = claimed.checkpointed(checkpoint).requeue()
    with database.begin() as work:
        return work.uploads.requeue_after(waiting, lease_of(claimed), HOUR)


@pytest.mark.parametrize(
    ("stop", "status", "failure"),
    [(CANCEL, UploadStatus.CANCELLED, None), (FAIL, UploadStatus.FAILED, FAILURE)],
    ids=["cancel", "fail"],
)
def test_what_waits_is_ended_at_once(
    database: DatabaseBench, stop: Stop, status: UploadStatus, failure: Failure | None
) -> None:
    batch_id = database.batch_of(ANNA)
    uploads = database.add(batch_id, an_upload(), with_token(OLD), an_upload(wait=HOUR))
    other = database.add_one()
    database.pass_time(MINUTE)
    stopped = database.stop(stop, batch_id=batch_id)
    assert stopped == Stopped(
        ended=tuple(
            UploadState(
                id=upload.id,
                batch_id=batch_id,
                status=status,
                image_id=upload.image_id,
                handler="mapillary",
                failure=failure,
            )
            for upload in uploads
        )
    )
    assert stopped.count == 3
    assert database.reports.states(batch_id) == stopped.ended
    for upload in uploads:
        stored = database.stored(upload)
        assert (stored.status, stored.failure, stored.sealed_token) == (status, failure, None)
        assert (stored.stop, stored.lease, stored.success) == (None, None, None)
        assert stored.updated_at - stored.created_at >= MINUTE
        assert database.claim(upload) is None
    assert database.take_due(user_concurrency=1000) == (other.id,)


def test_what_is_at_work_is_asked_to_stop(database: DatabaseBench) -> None:
    claimed = database.claimed()
    stopped = database.stop(FAIL, batch_id=claimed.batch_id)
    assert stopped == Stopped(asked=(claimed.id,))
    stored = database.stored(claimed)
    assert stored == replace(claimed, stop=FAIL, updated_at=stored.updated_at)
    with database.begin() as work:
        assert work.uploads.stop_asked(claimed.id) == FAIL


@pytest.mark.parametrize("checkpoint", [BEGUN, DESCRIBED], ids=["begun", "published"])
def test_what_the_wiki_may_hold_is_asked_and_due_at_once(
    database: DatabaseBench, checkpoint: Checkpoint
) -> None:
    waiting = requeued(database, checkpoint)
    assert database.take_due() == ()
    assert database.stop(CANCEL, batch_id=waiting.batch_id) == Stopped(asked=(waiting.id,))
    stored = database.stored(waiting)
    assert (stored.status, stored.stop) == (UploadStatus.QUEUED, CANCEL)
    assert (stored.sealed_token, stored.checkpoint) == (waiting.sealed_token, checkpoint)
    assert database.take_due() == (waiting.id,)
    claimed = database.claim(waiting)
    assert claimed is not None
    assert claimed.stop == CANCEL


def test_what_was_only_sent_to_the_stash_is_ended(database: DatabaseBench) -> None:
    waiting = requeued(database, Checkpoint(requeues=(("storage", 2),)))
    assert len(database.stop(CANCEL, batch_id=waiting.batch_id).ended) == 1


def test_who_was_asked_before_is_not_asked_again(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.stop(CANCEL, batch_id=claimed.batch_id)
    assert database.stop(FAIL, batch_id=claimed.batch_id) == Stopped()
    assert database.stored(claimed).stop == CANCEL


def test_what_was_asked_and_waits_again_is_ended(database: DatabaseBench) -> None:
    claimed = database.claimed(lease=MINUTE)
    database.stop(CANCEL, batch_id=claimed.batch_id)
    database.pass_time(2 * MINUTE)
    database.rescue()
    assert database.stored(claimed).stop == CANCEL
    (ended,) = database.stop(FAIL, batch_id=claimed.batch_id).ended
    assert (ended.status, ended.failure) == (UploadStatus.FAILED, FAILURE)


def test_an_attempt_does_not_undo_that_it_was_asked(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.stop(CANCEL, batch_id=claimed.batch_id)
    kept = database.keep(claimed.checkpointed(BEGUN), lease_of(claimed))
    assert (kept.stop, kept.checkpoint) == (CANCEL, BEGUN)
    assert database.keep(kept.requeue(), lease_of(claimed)).stop == CANCEL


def test_an_attempt_that_ends_is_asked_no_more(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.stop(CANCEL, batch_id=claimed.batch_id)
    done = database.keep(claimed.complete("https://example.org/A"), lease_of(claimed))
    assert (done.status, done.stop) == (UploadStatus.COMPLETED, None)
    with database.begin() as work:
        assert work.uploads.stop_asked(claimed.id) is None


def test_nobody_is_asked_who_never_was(database: DatabaseBench) -> None:
    upload = database.add_one()
    with database.begin() as work:
        assert work.uploads.stop_asked(upload.id) is None
        assert work.uploads.stop_asked(UploadId(4711)) is None


def test_what_is_finished_does_not_change(database: DatabaseBench) -> None:
    claimed = database.claimed()
    done = database.keep(claimed.complete("https://example.org/A"), lease_of(claimed))
    assert database.stop(CANCEL, batch_id=claimed.batch_id) == Stopped()
    assert database.stored(claimed) == done


def test_stopping_comes_before_or_after_the_write_of_an_attempt(
    database: DatabaseBench,
) -> None:
    """Whoever begins to publish in one unit of work sees that it was asked to stop, or is not
    asked before it ends."""
    for _ in range(5):
        claimed = database.claimed()

        def begin_or_stop(number: int, claimed: Upload = claimed) -> bool | Stopped:
            if number:
                return database.stop(CANCEL, batch_id=claimed.batch_id)
            with database.begin() as work:
                work.uploads.renew(claimed.id, lease_of(claimed), MINUTE)
                asked = work.uploads.stop_asked(claimed.id)
                kept = work.uploads.keep(claimed.checkpointed(BEGUN), lease_of(claimed))
                assert kept.stop == asked
            return True

        assert at_once(2, begin_or_stop)[1] == Stopped(asked=(claimed.id,))
        assert database.stored(claimed).stop == CANCEL


def test_a_selection_is_all_that_fits_everything(database: DatabaseBench) -> None:
    annas = database.add(database.batch_of(ANNA), with_token(OLD), with_token(NEW), an_upload())
    belas = database.add(database.batch_of(BELA), with_token(OLD, user_id=BELA))
    claimed = database.claimed(ANNA)
    chosen = frozenset({annas[0].id, annas[1].id, belas[0].id})
    assert database.stop(CANCEL, upload_ids=frozenset()) == Stopped()
    assert database.stop(CANCEL, user_id=BELA, batch_id=annas[0].batch_id) == Stopped()
    stopped = database.stop(CANCEL, user_id=ANNA, upload_ids=chosen, but=annas[1].id)
    assert [each.id for each in stopped.ended] == [annas[0].id]
    stopped = database.stop(CANCEL, user_id=ANNA, token_print=NEW)
    assert [each.id for each in stopped.ended] == [annas[1].id]
    stopped = database.stop(CANCEL, user_id=ANNA, but=claimed.id)
    assert ([each.id for each in stopped.ended], stopped.asked) == ([annas[2].id], ())
    assert database.stored(belas[0]) == belas[0]


def test_fifty_thousand_may_be_chosen(database: DatabaseBench) -> None:
    upload = database.add_one()
    chosen = frozenset(UploadId(number) for number in range(upload.id, upload.id + 50_000))
    with database.begin() as work:
        assert work.endings.batches_of(chosen) == {upload.batch_id}
    assert database.stop(CANCEL, upload_ids=chosen).count == 1


def test_the_batches_of_uploads_are_told(database: DatabaseBench) -> None:
    first, second = database.add_one(), database.add_one(BELA)
    with database.begin() as work:
        assert work.endings.batches_of([]) == frozenset()
        assert work.endings.batches_of([first.id, UploadId(4711)]) == {first.batch_id}
        both = work.endings.batches_of(ids([first, second]))
    assert both == {first.batch_id, second.batch_id}


def test_thousands_are_ended_together(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    uploads = database.add(batch_id, *uploads_of(ANNA, 2000))
    assert [each.id for each in database.stop(CANCEL, batch_id=batch_id).ended] == ids(uploads)


def test_of_many_that_stop_at_once_each_upload_is_ended_once(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    uploads = database.add(batch_id, *uploads_of(ANNA, 200))
    stopped = at_once(4, lambda _: database.stop(CANCEL, batch_id=batch_id))
    assert sorted(each.id for some in stopped for each in some.ended) == ids(uploads)
