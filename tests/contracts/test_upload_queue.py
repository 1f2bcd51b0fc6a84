"""What every `UploadQueue` promises."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from curator_adapters.queue.celery_app import DISPATCH, PROCESS_UPLOAD, QUEUE, make_celery
from curator_adapters.queue.upload_queue import CeleryQueue
from curator_adapters.redis.connection import RedisConnection
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UploadId
from curator_core.ports.upload_queue import UploadQueue
from tests.contracts.redis_server import reached, unreachable_address
from tests.fakes.upload_queue import FakeQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A queue, what workers would find in it, and a queue that nobody can reach."""

    queue: UploadQueue
    uploads: Callable[[], list[int]]
    wakes: Callable[[], int]
    unreachable: UploadQueue


@pytest.fixture(params=["fake", "celery"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        fake, down = FakeQueue(), FakeQueue()
        down.down = True
        return Bench(
            queue=fake,
            uploads=lambda: [int(upload) for upload in fake.sent],
            wakes=lambda: fake.wakes,
            unreachable=down,
        )
    address = request.getfixturevalue("redis_address")
    connection = reached(address)
    return Bench(
        queue=CeleryQueue(make_celery(address.url, connection.prefix)),
        uploads=lambda: [
            arguments[0] for task, arguments in _messages(connection) if task == PROCESS_UPLOAD
        ],
        wakes=lambda: len([task for task, _ in _messages(connection) if task == DISPATCH]),
        unreachable=CeleryQueue(make_celery(unreachable_address(), "test:")),
    )


def _messages(connection: RedisConnection) -> list[tuple[str, list[int]]]:
    """Task and arguments of all messages that wait, the oldest first."""
    waiting = connection.client.lrange(connection.name(QUEUE), 0, -1)
    messages = [json.loads(message) for message in reversed(waiting)]
    return [
        (message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[0])
        for message in messages
    ]


def test_each_upload_is_sent_in_order(bench: Bench) -> None:
    bench.queue.send([UploadId(3), UploadId(1), UploadId(2)])

    assert bench.uploads() == [3, 1, 2]


def test_each_message_has_an_id_of_its_own(bench: Bench) -> None:
    ids = bench.queue.send([UploadId(number) for number in range(1, 101)])

    assert len(ids) == len(set(ids)) == 100
    assert all(ids)


def test_the_same_upload_may_be_sent_again(bench: Bench) -> None:
    bench.queue.send([UploadId(5)])
    bench.queue.send([UploadId(5)])

    assert bench.uploads() == [5, 5]


def test_sending_nothing_sends_nothing(bench: Bench) -> None:
    assert bench.queue.send([]) == ()
    assert bench.uploads() == []


def test_a_wake_up_call_names_no_upload(bench: Bench) -> None:
    bench.queue.wake()

    assert bench.wakes() == 1
    assert bench.uploads() == []


def test_a_thousand_are_sent_in_one_go(bench: Bench) -> None:
    many = [UploadId(number) for number in range(1, 1001)]

    bench.queue.send(many)

    assert bench.uploads() == many


def test_a_queue_that_cannot_be_reached_says_so_within_3_s(bench: Bench) -> None:
    before = time.monotonic()

    with pytest.raises(ServiceDown, match="queue"):
        bench.unreachable.send([UploadId(1)])

    assert time.monotonic() - before < 3


def test_a_queue_that_cannot_be_woken_says_so_within_3_s(bench: Bench) -> None:
    before = time.monotonic()

    with pytest.raises(ServiceDown, match="queue"):
        bench.unreachable.wake()

    assert time.monotonic() - before < 3
