"""Live updates, over a real server."""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Thread

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from curator_core.domain.batch import Batch
from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_web.config import Rhythm
from curator_web.live import Live
from tests.builders import an_item
from tests.web.house import CONFIG, QUICK, Client, WebHouse, connected, serving


@pytest.fixture
def house() -> WebHouse:
    return WebHouse(replace(CONFIG, rhythm=QUICK))


@contextmanager
def watching(house: WebHouse) -> Iterator[Client]:
    """Ada's connection to a server that hears what is announced."""
    with serving(house.web) as (port, _), connected(house, port) as client:
        while not live(house).is_listening:
            pass
        yield client


def live(house: WebHouse) -> Live:
    found: Live = house.web.state.live
    return found


def a_batch(house: WebHouse, count: int) -> tuple[Batch, list[UploadId]]:
    """Ada's batch with so many queued uploads."""
    batch = house.a_batch()
    house.add(batch, *(an_item(str(number)) for number in range(count)))
    return batch, [upload.id for upload in house.uploads(batch)]


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
        while live(house).watched_batches:
            pass
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


# What goes missing


def test_while_redis_is_gone_the_database_is_asked(house: WebHouse) -> None:
    house.progress.down = True
    batch, (upload,) = a_batch(house, 1)
    with serving(house.web) as (port, _), connected(house, port) as client:
        client.subscribe(batch.id)
        house.starts(upload)
        client.until(upload, "in_progress")
        house.completes(upload)
        client.until(upload, "completed")
        assert client.expect("UPLOADS_COMPLETE") == batch.id
        assert not live(house).is_listening


def test_what_changed_while_the_line_was_down_is_caught_up_with() -> None:
    # Neither polling nor a look every now and then would bring it.
    house = WebHouse(replace(CONFIG, rhythm=replace(QUICK, poll=60)))
    batch, (upload,) = a_batch(house, 1)
    with watching(house) as client:
        client.subscribe(batch.id)
        house.starts(upload, announced=False)
        house.progress.interrupt()
        client.until(upload, "in_progress")
        while not live(house).is_listening:
            pass
        house.completes(upload)
        client.until(upload, "completed")


def test_a_lost_announcement_is_made_up_for() -> None:
    house = WebHouse(replace(CONFIG, rhythm=replace(QUICK, resync=0.1)))
    batch, (upload,) = a_batch(house, 1)
    with watching(house) as client:
        client.subscribe(batch.id)
        house.starts(upload, announced=False)
        client.until(upload, "in_progress")


def test_a_list_that_cannot_be_read_comes_once_the_database_is_back(house: WebHouse) -> None:
    batch, _ = a_batch(house, 1)
    with watching(house) as client:
        house.database.down = True
        client.send("SUBSCRIBE_BATCH", batch.id)
        assert "database does not answer" in client.expect("ERROR")
        house.database.down = False
        assert client.expect("SUBSCRIBED") == batch.id
        assert len(client.expect("UPLOADS_UPDATE")) == 1


# Comings and goings


def test_a_client_that_goes_away_leaves_nothing_behind_and_no_error(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    with capture_logs() as logs, serving(house.web) as (port, _):
        with connected(house, port) as polite:
            polite.subscribe(batch.id)
        with connected(house, port) as rude:
            rude.subscribe(batch.id)
            # Nobody says goodbye when a lid is shut.
            rude.socket.socket.close()
            house.starts(upload)
        while live(house).watched_batches:
            pass
    assert [entry for entry in logs if entry["log_level"] in ("error", "critical")] == []


def test_a_client_that_reads_nothing_holds_up_nobody(
    house: WebHouse, caplog: pytest.LogCaptureFixture
) -> None:
    batch, uploads = a_batch(house, 400)
    house.database.committed.uploads.update(
        {
            each: replace(house.upload(each), image_id=f"{each}-{'x' * 5000}")  # type: ignore[arg-type]
            for each in uploads
        }
    )
    with capture_logs() as logs, serving(house.web) as (port, _), ExitStack() as open_:
        stuck = open_.enter_context(connected(house, port, max_queue=1, compression=None))
        stuck.send("SUBSCRIBE_BATCH", batch.id)
        for _ in range(20):
            # Two megabytes each, none of which is read.
            stuck.send("FETCH_BATCH_UPLOADS", batch.id)
        client = open_.enter_context(connected(house, port))
        client.subscribe(batch.id)
        for upload in uploads:
            house.starts(upload)
            house.completes(upload)
        client.until(uploads[-1], "completed")
        # It goes while the server still has much to send to it.
        stuck.socket.socket.close()
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_server_that_ends_tells_clients_to_connect_again(house: WebHouse) -> None:
    batch, _ = a_batch(house, 1)
    with serving(house.web) as (port, server), connected(house, port) as client:
        client.subscribe(batch.id)
        began = time.monotonic()
        ending = Thread(target=setattr, args=(server, "should_exit", True))
        ending.start()
        with pytest.raises(ConnectionClosed) as closed:
            client.receive()
        ending.join()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
    assert time.monotonic() - began < 5


def test_the_rhythm_is_that_of_the_contract() -> None:
    rhythm = Rhythm()
    assert 1 / rhythm.frame <= 20
    assert (rhythm.resync, rhythm.poll) == (10, 2)
