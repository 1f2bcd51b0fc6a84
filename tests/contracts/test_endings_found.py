"""What every `Endings` promises of what waits together, and of what can be retried."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from curator_core.domain.ids import EditGroupId, SealedToken, TokenPrint, UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Checkpoint, NewUpload, Stop
from curator_core.domain.user import User
from curator_core.ports.endings import Selection, WaitingGroup
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    SECOND,
    DatabaseBench,
    an_upload,
    ids,
    lease_of,
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


def groups(database: DatabaseBench) -> list[WaitingGroup]:
    with database.begin() as work:
        found = work.endings.waiting_groups()
    return sorted(found, key=lambda group: (group.user_id, group.token_print or ""))


def test_what_waits_is_grouped_by_user_edit_group_and_token(database: DatabaseBench) -> None:
    first, second = database.batch_of(ANNA), database.batch_of(ANNA)
    database.add(first, with_token(OLD, wait=3 * HOUR), with_token(OLD, wait=HOUR))
    database.pass_time(MINUTE)
    latest = database.add(second, with_token(OLD, wait=2 * HOUR), with_token(NEW, wait=None))
    database.add(database.batch_of(BELA), with_token(None, user_id=BELA))
    database.claimed(BELA)
    old, new, belas = sorted(groups(database), key=lambda group: -group.count)
    assert (old.user_id, old.edit_group_id, old.token_print) == (ANNA, "0123456789ab", OLD)
    assert (old.count, old.sealed_token) == (3, f"sealed {OLD}")
    assert old.newest == latest[0].created_at
    assert old.last_wait is not None
    assert 3 * HOUR - MINUTE - 20 * SECOND < old.last_wait <= 3 * HOUR - MINUTE
    assert (new.token_print, new.sealed_token, new.count) == (NEW, f"sealed {NEW}", 1)
    assert new.last_wait is None
    assert (belas.user_id, belas.token_print, belas.count) == (BELA, None, 1)
    assert belas.last_wait == timedelta(0)


def test_batches_of_two_edit_groups_are_two_groups(database: DatabaseBench) -> None:
    for edit_group in ("a" * 12, "b" * 12):
        with database.begin() as work:
            work.users.remember(User(id=ANNA, username="Anna"))
            batch = work.batches.add(ANNA, EditGroupId(edit_group))
        database.add(batch.id, with_token(OLD))
    assert sorted(group.edit_group_id or "" for group in groups(database)) == ["a" * 12, "b" * 12]


def test_where_nothing_waits_there_is_no_group(database: DatabaseBench) -> None:
    database.claimed()
    assert groups(database) == []


def test_a_group_is_ended_and_nothing_beside_it(database: DatabaseBench) -> None:
    first, second = database.batch_of(ANNA), database.batch_of(ANNA)
    ended = [
        *database.add(first, with_token(OLD), with_token(OLD)),
        *database.add(second, with_token(OLD)),
    ]
    others = [
        *database.add(first, with_token(NEW), with_token(None)),
        *database.add(database.batch_of(BELA), with_token(OLD, user_id=BELA)),
    ]
    group = next(each for each in groups(database) if each.count == 3)
    stopped = database.stop(FAIL, group=group)
    assert sorted(each.id for each in stopped.ended) == ids(ended)
    assert [database.stored(each) for each in others] == others
    (unknown,) = (each for each in groups(database) if each.token_print is None)
    assert [each.id for each in database.stop(FAIL, group=unknown).ended] == [others[1].id]


def retryable(
    database: DatabaseBench, after: int = 0, limit: int = 100, **which: Any
) -> list[UploadId]:
    with database.begin() as work:
        found = work.endings.retryable(Selection(**which), UploadId(after), limit)
    return ids(found)


def test_what_failed_or_was_cancelled_can_be_retried(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    failed = database.add(batch_id, an_upload(failure=FAILURE), an_upload(failure=FAILURE))
    cancelled = database.add(batch_id, an_upload())[0]
    database.stop(CANCEL, batch_id=batch_id)
    database.add(batch_id, an_upload())
    assert database.claim(database.add(batch_id, an_upload())[0]) is not None
    done = database.claim(database.add(batch_id, an_upload())[0])
    assert done is not None
    database.keep(done.complete("https://example.org/A"), lease_of(done))
    database.stop(FAIL, batch_id=database.add_one().batch_id)
    every = [*ids(failed), cancelled.id]
    assert retryable(database, batch_id=batch_id) == every
    assert retryable(database, batch_id=batch_id, limit=2) == every[:2]
    assert retryable(database, batch_id=batch_id, after=every[0]) == every[1:]
    assert retryable(database, batch_id=batch_id, upload_ids=frozenset(every[1:])) == every[1:]
    assert retryable(database, batch_id=batch_id, user_id=BELA) == []


def test_what_was_retried_is_left_out_until_its_copy_fails_too(database: DatabaseBench) -> None:
    original = database.add(database.batch_of(ANNA), an_upload(failure=FAILURE))[0]
    retries = database.batch_of(ANNA)
    copy = database.add(retries, replace(an_upload(), retry_of=original.id))[0]
    assert retryable(database, batch_id=original.batch_id) == []
    claimed = database.claim(copy)
    assert claimed is not None
    assert retryable(database, batch_id=original.batch_id) == []
    database.keep(claimed.fail(FAILURE), lease_of(claimed))
    assert retryable(database, batch_id=original.batch_id) == [original.id]
    again = database.add(retries, replace(an_upload(), retry_of=original.id))[0]
    claimed = database.claim(again)
    assert claimed is not None
    database.keep(claimed.complete("https://example.org/A"), lease_of(claimed))
    assert retryable(database, batch_id=original.batch_id) == []
