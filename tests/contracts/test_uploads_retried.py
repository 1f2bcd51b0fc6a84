"""What every `Uploads` promises of a copy that goes on with what its original has sent."""

from dataclasses import replace

import pytest

from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.ids import FileKey, Sha1, UserId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Upload, UploadStatus
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    DatabaseBench,
    an_upload,
    at_once,
    lease_of,
)

KEY = FileKey("1abc.def.1.jpg")
STASH = Checkpoint(sha1=Sha1("a" * 40), size=10, file_key=KEY, offset=10, assembled=True)
SENT = STASH.requeued("stash_trouble")
FAILURE = Failure(message="No.", code="refused")


def a_failed_upload(database: DatabaseBench, checkpoint: Checkpoint = SENT) -> Upload:
    """Anna's; her file is in the wiki's stash."""
    claimed = database.claimed(ANNA)
    failed = claimed.checkpointed(checkpoint).fail(FAILURE)
    return database.keep(failed, lease_of(claimed))


def a_copy(database: DatabaseBench, original: Upload, user_id: UserId = ANNA) -> Upload:
    new = replace(an_upload(user_id), retry_of=original.id)
    return database.add(database.batch_of(user_id), new)[0]


def take_over(database: DatabaseBench, copy: Upload) -> Upload | None:
    with database.begin() as work:
        return work.uploads.take_over(copy.id)


def test_a_copy_takes_the_stash_over_and_the_original_has_it_no_more(
    database: DatabaseBench,
) -> None:
    original = a_failed_upload(database)
    copy = a_copy(database, original)
    taken = take_over(database, copy)
    assert taken is not None
    assert taken == database.stored(copy)
    assert taken == replace(copy, checkpoint=STASH, updated_at=taken.updated_at)
    assert database.stored(original) == replace(original, checkpoint=SENT.without_stash())


def test_a_cancelled_uploads_half_sent_stash_is_taken_over_too(database: DatabaseBench) -> None:
    half = replace(STASH, offset=4, assembled=False)
    claimed = database.claimed(ANNA)
    original = database.keep(claimed.checkpointed(half).cancel(), lease_of(claimed))
    taken = take_over(database, a_copy(database, original))
    assert taken is not None
    assert taken.checkpoint == half


def test_of_two_copies_the_second_gets_nothing(database: DatabaseBench) -> None:
    original = a_failed_upload(database)
    first, second = a_copy(database, original), a_copy(database, original)
    assert take_over(database, first) is not None
    assert take_over(database, second) is None
    assert database.stored(second) == second


def test_of_many_copies_at_once_one_gets_it(database: DatabaseBench) -> None:
    original = a_failed_upload(database)
    copies = [a_copy(database, original) for _ in range(6)]
    taken = at_once(6, lambda number: take_over(database, copies[number]))
    assert [each is not None for each in taken].count(True) == 1
    holders = [database.stored(each) for each in (original, *copies)]
    assert [each.checkpoint.file_key for each in holders].count(KEY) == 1
    assert database.stored(original).checkpoint.file_key is None


def test_it_goes_on_from_copy_to_copy(database: DatabaseBench) -> None:
    first = a_copy(database, a_failed_upload(database))
    take_over(database, first)
    claimed = database.claim(first)
    assert claimed is not None
    failed = database.keep(claimed.fail(FAILURE), lease_of(claimed))
    taken = take_over(database, a_copy(database, failed))
    assert taken is not None
    assert taken.checkpoint.file_key == KEY


def test_somebody_else_who_retries_it_sends_it_again(database: DatabaseBench) -> None:
    original = a_failed_upload(database)
    copy = a_copy(database, original, BELA)
    assert take_over(database, copy) is None
    assert database.stored(original) == original
    assert database.stored(copy) == copy


def test_where_nothing_was_sent_there_is_nothing_to_take(database: DatabaseBench) -> None:
    original = a_failed_upload(database, Checkpoint())
    copy = a_copy(database, original)
    assert take_over(database, copy) is None
    assert database.stored(original) == original
    assert database.stored(copy) == copy


@pytest.mark.parametrize("user_id", [ANNA, BELA])
def test_what_was_published_is_everybodys_to_describe(
    database: DatabaseBench, user_id: UserId
) -> None:
    published = SENT.published("A.jpg", "https://example.org/A")
    original = a_failed_upload(database, published)
    copy = a_copy(database, original, user_id)
    taken = take_over(database, copy)
    assert taken is not None
    assert taken == database.stored(copy)
    begun = replace(copy, checkpoint=published.publication)
    assert taken == replace(begun, updated_at=taken.updated_at)
    assert taken.checkpoint.published_title == "A.jpg"
    assert database.stored(original) == original


def test_every_copy_of_what_was_published_begins_at_the_statements(
    database: DatabaseBench,
) -> None:
    original = a_failed_upload(database, SENT.published("A.jpg", "https://example.org/A"))
    for _ in range(2):
        taken = take_over(database, a_copy(database, original))
        assert taken is not None
        assert taken.checkpoint == original.checkpoint.publication


def test_what_is_still_worked_on_keeps_its_stash(database: DatabaseBench) -> None:
    claimed = database.claimed(ANNA)
    working = database.keep(claimed.checkpointed(SENT), lease_of(claimed))
    assert take_over(database, a_copy(database, working)) is None
    assert database.stored(working) == working


def test_a_copy_that_was_begun_takes_nothing(database: DatabaseBench) -> None:
    original = a_failed_upload(database)
    copy = a_copy(database, original)
    assert database.claim(copy) is not None
    assert take_over(database, copy) is None
    assert database.stored(original) == original


def test_an_upload_that_retries_nothing_takes_nothing(database: DatabaseBench) -> None:
    upload = database.add_one()
    assert upload.status is UploadStatus.QUEUED
    assert take_over(database, upload) is None
