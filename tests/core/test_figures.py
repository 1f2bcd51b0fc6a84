"""What is counted for operators while uploads are carried out."""

from datetime import timedelta

import pytest

from curator_core.domain.errors import ServiceDown
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.user import Actor
from curator_core.ports.meter import Counted, Figure
from tests.builders import House, an_item

SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))


def ended(house: House) -> dict[tuple[str, ...], int]:
    """How many, by error and outcome."""
    return house.meter.of(Figure.ENDED)


def test_an_upload_that_ends_is_counted_once() -> None:
    house = House()
    upload_id = house.an_accepted_upload()
    assert ended(house) == {}
    house.process(upload_id)
    house.process(upload_id)
    assert ended(house) == {("", "completed"): 1}


def test_a_failure_is_counted_by_its_class() -> None:
    house = House()
    house.add(house.a_batch(), an_item("1", title="a[b.jpg"), an_item("2", title="a[c.jpg"))
    assert ended(house) == {("bad_item", "failed"): 2}


def test_a_duplicate_is_no_failure() -> None:
    house = House()
    house.process(house.an_accepted_upload("1"))
    again = house.an_accepted_upload("1", title="Another name.jpg")
    house.process(again)
    outcome = house.upload(again).status.value
    assert outcome.startswith("duplicate")
    assert ended(house) == {("", "completed"): 1, (outcome, outcome): 1}


def test_what_is_cancelled_is_counted() -> None:
    house = House()
    upload_id = house.an_accepted_upload()
    batch_id = house.upload(upload_id).batch_id
    house.app.stop_uploads.cancel_batch(Actor(user=house.ada), batch_id)
    house.app.stop_uploads.cancel_batch(Actor(user=house.ada), batch_id)
    assert ended(house) == {("", "cancelled"): 1}


def test_the_same_slice_again_counts_nothing() -> None:
    house = House()
    batch = house.a_batch()
    for _ in range(2):
        house.add(batch, an_item("1", title="a[b.jpg"))
    assert ended(house) == {("bad_item", "failed"): 1}


def test_uploads_of_silent_workers_are_counted_when_they_are_put_back() -> None:
    house = House()
    house.app.process_upload.start(house.an_accepted_upload())
    house.app.dispatch_due_uploads()
    assert house.meter.of(Figure.RESCUED) == {}
    house.clock.advance(house.policy.lease)
    house.app.dispatch_due_uploads()
    house.app.dispatch_due_uploads()
    assert house.meter.of(Figure.RESCUED) == {(): 1}


def test_the_pace_of_limited_users_shows_in_their_turns() -> None:
    house = House(limits=SIX_A_MINUTE)
    for number in range(3):
        house.a_picture(str(number))
    house.add(house.a_batch(), *(an_item(str(number)) for number in range(3)))
    house.work_to_the_end()
    turns = house.meter.of(Figure.TURNS)
    assert sum(turns.values()) == 3
    milliseconds = house.meter.of(Figure.TURN_MILLISECONDS)[()]
    interval = timedelta(milliseconds=milliseconds) / 3
    assert timedelta(seconds=10) <= interval <= timedelta(seconds=11)


def test_a_user_without_limits_takes_no_turns() -> None:
    house = House()
    house.an_accepted_upload()
    house.work_to_the_end()
    assert ended(house) == {("", "completed"): 1}
    assert house.meter.of(Figure.TURNS) == {}


def test_figures_of_one_service_are_shown_while_another_is_down() -> None:
    house = House()
    house.process(house.an_accepted_upload())
    figures = house.app.show_figures

    house.database.down = True
    with pytest.raises(ServiceDown):
        figures.stored()
    labels = {"outcome": "completed", "error": ""}
    assert figures.counted() == (Counted(figure=Figure.ENDED, labels=labels, count=1),)

    house.database.down, house.meter.down = False, True
    with pytest.raises(ServiceDown):
        figures.counted()
    assert figures.stored().standing.stats.completed == 1
    assert figures.stored().closed == ()
