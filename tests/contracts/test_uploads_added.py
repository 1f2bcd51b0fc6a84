"""What every `Uploads` promises of adding: slots, slices, texts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.ids import BatchId, ImageId, SliceId, TokenPrint, UploadId
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import NewUpload, UploadStatus
from curator_core.ports.uploads import SliceExists, Unstorable
from tests.contracts.database_bench import (
    ANNA,
    MINUTE,
    NO_LEAD,
    DatabaseBench,
    an_upload,
    at_once,
    ids,
    lease_of,
    uploads_of,
)

SLICE = SliceId(3)


def test_uploads_are_stored_in_order_and_as_they_were_asked_for(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    captions = (Caption(language="en", text="A bridge"), Caption(language="de", text="Brücke"))
    first = replace(
        an_upload(ANNA, "1"),
        captions=captions,
        copyright_override=True,
        retry_of=UploadId(17),
        token_print=TokenPrint("d" * 32),
    )
    stored = database.add(batch_id, first, an_upload(ANNA, "2"), an_upload(ANNA, "3"))
    assert [upload.image_id for upload in stored] == ["1", "2", "3"]
    assert ids(stored) == sorted(ids(stored))
    upload = database.stored(stored[0])
    assert upload == stored[0]
    assert upload.status is UploadStatus.QUEUED
    assert upload.batch_id == batch_id
    asked = first
    assert (upload.user_id, upload.image_id, upload.handler, upload.collection) == (
        asked.user_id,
        asked.image_id,
        asked.handler,
        asked.collection,
    )
    assert (upload.filename, upload.wikitext) == (asked.filename, asked.wikitext)
    assert (upload.captions, upload.copyright_override) == (captions, True)
    assert (upload.sealed_token, upload.retry_of) == (asked.sealed_token, UploadId(17))
    assert (upload.token_print, upload.stop) == ("d" * 32, None)
    assert (upload.attempts, upload.checkpoint, upload.failure) == (0, Checkpoint(), None)


def test_five_hundred_uploads_are_stored_at_once_in_order(database: DatabaseBench) -> None:
    asked = uploads_of(ANNA, 500)
    stored = database.add(database.batch_of(ANNA), *asked)
    assert [upload.image_id for upload in stored] == [upload.image_id for upload in asked]


def test_no_uploads_are_stored_as_none(database: DatabaseBench) -> None:
    assert database.add(database.batch_of(ANNA)) == ()


def test_an_item_that_cannot_be_uploaded_is_stored_as_failed(database: DatabaseBench) -> None:
    failure = Failure(
        type=FailureType.DUPLICATE,
        message="The title is empty 🌉.",
        links=(FileLink(title="File:A.jpg", url="https://example.org/A"),),
        code="bad_item",
        raw_code="filename-empty",
        hint="Correct it.",
        retryable=True,
    )
    batch_id = database.batch_of(ANNA)
    failed, queued = database.add(batch_id, an_upload(failure=failure), an_upload())
    assert (failed.status, queued.status) == (UploadStatus.FAILED, UploadStatus.QUEUED)
    assert database.stored(failed).failure == failure
    assert (failed.publish_at, failed.not_before, failed.sealed_token) == (None, None, None)


def test_a_slot_is_so_long_from_now_and_work_begins_a_lead_earlier(
    database: DatabaseBench,
) -> None:
    waits = [timedelta(0), timedelta(seconds=7.25), timedelta(hours=3)]
    lead = timedelta(seconds=10)
    uploads = database.add(
        database.batch_of(ANNA), *(an_upload(wait=wait) for wait in waits), lead=lead
    )
    now = uploads[0].created_at
    slots = [upload.publish_at - now for upload in uploads if upload.publish_at]
    begins = [upload.not_before - now for upload in uploads if upload.not_before]
    assert slots == waits
    assert begins == [timedelta(0), timedelta(0), timedelta(hours=3) - lead]


def test_an_upload_that_is_not_paced_has_no_slot_and_is_due_at_once(
    database: DatabaseBench,
) -> None:
    unpaced = database.add(database.batch_of(ANNA), an_upload(wait=None), lead=MINUTE)[0]
    assert (unpaced.publish_at, unpaced.not_before) == (None, unpaced.created_at)
    claimed = database.claim(unpaced)
    assert claimed is not None
    kept = database.keep(claimed.requeue(), lease_of(claimed))
    assert kept.publish_at is None


def test_the_batch_is_marked_as_changed(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    database.pass_time(MINUTE)
    database.add(batch_id, an_upload())
    with database.begin() as work:
        batch = work.batches.get(batch_id)
    assert batch is not None
    assert batch.updated_at - batch.created_at >= MINUTE


def test_nothing_is_added_to_a_batch_that_does_not_exist(database: DatabaseBench) -> None:
    database.batch_of(ANNA)
    with pytest.raises(LookupError):
        database.add(BatchId(4711), an_upload())


def test_a_batch_knows_which_images_it_holds(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    database.add(batch_id, an_upload(ANNA, "1"), an_upload(ANNA, "2"))
    database.add(database.batch_of(ANNA), an_upload(ANNA, "3"))
    with database.begin() as work:
        assert work.uploads.image_ids(batch_id, images("1", "2", "3")) == {"1", "2"}
        assert work.uploads.image_ids(batch_id, images("2")) == {"2"}
        assert work.uploads.image_ids(batch_id, images()) == frozenset()
        assert work.uploads.image_ids(BatchId(4711), images("1")) == frozenset()


def images(*ids: str) -> list[ImageId]:
    return [ImageId(each) for each in ids]


def test_an_image_id_stands_in_a_batch_once(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    first = database.add(batch_id, an_upload(ANNA, "1"), an_upload(ANNA, "1"))
    second = database.add(batch_id, an_upload(ANNA, "1"), an_upload(ANNA, "2"))
    elsewhere = database.add(database.batch_of(ANNA), an_upload(ANNA, "1"))
    assert [[upload.image_id for upload in each] for each in (first, second, elsewhere)] == [
        ["1"],
        ["2"],
        ["1"],
    ]


def test_image_ids_that_differ_by_case_are_two(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    stored = database.add(batch_id, an_upload(ANNA, "abc"), an_upload(ANNA, "ABC"))
    assert [upload.image_id for upload in stored] == ["abc", "ABC"]


def test_slices_at_once_bring_an_image_id_once(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    stored = at_once(4, lambda _: database.add(batch_id, an_upload(ANNA, "the same")))
    assert sorted(len(each) for each in stored) == [0, 0, 0, 1]


def test_a_slice_is_known_by_its_content(database: DatabaseBench) -> None:
    batch_id, other = database.batch_of(ANNA), database.batch_of(ANNA)
    with database.begin() as work:
        stored = work.uploads.add(batch_id, SLICE, "digest", uploads_of(ANNA, 3), NO_LEAD)
        work.uploads.add(batch_id, None, "", uploads_of(ANNA, 1), NO_LEAD)
    with database.begin() as work:
        known = work.uploads.known_slice(batch_id, SLICE)
        assert known is not None
        assert (known.digest, known.uploads) == ("digest", stored)
        assert work.uploads.known_slice(batch_id, SliceId(4)) is None
        assert work.uploads.known_slice(other, SLICE) is None


def test_the_same_slice_of_another_batch_is_another_slice(database: DatabaseBench) -> None:
    for batch_id in (database.batch_of(ANNA), database.batch_of(ANNA)):
        with database.begin() as work:
            assert work.uploads.add(batch_id, SLICE, "digest", [an_upload()], NO_LEAD)


@pytest.mark.parametrize("number", [1_789_000_000_000, 2**63 - 1, -(2**63)])
def test_a_slices_id_may_be_any_number_of_64_bits(database: DatabaseBench, number: int) -> None:
    batch_id = database.batch_of(ANNA)
    with database.begin() as work:
        work.uploads.add(batch_id, SliceId(number), "digest", [an_upload(ANNA, "1")], NO_LEAD)
    with database.begin() as work:
        known = work.uploads.known_slice(batch_id, SliceId(number))
    assert known is not None
    assert [upload.slice_id for upload in known.uploads] == [number]


def test_a_slice_is_stored_once(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    with database.begin() as work:
        work.uploads.add(batch_id, SLICE, "digest", [an_upload(ANNA, "1")], NO_LEAD)
    with pytest.raises(SliceExists), database.begin() as work:
        work.uploads.add(batch_id, SLICE, "digest", [an_upload(ANNA, "2")], NO_LEAD)
    with database.begin() as work:
        assert work.uploads.image_ids(batch_id, images("1", "2")) == {"1"}


def test_the_same_slice_sent_at_once_is_stored_once(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)

    def send(number: int) -> bool:
        try:
            with database.begin() as work:
                asked = [an_upload(ANNA, f"{number}-{image}") for image in range(20)]
                work.uploads.add(batch_id, SLICE, str(number), asked, NO_LEAD)
        except SliceExists:
            return False
        return True

    assert sorted(at_once(4, send)) == [False, False, False, True]
    assert len(database.reports.states(batch_id)) == 20


def test_texts_of_all_the_world_come_back_letter_for_letter(database: DatabaseBench) -> None:
    text = "ключ 鍵 🗝️ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 'quoted' \"twice\" back\\slash %s {{tpl|a=b}}\n\ttail "
    upload = replace(
        an_upload(ANNA, "🗝️ 鍵", filename="🌉 鍵 ключ.jpg", wikitext=text), collection="सेतु 🌉"
    )
    stored = database.stored(database.add(database.batch_of(ANNA), upload)[0])
    assert (stored.image_id, stored.filename) == ("🗝️ 鍵", "🌉 鍵 ключ.jpg")
    assert (stored.wikitext, stored.collection) == (text, "सेतु 🌉")


def test_the_longest_texts_fit(database: DatabaseBench) -> None:
    wikitext = "🌉" * 16_383 + "abc"
    upload = replace(
        an_upload(ANNA, "🗝" * 255, filename="鍵" * 255, wikitext=wikitext),
        collection="🌉" * 255,
    )
    stored = database.stored(database.add(database.batch_of(ANNA), upload)[0])
    assert (stored.wikitext, stored.filename) == (wikitext, "鍵" * 255)
    assert (stored.image_id, stored.collection) == ("🗝" * 255, "🌉" * 255)


@pytest.mark.parametrize(
    ("too_long", "told"),
    [
        (an_upload(wikitext="🌉" * 16_384), "65535 bytes, not 65536"),
        (an_upload(filename="a" * 256), "A file name has at most 255 characters, not 256"),
        (an_upload(image_id="a" * 256), "A picture's id has at most 255"),
        (replace(an_upload(), collection="a" * 256), "A collection's name has at most 255"),
        (an_upload(wikitext="half \ud83c a character"), "half a character"),
        (an_upload(filename="half \ud83c.jpg"), "half a character"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_text_that_does_not_fit_is_refused_and_nothing_is_stored(
    database: DatabaseBench, too_long: NewUpload, told: str
) -> None:
    batch_id = database.batch_of(ANNA)
    with pytest.raises(Unstorable, match=told):
        database.add(batch_id, an_upload(), too_long)
    assert database.reports.states(batch_id) == ()


def test_an_upload_that_nobody_added_is_not_found(database: DatabaseBench) -> None:
    with database.begin() as work:
        assert work.uploads.get(UploadId(4711)) is None


def test_a_users_uploads_are_claimed_while_more_are_added(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    waiting = database.add(batch_id, *uploads_of(ANNA, 60))

    def work(number: int) -> int:
        if number:
            return sum(len(database.add(batch_id, *uploads_of(ANNA, 20))) for _ in range(10))
        return sum(database.claim(each, user_concurrency=1000) is not None for each in waiting)

    assert at_once(2, work) == [60, 200]
