"""Live updates when Redis, the database or the other side goes away."""

import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from threading import Thread

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from curator_web.config import Rhythm
from tests.web.house import CONFIG, QUICK, WebHouse, connected, serving, until
from tests.web.watching import a_batch, live, watching


@pytest.fixture
def house() -> WebHouse:
    return WebHouse(replace(CONFIG, rhythm=QUICK))


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
        until(lambda: live(house).is_listening)
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
        until(lambda: live(house).watched_batches == 0)
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
