"""What is written about a published file, whatever happened on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import ImageId, UploadId
from curator_core.domain.merge import Additions
from curator_core.domain.statement import Item, Snak, Statement
from curator_core.domain.upload import UploadStatus
from tests.builders import QUEUED, House, a_house
from tests.core.fate import Death
from tests.fakes.statements import add
from tests.fakes.wiki import fault
from tests.fakes.wiki_records import FakeDescription

TITLE = "Bridge 1001.jpg"
URL = "https://wiki.test/wiki/File:Bridge_1001.jpg"
THEIRS = Statement(main=Snak("P275", Item("Q6938433")))


def ours(house: House) -> list[Statement]:
    image = house.source.image(ImageId("1001"))
    return list(house.source.statements(image, copyright_override=False))


def somebody_describes(house: House) -> None:
    """A licence and a caption of their own, in our language."""
    described = house.wiki.descriptions.setdefault(TITLE, FakeDescription())
    captions = (Caption(language="en", text="Theirs"),)
    add(described, Additions(statements=(THEIRS,), captions=captions), "theirs")


def asked(house: House) -> list[str]:
    return [each for each in house.asked() if each in ("read", "write", "refresh")]


def an_upload_struck_at(
    house: House, name: str, what: Callable[[], None], *, after: bool
) -> UploadId:
    """Something happens at the first call of this name."""
    other = a_house()
    other.an_accepted_upload()
    start = len(other.fate.calls)
    other.work()
    upload_id = house.an_accepted_upload()
    house.fate.strike(other.fate.calls.index(name, start) - start, what, after=after)
    return upload_id


def dies() -> None:
    raise Death


def test_a_file_that_was_published_this_moment_is_described_unread() -> None:
    house = a_house()
    house.an_accepted_upload()
    house.work()
    assert asked(house) == ["write", "refresh"]
    assert house.wiki.descriptions[TITLE].statements == ours(house)


def test_one_that_an_earlier_attempt_published_is_read_and_gets_what_it_lacks() -> None:
    house = a_house()
    upload_id = an_upload_struck_at(house, "write", dies, after=False)
    with pytest.raises(Death):
        house.work()
    somebody_describes(house)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert asked(house) == ["read", "write", "refresh"]
    photo_id, inception, _ = ours(house)
    described = house.wiki.descriptions[TITLE]
    assert described.statements == [THEIRS, photo_id, inception]
    assert described.captions["en"].text == "Theirs"


def test_so_is_one_that_an_earlier_attempt_published_without_learning_of_it() -> None:
    house = a_house()
    upload_id = an_upload_struck_at(house, "publish", dies, after=True)
    with pytest.raises(Death):
        house.work()
    somebody_describes(house)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert asked(house) == ["read", "write", "refresh"]
    assert house.wiki.descriptions[TITLE].statements[0] == THEIRS
    assert len(house.wiki.descriptions[TITLE].statements) == 3


def test_what_an_earlier_attempt_wrote_to_the_end_is_not_written_again() -> None:
    house = a_house()
    upload_id = an_upload_struck_at(house, "write", dies, after=True)
    with pytest.raises(Death):
        house.work()
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert asked(house) == ["write", "read", "refresh"]
    assert house.wiki.descriptions[TITLE].statements == ours(house)


@pytest.mark.parametrize("after", [False, True], ids=["before it took", "after it took"])
@pytest.mark.parametrize(
    "kind", [FaultKind.UNREACHABLE, FaultKind.STORAGE, FaultKind.EDIT_CONFLICT]
)
def test_a_write_that_was_answered_in_doubt_is_looked_at_before_it_is_repeated(
    kind: FaultKind, after: bool
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(kind), after_effect=after)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.wiki.descriptions[TITLE].statements == ours(house)
    expected = ["write", "read", "refresh"] if after else ["write", "read", "write", "refresh"]
    assert asked(house) == expected


def test_a_write_in_doubt_is_merged_with_what_others_wrote_meanwhile() -> None:
    house = a_house()

    def lost_and_overtaken() -> None:
        somebody_describes(house)
        raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")

    upload_id = an_upload_struck_at(house, "write", lost_and_overtaken, after=False)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    photo_id, inception, _ = ours(house)
    assert house.wiki.descriptions[TITLE].statements == [THEIRS, photo_id, inception]


def test_a_wiki_that_does_not_know_the_file_yet_is_asked_again() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    lagging = fault(FaultKind.STORAGE, "no-such-entity-link", "Could not find an Item.")
    house.wiki.fail_next("write", lagging, times=2)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_only_the_statements_are_tried_again_after_publishing() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    trouble = fault(FaultKind.STORAGE, "failed-save", "The save has failed.")
    house.wiki.fail_next("write", trouble, times=4)
    house.work()
    waiting = house.upload(upload_id)
    assert waiting.status is QUEUED
    assert waiting.checkpoint.published_title == TITLE
    assert waiting.not_before is not None
    assert waiting.not_before - house.clock.now() == timedelta(seconds=300)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.asked().count("publish") == house.asked().count("send") == 1


@pytest.mark.parametrize(
    ("code", "kind", "times"),
    [
        ("failed-save", FaultKind.STORAGE, 16),
        ("editconflict", FaultKind.EDIT_CONFLICT, 16),
        ("modification-failed", FaultKind.REFUSED, 1),
        ("blocked", FaultKind.BLOCKED, 1),
    ],
)
def test_what_can_never_be_written_fails_and_names_the_published_file(
    code: str, kind: FaultKind, times: int
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(kind, code, "The wiki's own words."), times=times)
    house.work_to_the_end()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.FAILED
    assert upload.success == URL
    assert upload.failure is not None
    told = "Published, but its statements could not be written: "
    assert upload.failure.message.startswith(told)
    assert "The wiki's own words." in upload.failure.message
    assert upload.failure.raw_code == code
    assert house.asked().count("write") == times
    assert house.asked().count("publish") == 1


def test_a_page_that_cannot_be_refreshed_is_complete_all_the_same() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("refresh", fault(FaultKind.RATE_LIMITED))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_where_purging_is_refused_an_edit_that_changes_nothing_does_the_same() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("refresh", fault(FaultKind.REFUSED, "permissiondenied", "No purging."))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert house.asked()[-2:] == ["refresh", "touch"]
    assert house.wiki.refreshed == [TITLE]


def test_a_purge_that_meets_a_limit_does_not_spend_edits_instead() -> None:
    house = a_house()
    house.an_accepted_upload()
    house.wiki.fail_next("refresh", fault(FaultKind.RATE_LIMITED, "ratelimited", "Too many."))
    house.work()
    assert "touch" not in house.asked()
