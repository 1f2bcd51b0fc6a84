"""What becomes of a file that is published but cannot be described."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import FileKey
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from curator_core.ports.stash import ChunkSent
from tests.builders import a_house
from tests.core.endings import TITLE, completed, delays, failed
from tests.fakes.wiki import fault


@pytest.mark.parametrize("kind", [FaultKind.STORAGE, FaultKind.EDIT_CONFLICT])
def test_statements_that_can_never_be_written_fail_and_name_the_published_page(
    kind: FaultKind,
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(kind, "failed-save", "The save has failed."), times=16)
    assert delays(house, upload_id) == [300, 600, 900]
    failure = failed(house, upload_id)
    assert failure.message.startswith("Published, but its statements could not be written: ")
    assert "The save has failed." in failure.message
    assert house.upload(upload_id).success == "https://wiki.test/wiki/File:Bridge_1001.jpg"
    assert house.asked().count("publish") == 1
    assert len(house.downloads.fetched) == 1


def test_statements_that_the_wiki_refuses_fail_at_once_and_name_the_published_page() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(FaultKind.REFUSED, "modification-failed", "Too long."))
    assert delays(house, upload_id) == []
    failure = failed(house, upload_id)
    assert failure.message.startswith("Published, but its statements could not be written: ")
    assert house.upload(upload_id).success == "https://wiki.test/wiki/File:Bridge_1001.jpg"


def test_only_the_statements_are_tried_again_after_publishing() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(FaultKind.STORAGE, "failed-save"), times=4)
    completed(house, upload_id)
    assert house.asked().count("send") == house.asked().count("publish") == 1
    assert len(house.wiki.descriptions[TITLE].summaries) == 1


@pytest.mark.parametrize(
    "kind",
    [FaultKind.UNREACHABLE, FaultKind.NONCE_USED, FaultKind.STORAGE, FaultKind.EDIT_CONFLICT],
)
def test_statements_that_were_written_although_the_wiki_complained_are_not_written_twice(
    kind: FaultKind,
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(kind), after_effect=True)
    completed(house, upload_id)
    assert len(house.wiki.descriptions[TITLE].summaries) == 1


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.UNREACHABLE, FaultKind.STORAGE])
def test_a_refresh_that_fails_spoils_nothing(kind: FaultKind) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("refresh", fault(kind), times=10)
    completed(house, upload_id)


def test_a_picture_that_leaves_its_source_after_publishing_says_that_it_is_published() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(FaultKind.RATE_LIMITED, "ratelimited"))
    house.work()
    house.source.remove(house.upload(upload_id).image_id)
    house.work_to_the_end()
    failure = failed(house, upload_id)
    assert failure.message.startswith("Published, but its statements could not be written: ")
    assert house.upload(upload_id).success == "https://wiki.test/wiki/File:Bridge_1001.jpg"


def test_a_picture_started_twice_at_once_is_described_once() -> None:
    house = a_house()
    first = house.an_accepted_upload("1001")
    second = house.an_accepted_upload("1001")
    house.clock.advance(timedelta(minutes=1))
    # Without its lock, which only saves work, the one may publish while the other is sending.
    house.locks.down = True

    def overtake() -> None:
        house.wiki.between = lambda: None
        house.process(first)

    house.wiki.between = overtake
    house.process(second)

    assert house.upload(first).status is UploadStatus.COMPLETED
    # The wiki doubted it when it was sent: the file is the first one's.
    assert house.upload(second).status is UploadStatus.DUPLICATE_NOT_UPDATED
    assert [len(versions) for versions in house.wiki.files.values()] == [1]
    (described,) = house.wiki.descriptions.values()
    assert len(described.statements) == len(set(described.statements))


def test_a_file_is_not_merged_into_while_the_upload_that_made_it_describes_it() -> None:
    house = a_house()
    first = house.an_accepted_upload("1001")
    second = house.an_accepted_upload("1001", title="Another bridge.jpg")
    house.clock.advance(timedelta(minutes=1))

    def overtake() -> None:
        house.process(second)
        assert house.upload(second).status is UploadStatus.QUEUED

    house.fate.strike("write", overtake)
    house.process(first)
    house.work_to_the_end()

    assert house.upload(first).status is UploadStatus.COMPLETED
    assert house.upload(second).status is UploadStatus.DUPLICATE_NOT_UPDATED
    (described,) = house.wiki.descriptions.values()
    assert len(described.statements) == len(set(described.statements))


def test_a_stash_that_never_holds_more_is_given_up() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=3000)
    house.fate.answer("send", ChunkSent(key=FileKey("key"), offset=10, assembled=False), times=40)
    house.work()
    assert failed(house, upload_id).code == "stash_gone"
