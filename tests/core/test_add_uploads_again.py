"""Pictures and slices that are sent more than once."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.upload import UploadStatus
from tests.builders import QUEUED, a_house, an_item, some_items
from tests.core.endings import accepted, refused

FAILED = UploadStatus.FAILED


def test_an_image_stands_in_a_slice_once() -> None:
    house = a_house()
    batch = house.a_batch()
    same = [an_item("1"), an_item("2"), an_item("1", title="Another.jpg")]
    assert accepted(house.add(batch, *same)) == [("1", QUEUED), ("2", QUEUED), ("1", FAILED)]
    assert [each.filename for each in house.uploads(batch)] == ["Bridge 1.jpg", "Bridge 2.jpg"]


def test_an_image_stands_in_a_batch_once() -> None:
    house = a_house()
    batch = house.a_batch()
    house.add(batch, an_item("1"), slice_id=1)
    answer = house.add(batch, an_item("1"), an_item("2"), slice_id=2)
    assert accepted(answer) == [("1", FAILED), ("2", QUEUED)]
    assert [each.image_id for each in house.uploads(batch)] == ["1", "2"]


def test_the_same_image_may_stand_in_two_batches() -> None:
    house = a_house()
    assert accepted(house.add(house.a_batch(), an_item("1"))) == [("1", QUEUED)]
    assert accepted(house.add(house.a_batch(), an_item("1"))) == [("1", QUEUED)]


def test_an_image_that_another_slice_brings_at_the_same_moment_is_acknowledged_as_refused() -> None:
    house = a_house()
    batch = house.a_batch()

    def another_slice_is_faster() -> None:
        house.add(batch, an_item("2"), slice_id=2)

    # After the first look at the batch, before the slice is stored.
    house.fate.strike(1, another_slice_is_faster, after=False)
    answer = house.add(batch, an_item("1"), an_item("2"), slice_id=1)
    assert accepted(answer) == [("1", QUEUED), ("2", FAILED)]
    assert sorted(each.image_id for each in house.uploads(batch)) == ["1", "2"]


def test_the_same_slice_again_gets_the_same_answer_and_creates_nothing() -> None:
    house = a_house()
    batch = house.a_batch()
    items = [an_item("1"), an_item("2", title="#.jpg"), an_item("1")]
    first = house.add(batch, *items)
    stored = house.uploads(batch)
    house.clock.advance(timedelta(minutes=5))
    assert house.add(batch, *items) == first
    assert house.uploads(batch) == stored


def test_the_same_slice_gets_the_same_answer_after_its_uploads_have_moved_on() -> None:
    house = a_house()
    batch = house.a_batch()
    house.a_picture("1")
    first = house.add(batch, an_item("1"))
    house.work_to_the_end()
    assert house.add(batch, an_item("1")) == first


def test_a_slice_of_nothing_new_gets_the_same_answer_again() -> None:
    house = a_house()
    batch = house.a_batch()
    house.add(batch, an_item("1"), slice_id=1)
    first = house.add(batch, an_item("1"), slice_id=2)
    assert accepted(first) == [("1", FAILED)]
    assert house.add(batch, an_item("1"), slice_id=2) == first


def test_the_same_slice_with_other_content_is_refused() -> None:
    house = a_house()
    batch = house.a_batch()
    house.add(batch, an_item("1"))
    for other in (an_item("2"), an_item("1", wikitext="else"), an_item("1", captions=())):
        assert "other pictures" in refused(house.add(batch, other))
    assert len(house.uploads(batch)) == 1


def test_a_slice_sent_twice_at_once_is_stored_once_and_answered_alike() -> None:
    house = a_house()
    batch = house.a_batch()
    twin = []

    def the_twin_is_faster() -> None:
        twin.append(house.add(batch, *some_items(2)))

    house.fate.strike(1, the_twin_is_faster, after=False)
    assert [house.add(batch, *some_items(2))] == twin
    assert len(house.uploads(batch)) == 2
