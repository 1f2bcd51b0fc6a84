"""What every `Begin`, `Work`, `Users` and `Batches` promises."""

from datetime import UTC, timedelta

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, EditGroupId, UploadId, UserId
from curator_core.domain.user import User
from tests.contracts.database_bench import (
    ANNA,
    DatabaseBench,
    a_token,
    an_upload,
    at_once,
    lease_of,
)

GROUP = EditGroupId("0123456789ab")


def test_a_user_is_remembered(database: DatabaseBench) -> None:
    with database.begin() as work:
        work.users.remember(User(id=ANNA, username="Anna 🌉"))
    with database.begin() as work:
        assert work.users.get(ANNA) == User(id=ANNA, username="Anna 🌉")


def test_a_user_who_was_renamed_is_known_by_the_new_name(database: DatabaseBench) -> None:
    for name in ("Anna", "Anna of the bridges", "Anna of the bridges"):
        with database.begin() as work:
            work.users.remember(User(id=ANNA, username=name))
    with database.begin() as work:
        assert work.users.get(ANNA) == User(id=ANNA, username="Anna of the bridges")


def test_two_first_logins_at_once_remember_one_user(database: DatabaseBench) -> None:
    def log_in(_: int) -> None:
        with database.begin() as work:
            work.users.remember(User(id=ANNA, username="Anna"))

    at_once(4, log_in)
    with database.begin() as work:
        assert work.users.get(ANNA) == User(id=ANNA, username="Anna")


def test_nobody_knows_a_user_who_never_came(database: DatabaseBench) -> None:
    with database.begin() as work:
        assert work.users.get(UserId("nobody")) is None


def test_a_batch_is_its_users_and_has_its_edit_group(database: DatabaseBench) -> None:
    with database.begin() as work:
        work.users.remember(User(id=ANNA, username="Anna"))
        added = work.batches.add(ANNA, GROUP)
    with database.begin() as work:
        found = work.batches.get(added.id)
    assert found == added
    assert (added.user_id, added.edit_group_id) == (ANNA, GROUP)


def test_a_batch_may_retry_another(database: DatabaseBench) -> None:
    first = database.batch_of(ANNA)
    with database.begin() as work:
        retry = work.batches.add(ANNA, GROUP, retry_of=first)
    with database.begin() as work:
        assert work.batches.get(retry.id) == retry
        former = work.batches.get(first)
    assert retry.retry_of == first
    assert former is not None
    assert former.retry_of is None


def test_a_batch_is_paused_until_it_goes_on(database: DatabaseBench) -> None:
    batch_id, other = database.batch_of(ANNA), database.batch_of(ANNA)
    for paused in (False, True, True, False):
        database.pause(batch_id, paused=paused)
        with database.begin() as work:
            batches = [work.batches.get(each) for each in (batch_id, other)]
        assert [batch.paused for batch in batches if batch] == [paused, False]
    database.pause(BatchId(4711))


def test_what_is_at_work_goes_on_while_its_batch_is_paused(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.pause(claimed.batch_id)
    assert database.stored(claimed) == claimed
    done = database.keep(claimed.complete("https://example.org/A"), lease_of(claimed))
    assert done.status.is_final


def test_two_batches_are_two(database: DatabaseBench) -> None:
    assert database.batch_of(ANNA) != database.batch_of(ANNA)


def test_there_is_no_batch_that_nobody_made(database: DatabaseBench) -> None:
    with database.begin() as work:
        assert work.batches.get(BatchId(4711)) is None


def test_times_are_aware_and_utc(database: DatabaseBench) -> None:
    upload = database.claimed()
    with database.begin() as work:
        batch = work.batches.get(upload.batch_id)
    assert batch is not None
    assert upload.publish_at is not None
    assert upload.not_before is not None
    assert upload.lease is not None
    report = database.reports.uploads(batch.id)[0]
    assert report.publish_at is not None
    times = [
        batch.created_at,
        batch.updated_at,
        upload.created_at,
        upload.updated_at,
        upload.publish_at,
        upload.not_before,
        upload.lease.until,
        report.publish_at,
        report.created_at,
        report.updated_at,
    ]
    assert {time.tzinfo for time in times} == {UTC}


def test_a_unit_of_work_that_fails_leaves_nothing_behind(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    waiting = database.add(batch_id, an_upload())[0]

    def fail_late() -> None:
        with database.begin() as work:
            work.users.remember(User(id=UserId("9"), username="Nina"))
            work.uploads.add(batch_id, None, "digest", [an_upload()], timedelta(0))
            work.uploads.claim(waiting.id, a_token(), timedelta(minutes=1), 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    with database.begin() as work:
        assert work.users.get(UserId("9")) is None
    assert [each.id for each in database.reports.states(batch_id)] == [waiting.id]
    assert database.stored(waiting) == waiting


def test_what_a_unit_of_work_writes_is_seen_by_others_once_it_has_ended(
    database: DatabaseBench,
) -> None:
    batch_id = database.batch_of(ANNA)
    with database.begin() as work:
        added = an_upload()
        work.uploads.add(batch_id, None, "digest", [added], timedelta(0))
        seen_within = work.uploads.image_ids(batch_id, [added.image_id])
        seen_outside = database.reports.states(batch_id)
    assert (len(seen_within), len(seen_outside)) == (1, 0)
    assert len(database.reports.states(batch_id)) == 1


def test_a_unit_of_work_sees_what_it_wrote(database: DatabaseBench) -> None:
    upload = database.add_one()
    with database.begin() as work:
        before = work.uploads.get(upload.id)
        claimed = work.uploads.claim(upload.id, a_token(), timedelta(minutes=1), 2)
        after = work.uploads.get(upload.id)
    assert before == upload
    assert claimed == after != before


def test_a_database_that_does_not_answer_is_down(database: DatabaseBench) -> None:
    with pytest.raises(ServiceDown) as caught, database.unreachable_begin() as work:
        work.uploads.get(UploadId(1))
    assert caught.value.service == "database"
