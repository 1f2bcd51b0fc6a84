"""What every `Uploads` promises of finding what is due."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId, UserId
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

MANY = 1000


def test_what_is_due_is_taken_in_the_order_of_its_slots(database: DatabaseBench) -> None:
    waits = [MINUTE, timedelta(0), 2 * MINUTE, timedelta(hours=1)]
    asked = [an_upload(wait=wait) for wait in waits]
    uploads = database.add(database.batch_of(ANNA), *asked)
    assert database.take_due(user_concurrency=MANY) == (uploads[1].id,)
    database.pass_time(3 * MINUTE)
    due = database.take_due(user_concurrency=MANY)
    assert due == (uploads[1].id, uploads[0].id, uploads[2].id)


def test_nothing_is_due_where_nothing_waits(database: DatabaseBench) -> None:
    assert database.take_due() == ()
    claimed = database.claimed()
    assert database.take_due() == ()
    database.keep(claimed.cancel(), lease_of(claimed))
    assert database.take_due() == ()


def test_no_more_is_taken_than_asked_for(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 5))
    taken = [database.take_due(2, user_concurrency=MANY) for _ in range(4)]
    assert [list(each) for each in taken] == [
        ids(uploads[0:2]),
        ids(uploads[2:4]),
        ids(uploads[4:]),
        [],
    ]


def test_what_was_taken_is_taken_again_once_its_message_counts_as_lost(
    database: DatabaseBench,
) -> None:
    upload = database.add_one()
    assert database.take_due(resend=3 * MINUTE) == (upload.id,)
    database.pass_time(2 * MINUTE)
    assert database.take_due(resend=3 * MINUTE) == ()
    database.pass_time(MINUTE)
    assert database.take_due(resend=3 * MINUTE) == (upload.id,)


def test_an_upload_that_came_back_is_taken_without_waiting_for_its_last_message(
    database: DatabaseBench,
) -> None:
    upload = database.add_one()
    assert database.take_due() == (upload.id,)
    claimed = database.claim(upload)
    assert claimed is not None
    database.keep(claimed.requeue(), lease_of(claimed))
    assert database.take_due() == (upload.id,)


def test_a_rescued_upload_is_taken_at_once(database: DatabaseBench) -> None:
    silent = database.claimed(lease=MINUTE)
    database.pass_time(2 * MINUTE)
    database.rescue()
    assert database.take_due() == (silent.id,)


def test_users_take_turns(database: DatabaseBench) -> None:
    annas = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 50))
    database.pass_time(MINUTE)
    belas = database.add(database.batch_of(BELA), *uploads_of(BELA, 2))
    assert list(database.take_due(5, user_concurrency=MANY)) == [
        annas[0].id,
        belas[0].id,
        annas[1].id,
        belas[1].id,
        annas[2].id,
    ]


def test_a_small_limit_reaches_whoever_has_something_to_take(database: DatabaseBench) -> None:
    database.add(database.batch_of(ANNA), *uploads_of(ANNA, 1))
    assert len(database.take_due(1)) == 1
    belas = database.add_one(BELA)
    assert database.take_due(1) == (belas.id,)


def test_a_user_has_no_more_under_way_than_their_share(database: DatabaseBench) -> None:
    annas = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 10))
    first = database.take_due(user_concurrency=3)
    assert list(first) == ids(annas[:3])
    assert database.take_due(user_concurrency=3) == ()
    claimed = database.claim(annas[0], user_concurrency=3)
    assert claimed is not None
    assert database.take_due(user_concurrency=3) == ()
    database.keep(claimed.cancel(), lease_of(claimed))
    assert database.take_due(user_concurrency=3) == (annas[3].id,)


def test_another_users_share_is_another(database: DatabaseBench) -> None:
    annas = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 3))
    belas = database.add(database.batch_of(BELA), *uploads_of(BELA, 3))
    taken = database.take_due(user_concurrency=2)
    assert sorted(taken) == sorted(ids(annas[:2]) + ids(belas[:2]))


def test_a_paused_batch_gives_none(database: DatabaseBench) -> None:
    paused, running = database.batch_of(ANNA), database.batch_of(ANNA)
    database.add(paused, *uploads_of(ANNA, 3))
    upload = database.add(running, an_upload())[0]
    database.pause(paused)
    assert database.take_due(user_concurrency=MANY) == (upload.id,)


def test_a_batch_that_goes_on_gives_its_uploads_again(database: DatabaseBench) -> None:
    upload = database.add_one()
    database.pause(upload.batch_id)
    assert database.take_due() == ()
    database.pause(upload.batch_id, paused=False)
    assert database.take_due() == (upload.id,)


def test_users_whose_batches_are_paused_hide_nobody(database: DatabaseBench) -> None:
    users = [UserId(f"user {number}") for number in range(450)]
    for user in users:
        batch_id = database.batch_of(user)
        with database.begin() as work:
            work.uploads.add(batch_id, None, "", [an_upload(user)], timedelta(0))
            work.batches.pause(batch_id, paused=True)
    upload = database.add_one()
    assert database.take_due() == (upload.id,)


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_queue_longer_than_what_is_looked_through_hides_nobody(
    database: DatabaseBench, is_paused: bool
) -> None:
    annas = database.batch_of(ANNA)
    with database.begin() as work:
        work.uploads.add(annas, None, "", uploads_of(ANNA, 2500), timedelta(0))
    if is_paused:
        database.pause(annas)
    database.pass_time(MINUTE)
    belas = database.add_one(BELA)
    taken = database.take_due(10, user_concurrency=3)
    assert belas.id in taken
    assert len(taken) == (1 if is_paused else 4)
    assert database.take_due(10, user_concurrency=3) == ()


def test_many_users_next_ones_are_taken_by_turns(database: DatabaseBench) -> None:
    users = [UserId(f"user {number}") for number in range(15)]
    batches = [database.add(database.batch_of(user), *uploads_of(user, 3)) for user in users]
    firsts = [uploads[0].id for uploads in batches]
    seconds = [uploads[1].id for uploads in batches]
    assert list(database.take_due(20, user_concurrency=2)) == [*firsts, *seconds[:5]]
    assert list(database.take_due(100, user_concurrency=2)) == seconds[5:]
    assert database.take_due(100, user_concurrency=2) == ()


def test_nothing_is_given_behind_a_closed_gate(database: DatabaseBench) -> None:
    annas, belas = database.add_one(), database.add_one(BELA)
    flickrs = database.add(annas.batch_id, replace(an_upload(), handler="flickr"))[0]
    database.strike(FaultKind.RATE_LIMITED, belas)
    for number in range(5):
        database.strike(FaultKind.SOURCE_TROUBLE, replace(annas, id=UploadId(100_000 + number)))
    assert database.take_due() == (flickrs.id,)
    database.strike(FaultKind.READ_ONLY, annas)
    assert database.take_due(resend=timedelta(0)) == ()


def test_many_callers_at_once_never_take_the_same_one(database: DatabaseBench) -> None:
    uploads = [
        upload
        for number in range(10)
        for upload in database.add(
            database.batch_of(UserId(f"user {number}")), *uploads_of(UserId(f"user {number}"), 20)
        )
    ]

    def take_all(_: int) -> list[int]:
        taken: list[int] = []
        # A caller may find every user served by another one just then, so none is no end.
        for _ in range(40):
            taken += database.take_due(20, user_concurrency=MANY)
        return taken

    taken = [each for some in at_once(4, take_all) for each in some]
    taken += database.take_due(MANY, user_concurrency=MANY)
    assert Counter(taken) == Counter(ids(uploads))


def test_many_callers_at_once_keep_to_a_users_share(database: DatabaseBench) -> None:
    database.add(database.batch_of(ANNA), *uploads_of(ANNA, 50))
    taken = at_once(4, lambda _: database.take_due(10, user_concurrency=3))
    late = database.take_due(10, user_concurrency=3)
    assert sum(len(each) for each in [*taken, late]) == 3


def test_the_ids_of_messages_may_be_noted(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 3))
    with database.begin() as work:
        work.uploads.note_messages([(upload.id, f"message {upload.id}") for upload in uploads])
        work.uploads.note_messages([])
    assert [database.stored(upload) for upload in uploads] == list(uploads)


def test_what_was_sent_is_taken_again_once_its_message_is_forgotten(
    database: DatabaseBench,
) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    assert len(database.take_due()) == 2
    assert database.take_due() == ()
    with database.begin() as work:
        work.uploads.forget_messages()
    assert sorted(database.take_due()) == ids(uploads)
