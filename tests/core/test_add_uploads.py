"""A contributor adds slices to a batch."""

from __future__ import annotations

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, EditGroupId, SliceId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import QUEUED, House, a_house, an_item, some_items
from tests.core.endings import accepted, refused

FAILED = UploadStatus.FAILED


def test_a_new_batch_is_its_owners_and_has_an_edit_group_of_its_own() -> None:
    house = a_house()
    first, second = house.a_batch(), house.a_batch()
    assert first.belongs_to(house.ada.id)
    assert not first.belongs_to(house.grace.id)
    assert first.edit_group_id != second.edit_group_id
    assert first.edit_group_id == EditGroupId(f"{int(first.edit_group_id or '', 16):012x}")


def test_a_batch_can_be_created_by_a_user_whom_a_restored_database_forgot() -> None:
    house = a_house()
    house.a_batch()
    house.database.committed.users.clear()
    assert house.a_batch().belongs_to(house.ada.id)


def test_uploads_are_stored_queued_in_the_order_they_were_sent() -> None:
    house = a_house()
    batch = house.a_batch()
    assert accepted(house.add(batch, *some_items(3))) == [
        ("1", QUEUED),
        ("2", QUEUED),
        ("3", QUEUED),
    ]
    assert [(each.image_id, each.status) for each in house.uploads(batch)] == [
        ("1", QUEUED),
        ("2", QUEUED),
        ("3", QUEUED),
    ]


def test_an_item_that_cannot_be_uploaded_is_stored_failed_beside_the_good_ones() -> None:
    house = a_house()
    batch = house.a_batch()
    bad = an_item("2", title="A#b.jpg")
    assert accepted(house.add(batch, an_item("1"), bad, an_item("3"))) == [
        ("1", QUEUED),
        ("2", FAILED),
        ("3", QUEUED),
    ]
    failed = house.uploads(batch)[1]
    assert failed.status is FAILED
    assert failed.failure is not None
    assert "'#'" in failed.failure.message
    assert failed.sealed_token is None


def test_only_the_owner_adds_to_a_batch() -> None:
    house = a_house()
    batch = house.a_batch(house.ada)
    told = refused(house.add(batch, an_item(), user=house.grace))
    assert "somebody else's" in told
    assert house.uploads(batch) == []


def test_an_unknown_batch_is_told_by_its_number() -> None:
    house = a_house()
    answer = house.app.add_uploads(
        user=house.ada,
        token=house.ada_token,
        batch_id=BatchId(77),
        slice_id=SliceId(1),
        handler="mapillary",
        items=[an_item()],
    )
    assert "no batch 77" in refused(answer)


def test_an_unknown_source_is_refused() -> None:
    house = a_house()
    batch = house.a_batch()
    answer = house.app.add_uploads(
        user=house.ada,
        token=house.ada_token,
        batch_id=batch.id,
        slice_id=SliceId(1),
        handler="nowhere",
        items=[an_item()],
    )
    assert "'nowhere'" in refused(answer)


def test_a_slice_that_is_too_large_or_empty_is_refused() -> None:
    house = a_house(policy=Policy(max_slice=3))
    batch = house.a_batch()
    assert "3 pictures; this one has 4" in refused(house.add(batch, *some_items(4)))
    assert "no pictures" in refused(house.add(batch))
    assert house.uploads(batch) == []


def test_what_is_longer_than_a_column_is_refused_before_the_database_sees_it() -> None:
    house = a_house()
    batch = house.a_batch()
    assert "255" in refused(house.add(batch, an_item("x" * 256)))
    assert "255" in refused(house.add(batch, an_item(collection="x" * 256)))
    assert accepted(house.add(batch, an_item(title="x" * 5000 + ".jpg"))) == [("1001", FAILED)]


def test_the_token_is_stored_sealed_with_each_upload() -> None:
    house = a_house()
    batch = house.a_batch()
    house.add(batch, *some_items(2))
    for upload in house.uploads(batch):
        assert upload.sealed_token is not None
        assert house.vault.open(upload.sealed_token) == house.ada_token
        assert house.ada_token.key not in upload.sealed_token
        assert house.ada_token.secret not in upload.sealed_token


def test_a_slice_wakes_the_workers_and_tells_the_watchers() -> None:
    house = a_house()
    batch = house.a_batch()
    house.add(batch, *some_items(2))
    assert house.queue.wakes == 1
    assert [(each.image_id, each.status) for each in house.progress.announced] == [
        ("1", QUEUED),
        ("2", QUEUED),
    ]


def test_adding_sends_no_message_itself_since_only_what_is_due_gets_one() -> None:
    house = a_house()
    house.add(house.a_batch(), *some_items(3))
    assert house.queue.sent == []


def down_before(house: House) -> None:
    house.slots.down = True


def gone_in_between(house: House) -> None:
    def database_is_away() -> None:
        raise ServiceDown("database", "gone away")

    house.fate.strike(1, database_is_away, after=False)


@pytest.mark.parametrize("trouble", [down_before, gone_in_between])
def test_nothing_is_stored_where_redis_or_the_database_is_down(trouble: object) -> None:
    house = a_house()
    batch = house.a_batch()
    assert callable(trouble)
    trouble(house)
    with pytest.raises(ServiceDown):
        house.add(batch, *some_items(2))
    assert house.uploads(batch) == []
    assert house.progress.announced == []
    house.slots.down = False
    assert accepted(house.add(batch, *some_items(2))) == [("1", QUEUED), ("2", QUEUED)]


def test_a_database_that_is_down_is_named() -> None:
    house = a_house()
    batch = house.a_batch()
    house.database.down = True
    with pytest.raises(ServiceDown, match="database"):
        house.add(batch, an_item())
    with pytest.raises(ServiceDown, match="database"):
        house.a_batch()


def test_what_is_stored_is_acknowledged_even_where_nobody_can_be_woken() -> None:
    # An ERROR would say that nothing was accepted; the dispatchers' timer finds it anyway.
    house = a_house()
    batch = house.a_batch()
    house.a_picture("1")
    house.queue.down = True
    assert accepted(house.add(batch, an_item("1"))) == [("1", QUEUED)]
    house.queue.down = False
    house.work_to_the_end()
    assert house.uploads(batch)[0].status is UploadStatus.COMPLETED


@pytest.mark.parametrize("count", [1, 500])
def test_a_slice_costs_two_transactions_however_long_it_is(count: int) -> None:
    house = a_house()
    batch = house.a_batch()
    before = len(house.fate.calls)
    house.add(batch, *some_items(count))
    assert house.fate.calls[before:].count("commit") == 2
