"""Failed uploads are retried as copies, which go on with what their originals have done."""

from __future__ import annotations

import itertools
from dataclasses import replace

from curator_core.domain.batch import Batch
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.domain.user import Actor, User
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.retry_uploads import Changes, Retried
from tests.builders import House, a_house, some_items
from tests.fakes.wiki import fault

REFUSED = fault(FaultKind.PAGE_REFUSED, "titleblacklist-forbidden-edit", "Not this title.")
BETTER = Changes(title="A better title.jpg")
SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))


def a_refused_upload(house: House) -> Upload:
    """Ada's file is in the wiki's stash; its title was refused."""
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", REFUSED)
    house.work()
    refused = house.upload(upload_id)
    assert refused.status is UploadStatus.FAILED
    assert refused.checkpoint.assembled
    return refused


def an_undescribed_upload(house: House) -> Upload:
    """Ada's file is on the wiki; its statements were refused."""
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("write", fault(FaultKind.REFUSED, "modification-failed", "No."))
    house.work()
    published = house.upload(upload_id)
    assert published.status is UploadStatus.FAILED
    assert published.success is not None
    return published


def retry(
    house: House,
    batch_id: BatchId,
    user: User | None = None,
    changes: dict[UploadId, Changes] | None = None,
    uploads: list[UploadId] | None = None,
) -> Retried | Refused:
    user = user or house.ada
    return house.app.retry_uploads(
        actor=Actor(user=user),
        token=house.grace_token if user == house.grace else house.ada_token,
        batch_id=batch_id,
        uploads=uploads,
        changes=changes,
    )


def retry_as_grace(house: House, *uploads: UploadId, administers: bool = True) -> Retried | Refused:
    return house.app.retry_uploads.as_administrator(
        actor=Actor(user=house.grace, administers=administers),
        token=house.grace_token,
        uploads=uploads,
    )


def copies(house: House, answer: Retried | Refused) -> list[Upload]:
    assert isinstance(answer, Retried), answer
    found = [
        each
        for each in house.database.committed.uploads.values()
        if each.batch_id == answer.batch_id
    ]
    assert len(found) == answer.count
    return found


def reason(answer: Retried | Refused) -> str:
    assert isinstance(answer, Refused), answer
    return answer.reason


def published(house: House) -> list[tuple[str, str]]:
    return [
        (title, version.uploader)
        for title, versions in house.wiki.files.items()
        for version in versions
    ]


def a_batch_of_failures(house: House, count: int = 3) -> Batch:
    """Ada's pictures, none of which the source has."""
    batch = house.a_batch()
    house.add(batch, *some_items(count))
    house.work_to_the_end()
    assert {each.status for each in house.uploads(batch)} == {UploadStatus.FAILED}
    return batch


def test_what_failed_is_copied_into_a_new_batch_and_the_originals_stay_as_they_are() -> None:
    house = a_house()
    batch = a_batch_of_failures(house)
    before = house.uploads(batch)
    for each in before:
        house.a_picture(each.image_id)
    new = copies(house, retry(house, batch.id))
    assert [each.retry_of for each in new] == [each.id for each in before]
    assert {each.batch_id for each in new} != {batch.id}
    house.work_to_the_end()
    assert {house.upload(each.id).status for each in new} == {UploadStatus.COMPLETED}
    assert house.uploads(batch) == before


def test_the_new_batch_knows_which_one_it_retries_and_has_an_edit_group_of_its_own() -> None:
    house = a_house()
    batch = a_batch_of_failures(house)
    answer = retry(house, batch.id)
    assert isinstance(answer, Retried)
    new = house.database.committed.batches[answer.batch_id]
    assert new.retry_of == batch.id
    assert new.user_id == house.ada.id
    assert new.edit_group_id not in (None, batch.edit_group_id)


def test_more_failures_than_fit_into_a_slice_are_all_retried() -> None:
    house = a_house(policy=replace(a_house().policy, max_slice=4))
    batch = house.a_batch()
    for slice_id, first in enumerate((1, 5, 9), 1):
        house.add(batch, *some_items(4, first), slice_id=slice_id)
    house.work_to_the_end()
    assert len(copies(house, retry(house, batch.id))) == 12


def test_only_what_failed_is_retried() -> None:
    house = a_house()
    house.a_picture("1")
    batch = house.a_batch()
    house.add(batch, *some_items(2))
    house.work_to_the_end()
    (copy,) = copies(house, retry(house, batch.id))
    assert copy.image_id == "2"


def test_where_nothing_failed_there_is_nothing_to_retry() -> None:
    house = a_house()
    house.work_to_the_end()
    upload_id = house.an_accepted_upload()
    house.work_to_the_end()
    batch_id = house.upload(upload_id).batch_id
    assert f"Nothing of batch {batch_id} failed" in reason(retry(house, batch_id))
    assert len(house.database.committed.batches) == 1


def test_what_is_being_retried_is_not_retried_a_second_time() -> None:
    house = a_house()
    batch = a_batch_of_failures(house)
    copies(house, retry(house, batch.id))
    assert "retried already" in reason(retry(house, batch.id))


def test_what_failed_again_can_be_retried_from_either_batch() -> None:
    house = a_house()
    batch = a_batch_of_failures(house)
    again = retry(house, batch.id)
    house.work_to_the_end()
    assert isinstance(again, Retried)
    assert len(copies(house, retry(house, batch.id))) == 3
    assert len(copies(house, retry(house, again.batch_id))) == 3


def test_somebody_elses_batch_is_not_retried() -> None:
    house = a_house()
    batch = a_batch_of_failures(house)
    assert "somebody else's" in reason(retry(house, batch.id, house.grace))
    assert reason(retry(house, BatchId(99))) == "There is no batch 99."


def test_copies_get_the_users_next_slots() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    batch = a_batch_of_failures(house)
    slots = sorted(
        each.publish_at for each in copies(house, retry(house, batch.id)) if each.publish_at
    )
    assert len(slots) == 3
    apart = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(slots)]
    assert all(10 <= each <= 10.5 for each in apart)


def test_chosen_ones_can_be_retried_with_other_texts() -> None:
    house = a_house()
    batch = a_batch_of_failures(house)
    first, second, _ = house.uploads(batch)
    changes = {
        first.id: Changes(title="Another.jpg", wikitext="Another text", captions=(("de", "Neu"),))
    }
    new = copies(house, retry(house, batch.id, uploads=[first.id, second.id], changes=changes))
    assert [(each.filename, each.wikitext) for each in new] == [
        ("Another.jpg", "Another text"),
        (second.filename, second.wikitext),
    ]
    assert [each.text for each in new[0].captions] == ["Neu"]
    assert new[1].captions == second.captions


def test_a_changed_title_that_is_illegal_fails_at_once_and_can_be_corrected() -> None:
    house = a_house()
    batch = a_batch_of_failures(house, 1)
    (original,) = house.uploads(batch)
    (bad,) = copies(
        house, retry(house, batch.id, changes={original.id: Changes(title="No extension")})
    )
    assert bad.status is UploadStatus.FAILED
    (good,) = copies(house, retry(house, batch.id, changes={original.id: BETTER}))
    assert good.status is UploadStatus.QUEUED


def test_a_new_title_needs_no_new_upload() -> None:
    house = a_house()
    original = a_refused_upload(house)
    data = house.a_picture()
    (copy,) = copies(house, retry(house, original.batch_id, changes={original.id: BETTER}))
    house.work_to_the_end()
    assert house.upload(copy.id).status is UploadStatus.COMPLETED
    assert published(house) == [("A better title.jpg", "Ada")]
    assert house.wiki.files["A better title.jpg"][0].data == data
    assert house.asked().count("send") == 1
    assert len(house.downloads.fetched) == 1
    without = replace(original, checkpoint=original.checkpoint.without_stash())
    assert house.upload(original.id) == without


def test_the_new_title_is_looked_at_before_it_is_used() -> None:
    house = a_house()
    original = a_refused_upload(house)
    house.wiki.blacklist.append(("worse", "It is on the list."))
    worse = {original.id: Changes(title="A worse title.jpg")}
    (copy,) = copies(house, retry(house, original.batch_id, changes=worse))
    house.work_to_the_end()
    failure = house.upload(copy.id).failure
    assert failure is not None
    assert failure.type.value == "title_blacklisted"
    assert house.asked().count("publish") == 1


def test_a_stash_that_is_gone_by_then_is_sent_again() -> None:
    house = a_house()
    original = a_refused_upload(house)
    house.wiki.lose_stash()
    (copy,) = copies(house, retry(house, original.batch_id, changes={original.id: BETTER}))
    house.work_to_the_end()
    assert house.upload(copy.id).status is UploadStatus.COMPLETED
    assert house.asked().count("send") == 2


def test_a_retry_of_a_published_file_begins_at_its_statements() -> None:
    house = a_house()
    original = an_undescribed_upload(house)
    (copy,) = copies(house, retry(house, original.batch_id, changes={original.id: BETTER}))
    asked = len(house.asked())
    house.work_to_the_end()
    done = house.upload(copy.id)
    assert done.status is UploadStatus.COMPLETED
    assert done.success == original.success
    assert house.asked()[asked:] == ["read", "write", "refresh"]
    assert published(house) == [("Bridge 1001.jpg", "Ada")]


def test_an_administrators_retry_is_not_paced_and_acts_in_the_administrators_name() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    batch = a_batch_of_failures(house)
    failed = house.uploads(batch)
    for each in failed:
        house.a_picture(each.image_id)
    new = copies(house, retry_as_grace(house, *(each.id for each in failed)))
    assert {each.user_id for each in new} == {house.grace.id}
    assert {each.publish_at for each in new} == {None}
    begun = house.clock.now()
    house.work_to_the_end()
    assert {uploader for _, uploader in published(house)} == {"Grace"}
    assert (house.clock.now() - begun).total_seconds() < 10


def test_an_administrator_retries_cancelled_uploads_too() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.app.stop_uploads.cancel_batch(Actor(user=house.ada), house.upload(upload_id).batch_id)
    (copy,) = copies(house, retry_as_grace(house, upload_id))
    house.work_to_the_end()
    assert house.upload(copy.id).status is UploadStatus.COMPLETED


def test_an_administrators_retry_of_somebody_elses_upload_sends_the_file_again() -> None:
    house = a_house()
    original = a_refused_upload(house)
    (copy,) = copies(house, retry_as_grace(house, original.id))
    house.work_to_the_end()
    assert house.upload(copy.id).status is UploadStatus.COMPLETED
    assert published(house) == [("Bridge 1001.jpg", "Grace")]
    assert house.asked().count("send") == 2
    assert house.upload(original.id) == original


def test_who_does_not_administer_retries_nothing_that_way() -> None:
    house = a_house()
    batch = a_batch_of_failures(house, 1)
    (original,) = house.uploads(batch)
    refused = retry_as_grace(house, original.id, administers=False)
    assert "administrator" in reason(refused)
    assert len(house.database.committed.uploads) == 1
