"""A retry goes on with what the upload that it retries has sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from curator_core.use_cases.take_over_stashes import take_over_stashes

from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import SealedToken, UploadId
from curator_core.domain.upload import NewUpload, Upload, UploadStatus
from curator_core.domain.user import User
from tests.builders import House, a_house
from tests.fakes.wiki import fault

REFUSED = fault(FaultKind.PAGE_REFUSED, "titleblacklist-forbidden-edit", "Not this title.")


def a_refused_upload(house: House) -> Upload:
    """Ada's file is in the wiki's stash; its title was refused."""
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", REFUSED)
    house.work()
    refused = house.upload(upload_id)
    assert refused.status is UploadStatus.FAILED
    assert refused.checkpoint.assembled
    return refused


def retried(house: House, original: Upload, title: str, user: User | None = None) -> UploadId:
    """A copy under another title, in a new batch."""
    user = user or house.ada
    token = house.grace_token if user == house.grace else house.ada_token
    new = NewUpload(
        user_id=user.id,
        image_id=original.image_id,
        handler=original.handler,
        collection=original.collection,
        filename=title,
        wikitext=original.wikitext,
        sealed_token=SealedToken(house.vault.seal(token)),
        retry_of=original.id,
    )
    batch = house.a_batch(user)
    with house.database.begin() as work:
        added = work.uploads.add(batch.id, None, "", [new], timedelta(0))
        (copy,) = take_over_stashes(work, added)
    return copy.id


def published(house: House) -> list[tuple[str, str]]:
    return [
        (title, version.uploader)
        for title, versions in house.wiki.files.items()
        for version in versions
    ]


def test_a_new_title_needs_no_new_upload() -> None:
    house = a_house()
    original = a_refused_upload(house)
    data = house.a_picture()
    copy = retried(house, original, "A better title.jpg")
    house.work_to_the_end()
    assert house.upload(copy).status is UploadStatus.COMPLETED
    assert published(house) == [("A better title.jpg", "Ada")]
    assert house.wiki.files["A better title.jpg"][0].data == data
    assert house.asked().count("send") == 1
    assert len(house.downloads.fetched) == 1


def test_the_new_title_is_looked_at_before_it_is_used() -> None:
    house = a_house()
    original = a_refused_upload(house)
    house.wiki.blacklist.append(("worse", "It is on the list."))
    copy = retried(house, original, "A worse title.jpg")
    house.work_to_the_end()
    failure = house.upload(copy).failure
    assert failure is not None
    assert failure.type.value == "title_blacklisted"
    assert house.asked().count("publish") == 1


def test_a_stash_that_is_gone_by_then_is_sent_again() -> None:
    house = a_house()
    original = a_refused_upload(house)
    house.wiki.lose_stash()
    copy = retried(house, original, "A better title.jpg")
    house.work_to_the_end()
    assert house.upload(copy).status is UploadStatus.COMPLETED
    assert house.asked().count("send") == 2


def test_an_administrators_retry_of_somebody_elses_upload_sends_it_again() -> None:
    house = a_house()
    original = a_refused_upload(house)
    copy = retried(house, original, "A better title.jpg", house.grace)
    house.work_to_the_end()
    assert house.upload(copy).status is UploadStatus.COMPLETED
    assert published(house) == [("A better title.jpg", "Grace")]
    assert house.asked().count("send") == 2
    assert house.upload(original.id) == original


def test_two_retries_of_one_upload_publish_it_once() -> None:
    house = a_house()
    original = a_refused_upload(house)
    copies = [retried(house, original, f"Title {number}.jpg") for number in (1, 2)]
    house.work_to_the_end()
    ends = sorted(house.upload(each).status.value for each in copies)
    assert ends[0] == "completed"
    assert ends[1].startswith("duplicate")
    assert len(published(house)) == 1


def test_nothing_else_of_the_original_changes() -> None:
    house = a_house()
    original = a_refused_upload(house)
    retried(house, original, "A better title.jpg")
    house.work_to_the_end()
    without = replace(original, checkpoint=original.checkpoint.without_stash())
    assert house.upload(original.id) == without


@pytest.mark.parametrize("end", ["published", "completed"])
def test_what_was_published_leaves_no_stash(end: str) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    if end == "published":
        house.wiki.fail_next("write", fault(FaultKind.REFUSED, "modification-failed", "No."))
    house.work()
    original = house.upload(upload_id)
    copy = retried(house, original, "A better title.jpg")
    assert house.upload(copy).checkpoint.file_key is None
