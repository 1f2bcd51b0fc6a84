"""What every `Reports` promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, EditGroupId
from curator_core.domain.outcome import Failure, FailureType
from curator_core.domain.upload import DUPLICATES, Stop, Upload, UploadStatus
from curator_core.domain.user import User
from curator_core.ports.reports import BatchStats, Reports, UploadReport, UploadState
from tests.contracts.database_bench import (
    ANNA,
    MINUTE,
    DatabaseBench,
    an_upload,
    lease_of,
    uploads_of,
)

PAGE = "https://example.org/wiki/File:A.jpg"
FAILURE = Failure(message="It cannot be done.")


def test_a_batch_is_told_with_its_user_and_its_edit_group(database: DatabaseBench) -> None:
    with database.begin() as work:
        work.users.remember(User(id=ANNA, username="Anna"))
        batch = work.batches.add(ANNA, EditGroupId("0123456789ab"))
    report = database.reports.batch(batch.id)
    assert report is not None
    assert (report.id, report.user_id, report.username) == (batch.id, ANNA, "Anna")
    assert report.edit_group_id == "0123456789ab"
    assert (report.created_at, report.updated_at) == (batch.created_at, batch.updated_at)
    assert report.stats == BatchStats()


def test_a_batch_counts_its_uploads_by_state(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    failed = [an_upload(failure=FAILURE), an_upload(failure=FAILURE)]
    stored = database.add(batch_id, *failed, *uploads_of(ANNA, 8))
    database.add_one()
    ends: list[Callable[[Upload], Upload]] = [
        lambda upload: upload.complete(PAGE),
        lambda upload: upload.cancel(),
        *(partial(_duplicate, status) for status in sorted(DUPLICATES)),
    ]
    for upload, end in zip(stored[2:], ends, strict=False):
        claimed = database.claim(upload)
        assert claimed is not None
        database.keep(end(claimed), lease_of(claimed))
    assert database.claim(stored[-1]) is not None
    report = database.reports.batch(batch_id)
    assert report is not None
    assert report.stats == BatchStats(
        total=10, queued=2, in_progress=1, completed=1, failed=2, cancelled=1, duplicate=3
    )
    assert report.stats.unfinished == 3


def done_in(database: DatabaseBench, batch_id: BatchId) -> timedelta | None:
    """How long after its last upload was added the batch is done."""
    report = database.reports.batch(batch_id)
    assert report is not None
    if report.done_at is None:
        return None
    return report.done_at - max(each.created_at for each in database.reports.uploads(batch_id))


def test_a_batch_is_done_at_its_last_slot(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    assert database.reports.batch(batch_id) is not None
    waits = [MINUTE, timedelta(hours=3), timedelta(hours=1), None]
    database.add(batch_id, *(an_upload(wait=wait) for wait in waits))
    database.add(database.batch_of(ANNA), an_upload(wait=timedelta(hours=9)))
    assert done_in(database, batch_id) == timedelta(hours=3)


def test_a_batch_whose_slots_are_past_is_done_now(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    upload = database.add(batch_id, an_upload())[0]
    unpaced = database.add(database.batch_of(ANNA), an_upload(wait=None))[0]
    assert database.claim(upload) is not None
    database.pass_time(timedelta(hours=1))
    for each in (upload, unpaced):
        late = done_in(database, each.batch_id)
        assert late is not None
        assert timedelta(hours=1) <= late < timedelta(hours=1, minutes=1)


def test_when_a_paused_or_finished_batch_is_done_nobody_can_say(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    empty = database.reports.batch(batch_id)
    assert empty is not None
    assert (empty.paused, empty.done_at) == (False, None)
    upload = database.add(batch_id, an_upload(wait=MINUTE))[0]
    assert done_in(database, batch_id) is not None
    database.pause(batch_id)
    report = database.reports.batch(batch_id)
    assert report is not None
    assert (report.paused, report.done_at) == (True, None)
    database.pause(batch_id, paused=False)
    database.stop(Stop(), batch_id=upload.batch_id)
    assert done_in(database, batch_id) is None


def test_uploads_are_told_by_id_as_they_are_stored(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    captions = (Caption(language="en", text="A bridge"), Caption(language="de", text="Brücke"))
    failure = Failure(type=FailureType.TITLE_BLACKLISTED, message="Not this title.")
    stored = database.add(
        batch_id, replace(an_upload(), captions=captions), an_upload(failure=failure)
    )
    claimed = database.claim(stored[0])
    assert claimed is not None
    done = database.keep(claimed.complete(PAGE), lease_of(claimed))
    database.add_one()
    told = database.reports.uploads(batch_id)
    assert told == tuple(
        UploadReport(
            state=UploadState(
                id=upload.id,
                batch_id=batch_id,
                status=upload.status,
                image_id=upload.image_id,
                handler="mapillary",
                failure=upload.failure,
                success=upload.success,
            ),
            user_id=ANNA,
            filename=upload.filename,
            wikitext=upload.wikitext,
            captions=upload.captions,
            result=None,
            publish_at=upload.publish_at,
            created_at=upload.created_at,
            collection=upload.collection,
            updated_at=upload.updated_at,
        )
        for upload in (done, stored[1])
    )
    assert [each.state.status for each in told] == [UploadStatus.COMPLETED, UploadStatus.FAILED]
    assert (told[0].captions, told[0].state.success) == (captions, PAGE)
    assert told[1].state.failure == failure


def test_states_are_what_the_uploads_tell_and_no_more(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    database.add(batch_id, *uploads_of(ANNA, 3), an_upload(failure=FAILURE))
    told = database.reports.uploads(batch_id)
    assert database.reports.states(batch_id) == tuple(upload.state for upload in told)
    assert len(told) == 4


def test_of_a_batch_that_does_not_exist_nothing_is_told(database: DatabaseBench) -> None:
    nowhere = BatchId(4711)
    assert database.reports.batch(nowhere) is None
    assert database.reports.uploads(nowhere) == ()
    assert database.reports.states(nowhere) == ()


def _duplicate(status: UploadStatus, upload: Upload) -> Upload:
    return upload.found_duplicate(status, FAILURE)


def _batch(reports: Reports) -> object:
    return reports.batch(BatchId(1))


def _uploads(reports: Reports) -> object:
    return reports.uploads(BatchId(1))


def _states(reports: Reports) -> object:
    return reports.states(BatchId(1))


@pytest.mark.parametrize("ask", [_batch, _uploads, _states])
def test_a_database_that_does_not_answer_is_down(
    database: DatabaseBench, ask: Callable[[Reports], object]
) -> None:
    with pytest.raises(ServiceDown) as caught:
        ask(database.unreachable_reports)
    assert caught.value.service == "database"
