"""Somebody looks at a batch."""

from __future__ import annotations

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_core.domain.upload import UploadStatus
from tests.builders import QUEUED, a_house, an_item, some_items


def test_a_batch_that_never_was_is_none() -> None:
    house = a_house()
    assert house.app.watch_batch(BatchId(7)) is None
    assert house.app.show_batch(BatchId(7)) is None


def test_an_empty_batch_is_watched_and_not_complete() -> None:
    house = a_house()
    watched = house.app.watch_batch(house.a_batch().id)
    assert watched is not None
    assert (watched.states, watched.complete) == ((), False)


def test_a_batch_is_complete_once_all_its_uploads_are_finished() -> None:
    house = a_house()
    batch = house.a_batch()
    house.a_picture("1")
    house.add(batch, an_item("1"), an_item("2", title="#.jpg"))
    watched = house.app.watch_batch(batch.id)
    assert watched is not None
    assert [state.status for state in watched.states] == [QUEUED, UploadStatus.FAILED]
    assert not watched.complete
    house.work_to_the_end()
    watched = house.app.watch_batch(batch.id)
    assert watched is not None
    assert watched.complete


def test_a_batch_shows_its_owner_its_counts_and_all_its_uploads() -> None:
    house = a_house()
    batch = house.a_batch()
    house.add(batch, *some_items(3), an_item("9", title="#.jpg"))
    shown = house.app.show_batch(batch.id)
    assert shown is not None
    assert shown.batch.username == "Ada"
    assert shown.batch.edit_group_id == batch.edit_group_id
    assert (shown.batch.stats.total, shown.batch.stats.queued, shown.batch.stats.failed) == (
        4,
        3,
        1,
    )
    assert [upload.state.image_id for upload in shown.uploads] == ["1", "2", "3", "9"]


def test_anothers_batch_can_be_watched_too() -> None:
    house = a_house()
    batch = house.a_batch(house.grace)
    house.add(batch, an_item("1"), user=house.grace)
    assert house.app.watch_batch(batch.id) is not None


def test_a_database_that_is_down_is_told() -> None:
    house = a_house()
    batch = house.a_batch()
    house.database.down = True
    with pytest.raises(ServiceDown):
        house.app.watch_batch(batch.id)
