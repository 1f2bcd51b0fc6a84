"""A contributor starts a batch together with all of its pictures."""

from __future__ import annotations

from typing import Any

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.use_cases.items import Item
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.upload_in_one import BatchWithUploads
from tests.builders import QUEUED, House, a_house, an_item, some_items

FAILED = UploadStatus.FAILED
SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))


def upload(house: House, *items: Item, handler: str = "mapillary") -> BatchWithUploads | Refused:
    return house.app.upload_in_one(
        user=house.ada, token=house.ada_token, handler=handler, items=items
    )


def created(outcome: BatchWithUploads | Refused) -> list[Upload]:
    assert isinstance(outcome, BatchWithUploads), outcome
    return list(outcome.uploads)


def refused(house: House, outcome: BatchWithUploads | Refused) -> str:
    """Why; and nothing was left behind."""
    assert isinstance(outcome, Refused), outcome
    assert house.database.committed.batches == {}
    assert house.database.committed.uploads == {}
    return outcome.reason


def test_a_batch_comes_to_be_with_its_uploads_in_their_order() -> None:
    house = a_house()
    uploads = created(upload(house, *some_items(3)))
    assert [(each.image_id, each.status) for each in uploads] == [
        ("1", QUEUED),
        ("2", QUEUED),
        ("3", QUEUED),
    ]
    (batch,) = house.database.committed.batches.values()
    assert batch.belongs_to(house.ada.id)
    assert batch.edit_group_id
    assert house.uploads(batch) == uploads


def test_each_call_makes_a_batch_of_its_own() -> None:
    house = a_house()
    first, second = created(upload(house, an_item())), created(upload(house, an_item()))
    assert first[0].batch_id != second[0].batch_id


def test_it_can_be_done_by_a_user_whom_a_restored_database_forgot() -> None:
    house = a_house()
    house.database.committed.users.clear()
    assert len(created(upload(house, an_item()))) == 1


def test_what_cannot_be_uploaded_is_stored_failed_beside_the_good_ones() -> None:
    house = a_house()
    good, bad = created(upload(house, an_item("1"), an_item("2", title="A#b.jpg")))
    assert (good.status, bad.status) == (QUEUED, FAILED)
    assert bad.failure is not None
    assert "'#'" in bad.failure.message
    assert bad.sealed_token is None


def test_a_second_item_with_the_same_id_is_left_out() -> None:
    house = a_house()
    uploads = created(upload(house, an_item("1"), an_item("2"), an_item("1", title="B.jpg")))
    assert [each.filename for each in uploads] == ["Bridge 1.jpg", "Bridge 2.jpg"]


@pytest.mark.parametrize(
    ("items", "handler", "told"),
    [
        ([], "mapillary", "no pictures"),
        (some_items(4), "mapillary", "3 pictures; this one has 4"),
        ([an_item(), an_item("")], "mapillary", "1 to 255 characters"),
        ([an_item()], "nowhere", "'nowhere'"),
    ],
)
def test_what_is_refused_leaves_no_batch(items: list[Item], handler: str, told: str) -> None:
    house = a_house(policy=Policy(max_slice=3))
    assert told in refused(house, upload(house, *items, handler=handler))


def test_uploads_get_slots_and_the_token_as_those_of_a_slice_do() -> None:
    def stored(house: House, uploads: list[Upload]) -> list[Any]:
        tokens = [each.sealed_token and house.vault.open(each.sealed_token) for each in uploads]
        return [
            (each.publish_at, each.not_before, each.token_print, token)
            for each, token in zip(uploads, tokens, strict=True)
        ]

    at_once, sliced = a_house(limits=SIX_A_MINUTE), a_house(limits=SIX_A_MINUTE)
    batch = sliced.a_batch()
    sliced.add(batch, *some_items(3))
    told = stored(at_once, created(upload(at_once, *some_items(3))))
    assert told == stored(sliced, sliced.uploads(batch))
    assert len({slot for slot, *_ in told}) == 3


def test_workers_are_woken_and_watchers_told() -> None:
    house = a_house()
    upload(house, *some_items(2))
    assert house.queue.wakes == 1
    assert [each.image_id for each in house.progress.announced] == ["1", "2"]
    house.a_picture("1")
    house.a_picture("2")
    house.work_to_the_end()
    ends = {each.status for each in house.database.committed.uploads.values()}
    assert ends == {UploadStatus.COMPLETED}


@pytest.mark.parametrize("commit", [0, 1])
def test_no_batch_is_left_behind_by_a_database_that_goes_away(commit: int) -> None:
    def gone() -> None:
        raise ServiceDown("database", "gone away")

    well = a_house()
    created(upload(well, an_item()))
    commits = [at for at, name in enumerate(well.fate.calls) if name == "commit"]
    house = a_house()
    house.fate.strike(commits[commit], gone)
    with pytest.raises(ServiceDown):
        upload(house, an_item())
    assert house.fate.struck == "commit"
    assert house.database.committed.batches == {}
    assert house.database.committed.uploads == {}
    assert house.progress.announced == []


def test_no_batch_is_left_behind_where_slots_cannot_be_had() -> None:
    house = a_house()
    house.slots.down = True
    with pytest.raises(ServiceDown):
        upload(house, an_item())
    assert house.database.committed.batches == {}


@pytest.mark.parametrize("count", [1, 500])
def test_it_costs_two_transactions_however_many_there_are(count: int) -> None:
    house = a_house()
    before = len(house.fate.calls)
    upload(house, *some_items(count))
    assert house.fate.calls[before:].count("commit") == 2
