"""The wiki holds a picture's bytes already: what becomes of the upload and of that file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import ImageId, Sha1, UploadId
from curator_core.domain.merge import Additions
from curator_core.domain.outcome import FailureType, FileLink
from curator_core.domain.statement import Item, Snak, Statement, Text
from curator_core.domain.upload import UploadStatus
from curator_core.ports.files import WikiFile
from curator_core.use_cases.merge_statements import Knowledge, MergeStatements
from curator_core.use_cases.persistence import Persistence
from curator_core.use_cases.reconcile_duplicate import ReconcileDuplicate
from tests.builders import QUEUED, House, a_house
from tests.fakes.clock import START
from tests.fakes.statements import add
from tests.fakes.wiki import FakeWikis, fault
from tests.fakes.wiki_records import FakeDescription

THERE = "Somebody's bridge.jpg"


def a_duplicate(*titles: str) -> tuple[House, UploadId]:
    """A house with an upload whose bytes the wiki holds under these titles."""
    house = a_house()
    upload_id = house.an_accepted_upload()
    for title in titles or (THERE,):
        house.wiki.add_file(title, house.a_picture())
    return house, upload_id


def ours(house: House) -> tuple[Statement, ...]:
    """What we have to say of the picture."""
    image = house.source.image(ImageId("1001"))
    return house.source.statements(image, copyright_override=False)


def describe(house: House, *statements: Statement, captions: tuple[Caption, ...] = ()) -> None:
    """Somebody described the file before."""
    described = house.wiki.descriptions.setdefault(THERE, FakeDescription())
    add(described, Additions(statements=statements, captions=captions), "theirs")


def test_the_file_that_is_there_gets_what_it_lacks_and_the_page_shows_it() -> None:
    house, upload_id = a_duplicate()
    describe(house, Statement(main=Snak("P275", Item("Q6938433"))))
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.DUPLICATE_UPDATED
    photo_id, inception, _ = ours(house)
    described = house.wiki.descriptions[THERE]
    assert described.statements == [
        Statement(main=Snak("P275", Item("Q6938433"))),
        photo_id,
        inception,
    ]
    assert described.captions == {"en": Caption(language="en", text="Bridge number 1001")}
    assert house.wiki.refreshed == [THERE]
    assert upload.failure is not None
    assert upload.failure.type is FailureType.DUPLICATE_UPDATED
    assert upload.failure.links == (
        FileLink(
            title="File:Somebody's bridge.jpg",
            url="https://wiki.test/wiki/File:Somebody's_bridge.jpg",
        ),
    )
    assert "File:Somebody's bridge.jpg" in upload.failure.message
    assert list(house.wiki.files) == [THERE]
    assert upload.sealed_token is None


def test_the_summary_is_that_of_any_other_edit_of_the_batch() -> None:
    house, _ = a_duplicate()
    house.work()
    (summary,) = house.wiki.descriptions[THERE].summaries
    assert "Fake image 1001" in summary
    assert summary.endswith("|details]])")


def test_a_file_that_lacks_nothing_is_not_edited() -> None:
    house, upload_id = a_duplicate()
    describe(house, *ours(house), captions=(Caption(language="en", text="Theirs"),))
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.DUPLICATE_NOT_UPDATED
    assert upload.failure is not None
    assert upload.failure.type is FailureType.DUPLICATE_NOT_UPDATED
    assert house.wiki.descriptions[THERE].summaries == ["theirs"]
    assert "write" not in house.asked()
    assert house.wiki.refreshed == []


def test_all_files_are_named_and_the_one_under_our_title_is_completed() -> None:
    house, upload_id = a_duplicate("A bridge.jpg", "Bridge 1001.jpg", "Zoo bridge.jpg")
    house.work()
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert [link.title for link in failure.links] == [
        "File:Bridge 1001.jpg",
        "File:A bridge.jpg",
        "File:Zoo bridge.jpg",
    ]
    for link in failure.links:
        assert link.title in failure.message
    assert list(house.wiki.descriptions) == ["Bridge 1001.jpg"]


def test_a_second_picture_with_the_same_bytes_changes_nothing_more() -> None:
    house, _ = a_duplicate()
    house.work()
    again = house.an_accepted_upload()
    house.work_to_the_end()
    assert house.upload(again).status is UploadStatus.DUPLICATE_NOT_UPDATED
    assert len(house.wiki.descriptions[THERE].summaries) == 1


# Which file, and what there is to give: asked of the use case itself


def a_file(title: str, *, is_redirect: bool = False) -> WikiFile:
    return WikiFile(
        title=title,
        url=f"https://wiki.test/wiki/File:{title}",
        sha1=Sha1("a" * 40),
        size=10,
        uploader="Somebody",
        uploaded_at=START,
        is_redirect=is_redirect,
    )


def reconciled(
    *files: WikiFile, knowledge: Knowledge
) -> tuple[House, UploadStatus, FailureType, str]:
    house = a_house()
    for file in files:
        house.wiki.add_file(file.title, b"the same")
    reconcile = ReconcileDuplicate(
        merge=MergeStatements(persistence=Persistence(clock=house.clock))
    )
    wiki = FakeWikis(house.wiki).session(house.ada.id, house.ada_token)
    found = reconcile(wiki, files, knowledge, lambda: None)
    return house, found.status, found.failure.type, found.failure.message


A_CREATOR = Knowledge(statements=[Statement(main=Snak("P170", None))], captions=(), summary="s")


def test_where_we_have_nothing_to_give_nobody_is_asked() -> None:
    nothing = Knowledge(statements=(), captions=(), summary="s")
    house, status, kind, message = reconciled(a_file("A.jpg"), a_file("B.jpg"), knowledge=nothing)
    assert (status, kind) == (UploadStatus.DUPLICATE, FailureType.DUPLICATE)
    assert "File:A.jpg, File:B.jpg" in message
    assert house.asked() == []


def test_a_caption_alone_is_something_to_give() -> None:
    caption = Knowledge(statements=(), captions=[Caption(language="en", text="A")], summary="s")
    _, status, _, _ = reconciled(a_file("A.jpg"), knowledge=caption)
    assert status is UploadStatus.DUPLICATE_UPDATED


def test_a_redirect_is_not_what_is_completed() -> None:
    files = (a_file("Ours.jpg", is_redirect=True), a_file("Target.jpg"), a_file("Third.jpg"))
    house, status, _, _ = reconciled(*files, knowledge=A_CREATOR)
    assert status is UploadStatus.DUPLICATE_UPDATED
    assert list(house.wiki.descriptions) == ["Target.jpg"]


def test_a_file_whose_name_we_cannot_write_is_left_alone_and_that_is_said() -> None:
    house, status, _, message = reconciled(a_file("An old one.jpe"), knowledge=A_CREATOR)
    assert status is UploadStatus.DUPLICATE
    assert "File:An old one.jpe" in message
    assert "left as it is" in message
    assert house.asked() == []


# When it does not go smoothly


def right_before(house: House, name: str, what: Callable[[], None]) -> None:
    """Lets something happen before the first call of this name on a duplicate's way."""
    other, _ = a_duplicate()
    start = len(other.fate.calls)
    other.work()
    house.fate.strike(other.fate.calls.index(name, start) - start, what, after=False)


def test_a_lost_answer_is_made_good_and_counts_as_an_update() -> None:
    house, upload_id = a_duplicate()
    lost = fault(FaultKind.UNREACHABLE, "", "The connection broke.")
    house.wiki.fail_next("write", lost, after_effect=True)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    described = house.wiki.descriptions[THERE]
    assert described.statements == list(ours(house))
    assert len(described.summaries) == 1


def test_an_edit_conflict_reads_merges_and_writes_again() -> None:
    house, upload_id = a_duplicate()
    describe(house, Statement(main=Snak("P1433", Text("x"))))
    conflict = fault(FaultKind.EDIT_CONFLICT, "editconflict", "Edit conflict.")
    house.wiki.fail_next("write", conflict, times=3)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    asked = [each for each in house.asked() if each in ("read", "write")]
    assert asked == ["read", "write"] * 4


def test_what_others_wrote_in_the_meantime_is_kept_and_not_doubled() -> None:
    house, upload_id = a_duplicate()
    photo_id, inception, _ = ours(house)
    describe(house, Statement(main=Snak("P1433", Text("x"))))

    def somebody_writes() -> None:
        theirs = Statement(main=Snak("P275", Item("Q6938433")))
        # A caption in our language: the wiki sees that the two edits are about the same.
        describe(house, inception, theirs, captions=(Caption(language="en", text="Theirs"),))

    right_before(house, "write", somebody_writes)
    house.work()
    assert house.fate.struck == "write"
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    assert house.wiki.descriptions[THERE].statements == [
        Statement(main=Snak("P1433", Text("x"))),
        inception,
        Statement(main=Snak("P275", Item("Q6938433"))),
        photo_id,
    ]


def test_what_others_wrote_in_that_very_moment_stands_beside_ours() -> None:
    # Wikibase sees no conflict in it (decision 0005): a doubled statement is the price.
    house, upload_id = a_duplicate()
    photo_id, inception, licence = ours(house)
    describe(house, Statement(main=Snak("P1433", Text("x"))))
    right_before(house, "write", lambda: describe(house, inception))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED
    assert house.wiki.descriptions[THERE].statements == [
        Statement(main=Snak("P1433", Text("x"))),
        inception,
        photo_id,
        inception,
        licence,
    ]


def test_a_conflict_that_goes_on_is_waited_out_in_the_queue() -> None:
    house, upload_id = a_duplicate()
    conflict = fault(FaultKind.EDIT_CONFLICT, "editconflict", "Edit conflict.")
    house.wiki.fail_next("write", conflict, times=4)
    house.work()
    waiting = house.upload(upload_id)
    assert waiting.status is QUEUED
    assert waiting.not_before is not None
    assert waiting.not_before - house.clock.now() == timedelta(seconds=300)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED


@pytest.mark.parametrize(
    "kind", [FaultKind.RATE_LIMITED, FaultKind.READ_ONLY, FaultKind.UNREACHABLE]
)
def test_what_passes_by_itself_is_waited_for(kind: FaultKind) -> None:
    house, upload_id = a_duplicate()
    house.wiki.fail_next("write", fault(kind), times=3)
    house.work()
    assert house.upload(upload_id).status is QUEUED
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.DUPLICATE_UPDATED


def test_what_the_wiki_refuses_leaves_a_duplicate_with_the_wikis_own_words() -> None:
    house, upload_id = a_duplicate()
    refused = fault(FaultKind.REFUSED, "protectedpage", "This page has been protected.")
    house.wiki.fail_next("write", refused)
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.DUPLICATE
    assert upload.failure is not None
    assert upload.failure.type is FailureType.DUPLICATE
    assert upload.failure.raw_code == "protectedpage"
    assert "This page has been protected." in upload.failure.message
    assert "File:Somebody's bridge.jpg" in upload.failure.message
    assert upload.failure.links
    assert not upload.failure.retryable


def test_what_a_retry_can_mend_fails_and_still_says_that_it_is_a_duplicate() -> None:
    house, upload_id = a_duplicate()
    expired = fault(FaultKind.NOT_LOGGED_IN, "assertuserfailed", "You are no longer logged in.")
    house.wiki.fail_next("read", expired)
    right_before(house, "read", lambda: house.wiki.revoke(house.wiki.accounts["Ada"]))
    house.work()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.FAILED
    assert upload.failure is not None
    assert upload.failure.retryable
    assert "holds this picture already: File:Somebody's bridge.jpg." in upload.failure.message
    assert "Your session has expired." in upload.failure.message
    assert upload.failure.links


def test_a_file_that_is_gone_when_we_come_to_it_is_a_duplicate_no_more() -> None:
    house, upload_id = a_duplicate()
    right_before(house, "read", lambda: house.wiki.delete(THERE))
    house.work()
    assert house.fate.struck == "read"
    assert house.upload(upload_id).status is QUEUED
    house.work_to_the_end()
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.FAILED
    assert upload.failure is not None
    assert upload.failure.raw_code == "duplicate-archive"
