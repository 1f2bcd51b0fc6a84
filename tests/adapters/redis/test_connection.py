"""How Redis is reached, and how its absence is told."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from redis import Redis

from curator_adapters.redis.connection import connect
from curator_core.domain.errors import ServiceDown
from tests.contracts.redis_server import reached, unreachable
from tests.services import RedisAddress

PASSWORD = "correct-horse-battery"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def with_password(redis_address: RedisAddress) -> Iterator[Redis]:
    """The server, which asks for a password while the test runs."""
    with redis_address.client() as client:
        client.ping()
        client.config_set("requirepass", PASSWORD)
        try:
            yield client
        finally:
            client.config_set("requirepass", "")


def test_the_password_is_used(with_password: Redis, redis_address: RedisAddress) -> None:
    place = f"{redis_address.host}:{redis_address.port}"

    connect(f"redis://:{PASSWORD}@{place}/0", "test:").check()


def test_a_wrong_password_is_told_without_showing_it(
    with_password: Redis, redis_address: RedisAddress
) -> None:
    place = f"{redis_address.host}:{redis_address.port}"

    with pytest.raises(ServiceDown) as refusal:
        connect(f"redis://:{PASSWORD}-not@{place}/0", "test:").check()

    assert place in str(refusal.value)
    assert PASSWORD not in f"{refusal.value} {refusal.value.__cause__}"


def test_a_server_that_does_not_answer_is_known_as_down_within_3_s(silent_port: int) -> None:
    before = time.monotonic()

    with pytest.raises(ServiceDown, match=str(silent_port)):
        connect(f"redis://127.0.0.1:{silent_port}/0", "test:").check()

    assert time.monotonic() - before < 3


def test_a_command_whose_answer_is_lost_is_not_sent_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        asked: list[bytes] = []

        def hang_up_when_asked() -> None:
            with suppress(TimeoutError):
                while True:
                    visitor, _ = server.accept()
                    with visitor:
                        asked.append(visitor.recv(10_000))

        listener = threading.Thread(target=hang_up_when_asked)
        listener.start()
        connection = connect(f"redis://127.0.0.1:{server.getsockname()[1]}/0", "test:")
        with pytest.raises(ServiceDown), connection.talking() as client:
            client.incr("slots")
        listener.join()

    assert len(asked) == 1


def test_an_unknown_host_is_told_by_its_name() -> None:
    with pytest.raises(ServiceDown, match=r"no-such-host\.invalid"):
        connect("redis://no-such-host.invalid:6379/0", "test:").check()


def test_a_connection_that_the_server_closed_is_opened_anew(redis_address: RedisAddress) -> None:
    connection = reached(redis_address)
    number = connection.client.client_id()
    with redis_address.client() as other:
        other.client_kill_filter(_id=str(number))

    connection.check()

    assert connection.client.client_id() != number


def test_what_fails_for_another_reason_is_told_as_the_services_fault(
    redis_address: RedisAddress,
) -> None:
    connection = reached(redis_address)
    connection.client.set(connection.name("text"), "not a list")

    with pytest.raises(ServiceDown, match="wrong kind of value"), connection.talking() as client:
        client.lpush(connection.name("text"), 1)


def test_names_begin_with_the_secret_prefix_which_no_repr_shows() -> None:
    prefix = f"{secrets.token_hex(8)}:"
    connection = connect(f"redis://:{PASSWORD}@127.0.0.1:6379/0", prefix)

    assert connection.name("ratelimit", "4", "next_available") == (
        f"{prefix}ratelimit:4:next_available"
    )
    assert prefix not in repr(connection)
    assert PASSWORD not in repr(connection)


def test_an_unreachable_server_is_told_by_its_place() -> None:
    connection = unreachable()

    with pytest.raises(ServiceDown) as refusal:
        connection.check()

    assert connection.place in refusal.value.detail
    assert refusal.value.service == "Redis"
