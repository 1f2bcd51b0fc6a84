"""What Redis holds of locks and slots, and what happens when it is lost on the way."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from curator_adapters.redis.connection import RedisConnection, connect
from curator_adapters.redis.locks import RedisLocks
from curator_adapters.redis.progress import RedisProgress
from curator_adapters.redis.progress_json import decoded, encoded
from curator_adapters.redis.slots import RedisSlots
from curator_core.domain.errors import LockLost, ServiceDown
from curator_core.domain.ids import UploadId, UserId
from curator_core.domain.pace import Pace
from tests.contracts.redis_server import reached
from tests.contracts.test_progress import QUEUED, SOON
from tests.services import RedisAddress, running_redis

USER = UserId("4")
PACE = Pace(interval=timedelta(seconds=15))


@pytest.fixture
def connection(redis_address: RedisAddress) -> RedisConnection:
    return reached(redis_address)


def _next_free(connection: RedisConnection) -> float:
    kept = connection.client.get(connection.name("ratelimit", USER, "next_available"))
    assert isinstance(kept, bytes)
    return float(kept)


def test_the_next_free_slot_is_a_unix_time_without_expiry(connection: RedisConnection) -> None:
    before = time.time()

    RedisSlots(connection).reserve(USER, 4, PACE)

    assert before + 59 < _next_free(connection) < time.time() + 61
    assert connection.client.ttl(connection.name("ratelimit", USER, "next_available")) == -1


def test_reserving_moves_the_next_free_slot_by_exactly_what_was_reserved(
    connection: RedisConnection,
) -> None:
    slots = RedisSlots(connection)
    slots.reserve(USER, 1, PACE)
    before = _next_free(connection)

    for _ in range(200):
        slots.reserve(USER, 3, Pace(interval=timedelta(seconds=1, microseconds=1)))

    assert _next_free(connection) - before == pytest.approx(600.0006, abs=1e-6)


def test_a_time_that_the_existing_deployment_left_is_gone_on_from(
    connection: RedisConnection,
) -> None:
    key = connection.name("ratelimit", USER, "next_available")
    connection.client.set(key, repr(time.time() + 3600.25), ex=60)

    (wait,) = RedisSlots(connection).reserve(USER, 1, PACE)

    assert timedelta(seconds=3590) < wait <= timedelta(seconds=3600.25)
    assert connection.client.ttl(key) == -1


@pytest.mark.parametrize("rubbish", ["", "soon", "nan", "inf", "-inf", "-5", "1e400"])
def test_a_time_that_is_none_means_now(connection: RedisConnection, rubbish: str) -> None:
    connection.client.set(connection.name("ratelimit", USER, "next_available"), rubbish)
    slots = RedisSlots(connection)

    assert slots.reserve(USER, 1, PACE) == (timedelta(0),)
    (wait,) = slots.reserve(USER, 1, PACE)
    assert timedelta(0) < wait <= PACE.interval


def test_a_remembered_pace_that_is_none_is_none(connection: RedisConnection) -> None:
    slots = RedisSlots(connection)
    slots.remember_pace(USER, PACE, timedelta(hours=1))
    (key,) = connection.client.scan_iter(f"{connection.prefix}*")
    connection.client.set(key, "slowly")

    assert slots.remembered_pace(USER) is None


def test_a_lock_expires_by_itself(connection: RedisConnection) -> None:
    with RedisLocks(connection).hold("hash", timedelta(seconds=30)):
        left = connection.client.pttl(connection.name("lock", "hash"))

    assert 0 < left <= 30_000


def test_a_lock_that_redis_forgot_cannot_be_renewed(connection: RedisConnection) -> None:
    with RedisLocks(connection).hold("hash", timedelta(seconds=30)) as hold:
        connection.client.delete(connection.name("lock", "hash"))

        with pytest.raises(LockLost):
            hold.renew()


def test_leaving_a_block_whose_redis_is_gone_raises_nothing() -> None:
    with running_redis() as address:
        connection = connect(address.url, "test:")
        hold = RedisLocks(connection).hold("hash", timedelta(seconds=30))
        held = hold.__enter__()
        with address.client() as client:
            client.shutdown(nosave=True)

    with pytest.raises(ServiceDown):
        held.renew()
    assert hold.__exit__(None, None, None) in (None, False)


def test_a_listener_learns_that_redis_is_gone() -> None:
    with running_redis() as address:
        connection = connect(address.url, "test:")
        with RedisProgress(connection).listen() as changes:
            with address.client() as client:
                client.shutdown(nosave=True)

            with pytest.raises(ServiceDown):
                changes.next(SOON)


def test_a_message_that_cannot_be_read_counts_as_a_missed_change(
    connection: RedisConnection,
) -> None:
    with RedisProgress(connection).listen() as changes:
        connection.client.publish(connection.name("progress"), '{"id": 1}')

        with pytest.raises(ServiceDown, match="cannot be read"):
            changes.next(SOON)


def test_many_changes_travel_in_few_messages(connection: RedisConnection) -> None:
    many = [replace(QUEUED, id=UploadId(number)) for number in range(250)]
    progress = RedisProgress(connection)
    with progress.listen() as changes:
        before = connection.client.info("commandstats")["cmdstat_publish"]["calls"]
        progress.announce(many)
        after = connection.client.info("commandstats")["cmdstat_publish"]["calls"]
        assert after - before == 3
        assert [changes.next(SOON) for _ in many] == many


def test_a_message_of_a_newer_release_is_read() -> None:
    newer = json.loads(encoded([QUEUED])) | {"mood": "sunny"}

    assert decoded(json.dumps(newer).encode()) == (QUEUED,)


@pytest.mark.parametrize("message", [b"", b"[]", b"7", b"{}", b"\xff", b'{"id": "x"}', None, 1])
def test_anything_else_is_refused(message: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        decoded(message)


def test_what_is_missing_is_left_out_of_a_message() -> None:
    assert set(json.loads(encoded([replace(QUEUED, success="https://example.org")]))) == {
        "id",
        "batch",
        "status",
        "image",
        "handler",
        "success",
    }
