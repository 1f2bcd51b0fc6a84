"""What the wiki holds already, and what it warns of."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from curator_core.domain.errors import LeaseLost
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import Sha1
from curator_core.domain.outcome import FailureType
from curator_core.domain.upload import UploadStatus
from curator_core.ports.publisher import Published, Warned
from tests.builders import a_house, an_item
from tests.core.endings import TITLE, completed, failed
from tests.core.fate import Death
from tests.fakes.sources import HOST
from tests.fakes.wiki import fault


def test_bytes_that_somebody_else_uploaded_are_a_duplicate_that_names_and_links_them() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.add_file("Tower.jpg", house.a_picture())
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.DUPLICATE_UPDATED
    assert upload.failure is not None
    assert upload.failure.type is FailureType.DUPLICATE_UPDATED
    assert "File:Tower.jpg" in upload.failure.message
    (link,) = upload.failure.links
    assert (link.title, link.url) == ("File:Tower.jpg", "https://wiki.test/wiki/File:Tower.jpg")
    assert "send" not in house.asked()
    assert list(house.wiki.files) == ["Tower.jpg"]


def test_our_users_own_bytes_from_before_are_a_duplicate_too() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.add_file(TITLE, house.a_picture(), uploader="Ada")
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    assert len(house.wiki.files[TITLE]) == 1


def test_of_two_pictures_with_the_same_bytes_the_second_is_a_duplicate_of_the_first() -> None:
    house = a_house()
    data = house.a_picture("1")
    house.a_picture("2")
    house.downloads.offer(f"https://{HOST}/2/original.jpg", data)
    batch = house.a_batch()
    house.add(batch, an_item("1"), an_item("2"))
    house.work_to_the_end()
    assert [each.status for each in house.uploads(batch)] == [
        UploadStatus.COMPLETED,
        # It has the other one's id already, and keeps it.
        UploadStatus.DUPLICATE_NOT_UPDATED,
    ]
    assert list(house.wiki.files) == ["Bridge 1.jpg"]


def test_a_duplicate_of_what_a_dead_worker_published_is_not_described_beside_it() -> None:
    house = a_house()
    data = house.a_picture("1")
    house.a_picture("2")
    house.downloads.offer(f"https://{HOST}/2/original.jpg", data)
    batch = house.a_batch()
    house.add(batch, an_item("1"), an_item("2"))
    first, second = (each.id for each in house.uploads(batch))

    def dies() -> None:
        raise Death

    house.fate.strike("publish", dies, after=True)
    with pytest.raises(Death):
        house.process(first)
    house.clock.advance(house.policy.lease + timedelta(seconds=1))
    house.app.dispatch_due_uploads()
    house.fate.strike("write", lambda: house.process(second))
    house.process(first)
    house.work_to_the_end()
    described = house.wiki.descriptions["Bridge 1.jpg"].statements
    assert len(described) == len({each.main for each in described}) == 3


def test_who_stood_still_does_not_publish_bytes_that_another_upload_is_publishing() -> None:
    house = a_house()
    data = house.a_picture("1")
    house.a_picture("2")
    house.downloads.offer(f"https://{HOST}/2/original.jpg", data)
    mine, hers = house.a_batch(), house.a_batch(house.grace)
    house.add(mine, an_item("1"))
    house.add(hers, an_item("2"), user=house.grace)
    (first,), (second,) = house.uploads(mine), house.uploads(hers)

    def dies() -> None:
        raise Death

    def another_begins_and_nobody_puts_ours_back_yet() -> None:
        house.clock.advance(house.policy.lease + timedelta(seconds=1))
        house.fate.strike("publish", dies)
        with suppress(Death):
            house.process(second.id)

    def once_the_rights_are_taken() -> None:
        house.fate.strike(2, another_begins_and_nobody_puts_ours_back_yet, after=True)

    house.fate.strike("send", once_the_rights_are_taken, after=True)
    with pytest.raises(LeaseLost):
        house.process(first.id)
    assert "publish" not in house.asked()
    house.work_to_the_end()
    assert len(house.wiki.files) == 1


@pytest.mark.parametrize("background_from", [1, 10_000])
def test_a_duplicate_that_came_while_ours_was_being_sent_is_told_with_the_last_chunk(
    background_from: int,
) -> None:
    house = a_house()
    house.wiki.background_from = background_from
    upload_id = house.an_accepted_upload()

    def somebody_is_faster() -> None:
        house.wiki.add_file("Tower.jpg", house.a_picture())

    house.fate.strike("send", somebody_is_faster)
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.DUPLICATE_UPDATED
    assert upload.failure is not None
    assert [link.title for link in upload.failure.links] == ["File:Tower.jpg"]
    assert list(house.wiki.files) == ["Tower.jpg"]
    assert "publish" not in house.asked()


def test_a_duplicate_that_came_right_before_publishing_is_the_wikis_to_find() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.fate.strike("publish", lambda: house.wiki.add_file("Tower.jpg", house.a_picture()))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    assert list(house.wiki.files) == ["Tower.jpg"]


def test_a_doubt_for_which_there_is_no_reason_any_more_keeps_nobody_from_publishing() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def it_is_deleted_without_a_trace() -> None:
        house.wiki.delete("Tower.jpg")
        house.wiki.deleted.clear()

    def somebody_is_faster() -> None:
        house.wiki.add_file("Tower.jpg", house.a_picture())
        house.fate.strike("look", it_is_deleted_without_a_trace)

    house.fate.strike("send", somebody_is_faster)
    completed(house, upload_id)
    assert house.asked().count("look") == 2


def test_a_name_that_holds_other_bytes_fails_and_nothing_is_replaced() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.add_file(TITLE, b"other bytes")
    house.work()
    failure = failed(house, upload_id)
    assert failure.message.startswith("File already exists with different content: ")
    assert [link.title for link in failure.links] == [f"File:{TITLE}"]
    assert [version.data for version in house.wiki.files[TITLE]] == [b"other bytes"]
    assert "send" not in house.asked()


@pytest.mark.parametrize("call", ["send", "publish"])
def test_a_name_that_was_taken_meanwhile_fails_the_same_way(call: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.fate.strike(call, lambda: house.wiki.add_file(TITLE, b"other bytes"))
    house.work()
    assert "with different content" in failed(house, upload_id).message
    assert [version.data for version in house.wiki.files[TITLE]] == [b"other bytes"]


@pytest.mark.parametrize("call", ["send", "publish"])
def test_the_same_bytes_under_our_name_meanwhile_are_a_duplicate(call: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    data = house.a_picture()
    house.fate.strike(call, lambda: house.wiki.add_file(TITLE, data))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    assert len(house.wiki.files[TITLE]) == 1


@pytest.mark.parametrize("kind", [FaultKind.NO_CHANGE, FaultKind.NAME_TAKEN])
def test_an_error_that_says_there_is_such_a_file_is_looked_into(kind: FaultKind) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def the_wiki_says_so() -> None:
        house.wiki.add_file(TITLE, house.a_picture())
        raise fault(kind, "fileexists-no-change", "An exact duplicate.")

    house.fate.strike("publish", the_wiki_says_so)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED


def test_a_name_of_a_deleted_file_fails_and_says_what_can_be_done() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.add_file(TITLE, b"other bytes")
    house.wiki.delete(TITLE)
    house.work()
    failure = failed(house, upload_id)
    assert "was deleted" in failure.message
    assert "Choose another title" in failure.message
    assert failure.raw_code == "was-deleted"
    assert house.wiki.files == {}


@pytest.mark.parametrize(
    ("warning", "told"),
    [
        (Warned(others=(("thumb-name", "x"),)), "thumbnail"),
        (Warned(others=(("bad-prefix", "DSC"),)), "camera"),
        (Warned(others=(("page-exists", TITLE),)), "without a file"),
        (Warned(others=(("something-new", "what"),)), "something-new"),
        (Warned(respelled="Another name.jpg"), "Another name.jpg"),
        (Warned(duplicates=("Ghost.jpg",)), "Ghost.jpg"),
        (Warned(), "without saying why"),
    ],
)
def test_a_warning_that_is_not_ours_to_ignore_fails_with_what_it_means(
    warning: Warned, told: str
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.fate.answer("publish", warning)
    house.work()
    assert told in failed(house, upload_id).message
    assert house.wiki.files == {}


def test_a_name_that_the_wiki_only_spells_otherwise_is_published_in_its_spelling() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.fate.answer("publish", Warned(respelled="bridge 1001.jpg"))
    upload = completed(house, upload_id)
    assert upload.checkpoint.published_title == "bridge 1001.jpg"
    assert list(house.wiki.files) == ["bridge 1001.jpg"]
    assert list(house.wiki.descriptions) == ["bridge 1001.jpg"]


def test_a_file_that_the_wiki_published_with_other_bytes_is_said_loudly() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    url = "https://wiki.test/wiki/File:Bridge_1001.jpg"
    other = Published(title=TITLE, url=url, sha1=Sha1("0" * 40), size=7)
    house.fate.answer("publish", other)
    house.work()
    failure = failed(house, upload_id)
    assert failure.code == "published_other_bytes"
    assert [link.title for link in failure.links] == ["File:Bridge 1001.jpg"]
    assert "operator" in failure.hint
    assert url in failure.message
