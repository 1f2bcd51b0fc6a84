"""Live updates, over a real server."""

import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from curator_core.domain.outcome import Failure
from curator_core.use_cases.states import state_of
from tests.builders import an_item
from tests.web.house import CONFIG, QUICK, WebHouse, connected, serving, until
from tests.web.watching import a_batch, live, watching


@pytest.fixture
def house() -> WebHouse:
    return WebHouse(replace(CONFIG, rhythm=QUICK))


def test_a_batch_is_told_from_its_list_to_its_end(house: WebHouse) -> None:
    batch, (first, second) = a_batch(house, 2)
    with watching(house) as client:
        assert [item["status"] for item in client.subscribe(batch.id)] == ["queued", "queued"]
        house.starts(first)
        (item,) = client.expect("UPLOADS_UPDATE")
        assert item == {
            "id": first,
            "batchid": batch.id,
            "status": "in_progress",
            "key": "0",
            "handler": "mapillary",
        }
        house.completes(first)
        assert client.until(first, "completed")["success"] == f"https://wiki.test/File:{first}.jpg"
        house.starts(second)
        house.fails(second, Failure(message="It is no picture.", code="not_an_image"))
        assert client.until(second, "failed")["error"] == {
            "type": "error",
            "message": "It is no picture.",
            "code": "not_an_image",
            "retryable": False,
        }
        assert client.expect("UPLOADS_COMPLETE") == batch.id


def test_a_finished_batch_is_told_to_be_complete_right_away(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    house.starts(upload)
    house.completes(upload)
    with watching(house) as client:
        assert [item["status"] for item in client.subscribe(batch.id)] == ["completed"]
        assert client.expect("UPLOADS_COMPLETE") == batch.id


def test_a_batch_that_is_still_empty_can_be_watched(house: WebHouse) -> None:
    batch = house.a_batch()
    with watching(house) as client:
        assert client.subscribe(batch.id) == []
        house.add(batch, an_item("1"))
        assert client.until(1, "queued")["key"] == "1"


def test_a_batch_that_does_not_exist_is_an_error_and_the_connection_lives(house: WebHouse) -> None:
    batch, _ = a_batch(house, 1)
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCH", 99)
        assert client.expect("ERROR") == "There is no batch 99."
        assert client.subscribe(batch.id)


def test_anybody_may_watch_any_batch(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    with serving(house.web) as (port, _), connected(house, port, "Grace") as grace:
        grace.subscribe(batch.id)
        house.starts(upload)
        grace.until(upload, "in_progress")


def test_the_first_change_comes_at_once_and_the_others_together() -> None:
    house = WebHouse(replace(CONFIG, rhythm=replace(QUICK, frame=0.5)))
    batch, uploads = a_batch(house, 50)
    with watching(house) as client:
        client.subscribe(batch.id)
        # Whatever came with the list counts as a frame: from here on the pause is over.
        house.starts(uploads[0])
        client.until(uploads[0], "in_progress")
        began = time.monotonic()
        for upload in uploads[1:]:
            house.starts(upload)
            house.completes(upload)
        items = client.expect("UPLOADS_UPDATE")
        assert time.monotonic() - began > 0.3
        assert {(item["id"], item["status"]) for item in items} == {
            (upload, "completed") for upload in uploads[1:]
        }


def test_what_was_announced_together_is_told_in_one_frame(house: WebHouse) -> None:
    batch, uploads = a_batch(house, 300)
    with watching(house) as client:
        client.subscribe(batch.id)
        for upload in uploads:
            house.starts(upload, announced=False)
        house.progress.announce([state_of(house.upload(upload)) for upload in uploads])
        items = client.expect("UPLOADS_UPDATE")
        assert [item["status"] for item in items] == ["in_progress"] * 300


def test_after_a_quiet_spell_a_change_comes_at_once() -> None:
    pause = 0.5
    house = WebHouse(replace(CONFIG, rhythm=replace(QUICK, frame=pause)))
    batch, uploads = a_batch(house, 2)
    with watching(house) as client:
        client.subscribe(batch.id)
        with pytest.raises(TimeoutError):
            client.receive(within=pause)
        began = time.monotonic()
        house.starts(uploads[0])
        client.until(uploads[0], "in_progress")
        assert time.monotonic() - began < pause / 2


def test_two_who_look_for_no_batch_are_both_told(house: WebHouse) -> None:
    with serving(house.web) as (port, _), ExitStack() as open_:
        clients = [open_.enter_context(connected(house, port)) for _ in range(2)]
        house.database.down = True
        for client in clients:
            client.send("SUBSCRIBE_BATCH", 99)
            assert "database" in client.expect("ERROR")
        house.database.down = False
        for client in clients:
            assert client.expect("ERROR") == "There is no batch 99."
            client.send("CREATE_BATCH")
            client.expect("BATCH_CREATED")
        assert live(house).watched_batches == 0


def test_a_new_subscription_takes_the_place_of_the_former(house: WebHouse) -> None:
    first, (one,) = a_batch(house, 1)
    second, (other,) = a_batch(house, 1)
    with watching(house) as client:
        client.subscribe(first.id)
        client.subscribe(second.id)
        house.starts(one)
        house.starts(other)
        (item,) = client.expect("UPLOADS_UPDATE")
        assert item["batchid"] == second.id


def test_who_unsubscribed_is_told_nothing_more(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    with watching(house) as client:
        client.subscribe(batch.id)
        client.send("UNSUBSCRIBE_BATCH")
        until(lambda: live(house).watched_batches == 0)
        house.starts(upload)
        client.send("CREATE_BATCH")
        client.expect("BATCH_CREATED")


def test_all_watchers_of_a_batch_are_told(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    with serving(house.web) as (port, _), ExitStack() as open_:
        clients = [open_.enter_context(connected(house, port)) for _ in range(5)]
        for client in clients:
            client.subscribe(batch.id)
        assert live(house).watched_batches == 1
        house.starts(upload)
        for client in clients:
            client.until(upload, "in_progress")
