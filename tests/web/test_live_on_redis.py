"""Live updates through a real Redis, and its end."""

import time
from contextlib import ExitStack, closing
from dataclasses import replace

from curator_adapters.redis.connection import connect
from curator_adapters.redis.progress import RedisProgress
from curator_core.use_cases.states import state_of
from curator_web.app import create_app
from curator_web.live import Live
from tests.builders import an_item
from tests.services import RedisAddress, running_redis
from tests.web.house import CONFIG, QUICK, WebHouse, connected, serving, until


def test_what_another_process_announces_arrives_at_once(redis_address: RedisAddress) -> None:
    house = WebHouse()
    batch = house.a_batch()
    house.add(batch, *(an_item(str(number)) for number in range(20)))
    uploads = [upload.id for upload in house.uploads(batch)]
    with ExitStack() as open_:
        web_side, worker_side = (
            RedisProgress(open_.enter_context(closing(connect(redis_address.url, "web-live:"))))
            for _ in range(2)
        )
        web = create_app(house.app, web_side, replace(CONFIG, rhythm=replace(QUICK, poll=60)))
        port, _ = open_.enter_context(serving(web))
        client = open_.enter_context(connected(house, port))
        live: Live = web.state.live
        until(lambda: live.is_listening)
        client.subscribe(batch.id)
        delays = []
        for upload in uploads:
            house.starts(upload, announced=False)
            began = time.monotonic()
            worker_side.announce([state_of(house.upload(upload))])
            client.until(upload, "in_progress")
            delays.append(time.monotonic() - began)
    assert sorted(delays)[len(delays) // 2] < 0.1


def test_a_redis_that_dies_is_made_up_for_by_the_database() -> None:
    house = WebHouse()
    batch = house.a_batch()
    house.add(batch, an_item("1"))
    (upload,) = (upload.id for upload in house.uploads(batch))
    with ExitStack() as open_:
        with running_redis() as address:
            progress = RedisProgress(open_.enter_context(closing(connect(address.url, "dies:"))))
            web = create_app(house.app, progress, replace(CONFIG, rhythm=QUICK))
            live: Live = web.state.live
            port, _ = open_.enter_context(serving(web))
            client = open_.enter_context(connected(house, port))
            until(lambda: live.is_listening)
            client.subscribe(batch.id)
        house.starts(upload, announced=False)
        client.until(upload, "in_progress")
        until(lambda: not live.is_listening)
        house.completes(upload, announced=False)
        client.until(upload, "completed")
        assert client.expect("UPLOADS_COMPLETE") == batch.id
