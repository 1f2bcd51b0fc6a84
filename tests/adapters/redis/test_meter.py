"""When the Redis meter tells, and what becomes of it while Redis is away."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis import Redis

from curator_adapters.redis.connection import RedisConnection
from curator_adapters.redis.meter import RedisMeter
from curator_core.domain.errors import ServiceDown
from curator_core.ports.meter import Counted, Figure
from tests.contracts.redis_server import reached, unreachable
from tests.services import RedisAddress

THREE = (Counted(figure=Figure.RESCUED, count=3),)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.001)


def test_what_was_counted_is_told_after_a_while_by_itself(redis_address: RedisAddress) -> None:
    connection = reached(redis_address)
    meter = RedisMeter(connection, every=0.01)
    meter.count(Figure.RESCUED, by=2)
    until(lambda: bool(RedisMeter(connection).counted()))
    meter.count(Figure.RESCUED)
    until(lambda: RedisMeter(connection).counted() == THREE)
    meter.close()


def test_the_rest_is_told_at_the_end(redis_address: RedisAddress) -> None:
    connection = reached(redis_address)
    meter = RedisMeter(connection, every=3600)
    meter.count(Figure.RESCUED, by=3)
    assert meter.counted() == ()
    meter.close()
    assert meter.counted() == THREE


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted(RedisConnection):
    """A connection that is broken while `is_down`."""

    is_down: list[bool]

    @contextmanager
    def talking(self) -> Iterator[Redis]:
        if self.is_down[-1]:
            raise ServiceDown("Redis", "broken for a while")
        yield self.client


def test_what_is_counted_while_redis_is_away_is_told_afterwards(
    redis_address: RedisAddress,
) -> None:
    real, is_down = reached(redis_address), [True]
    connection = Interrupted(
        client=real.client, prefix=real.prefix, place=real.place, is_down=is_down
    )
    meter = RedisMeter(connection, every=3600)
    meter.count(Figure.RESCUED)
    meter.tell()
    meter.count(Figure.RESCUED, by=2)
    meter.tell()
    is_down.append(False)
    assert meter.counted() == ()
    meter.tell()
    meter.tell()
    assert meter.counted() == THREE


def test_an_absent_redis_keeps_nobody_waiting() -> None:
    meter = RedisMeter(unreachable(), every=0.001)
    began = time.monotonic()
    for _ in range(1000):
        meter.count(Figure.RESCUED)
    assert time.monotonic() - began < 1
    meter.close()


def test_what_another_release_counts_is_passed_over(redis_address: RedisAddress) -> None:
    connection = reached(redis_address)
    meter = RedisMeter(connection, every=3600)
    meter.count(Figure.RESCUED, by=3)
    meter.close()
    key = connection.name("figures")
    for name in (json.dumps(["of_the_future", {}]), "nonsense", "[]"):
        connection.client.hset(key, name, 1)
    assert meter.counted() == THREE
