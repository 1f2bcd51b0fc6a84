"""What Celery's messages hold, where they lie, and what happens when the broker goes."""

import base64
import json
import secrets
import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery
from redis import Redis

from curator_adapters.queue.celery_app import QUEUE, make_celery
from curator_adapters.queue.upload_queue import CeleryQueue
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UploadId
from tests.contracts.redis_server import reached
from tests.services import RedisAddress, running_redis

IDS = [UploadId(number) for number in range(1, 31)]


@pytest.fixture
def client(redis_address: RedisAddress) -> Iterator[Redis]:
    with redis_address.client() as client:
        yield client


@pytest.fixture
def prefix() -> str:
    return f"test:{secrets.token_hex(8)}:"


@pytest.fixture
def app(redis_address: RedisAddress, prefix: str) -> Celery:
    return make_celery(redis_address.url, prefix)


def test_a_message_holds_the_id_and_nothing_else_of_the_upload(
    app: Celery, client: Redis, prefix: str
) -> None:
    (message_id,) = CeleryQueue(app).send([UploadId(4711)])

    (raw,) = client.lrange(f"{prefix}{QUEUE}", 0, -1)
    message = json.loads(raw)
    arguments, named, embedded = json.loads(base64.b64decode(message["body"]))
    assert (message["headers"]["task"], message["headers"]["id"]) == (
        "curator.process_upload",
        message_id,
    )
    assert (arguments, named) == ([4711], {})
    assert not any(embedded.values())


def test_no_message_waits(app: Celery, client: Redis, prefix: str) -> None:
    CeleryQueue(app).send([UploadId(4711)])

    (raw,) = client.lrange(f"{prefix}{QUEUE}", 0, -1)
    assert (json.loads(raw)["headers"]["eta"], json.loads(raw)["headers"]["expires"]) == (None,) * 2


def test_every_key_begins_with_the_secret_prefix() -> None:
    with running_redis() as address, address.client() as alone:
        queue = CeleryQueue(make_celery(address.url, "secret:"))
        queue.send(IDS)
        queue.wake()

        keys = list(alone.scan_iter("*"))

    assert keys
    assert all(key.startswith(b"secret:") for key in keys)


@pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")
def test_a_result_would_lie_under_the_prefix_too(app: Celery, client: Redis, prefix: str) -> None:
    app.backend.store_result("some-task", 1, "SUCCESS")

    assert client.exists(f"{prefix}celery-task-meta-some-task")


def test_sending_waits_for_no_result(app: Celery, client: Redis) -> None:
    before = len(client.pubsub_channels())

    CeleryQueue(app).send(IDS)

    assert len(client.pubsub_channels()) == before


def test_two_prefixes_are_two_queues(redis_address: RedisAddress, client: Redis) -> None:
    one, other = reached(redis_address), reached(redis_address)

    CeleryQueue(make_celery(redis_address.url, one.prefix)).send(IDS)

    assert client.llen(f"{one.prefix}{QUEUE}") == len(IDS)
    assert client.llen(f"{other.prefix}{QUEUE}") == 0


def test_a_silent_broker_is_known_as_down_within_3_s() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        queue = CeleryQueue(make_celery(f"redis://127.0.0.1:{port}/0", "test:"))
        before = time.monotonic()

        with pytest.raises(ServiceDown):
            queue.send(IDS)

        assert time.monotonic() - before < 3


def test_a_broker_that_went_away_is_told_each_time_and_never_with_its_password() -> None:
    with running_redis() as address:
        with address.client() as client:
            client.config_set("requirepass", "correct-horse")
        place = f"{address.host}:{address.port}"
        queue = CeleryQueue(make_celery(f"redis://:correct-horse@{place}/0", "test:"))
        queue.send(IDS)

    for _ in range(3):
        with pytest.raises(ServiceDown, match=str(address.port)) as refusal:
            queue.send(IDS)
        assert "correct-horse" not in str(refusal.value)


def test_the_next_message_after_a_lost_connection_arrives(
    app: Celery, client: Redis, prefix: str
) -> None:
    queue = CeleryQueue(app)
    queue.send([UploadId(1)])
    # What a restarted broker does to all who were connected: with this test's own connection kept.
    client.client_kill_filter(_type="normal", skipme=True)

    queue.send([UploadId(2)])

    assert client.llen(f"{prefix}{QUEUE}") == 2


def test_only_json_is_read(app: Celery) -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_a_task_is_kept_until_it_is_done_and_taken_one_at_a_time(app: Celery) -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
