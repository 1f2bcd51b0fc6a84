"""Redis as the contracts need it: reached under a prefix of the test's own, or not at all."""

import secrets
from datetime import timedelta

from curator_adapters.redis.connection import RedisConnection, connect
from tests.services import RedisAddress, free_port


def reached(address: RedisAddress) -> RedisConnection:
    """A connection whose keys nobody else has."""
    return connect(address.url, f"test:{secrets.token_hex(8)}:")


def unreachable_address() -> str:
    """A port where nobody listens."""
    return f"redis://127.0.0.1:{free_port()}/0"


def unreachable() -> RedisConnection:
    """A connection to nobody."""
    return connect(unreachable_address(), "test:")


def let_pass(connection: RedisConnection, duration: timedelta) -> None:
    """Everything kept under the prefix expires `duration` sooner, as if that time had passed."""
    milliseconds = duration // timedelta(milliseconds=1)
    for key in connection.client.scan_iter(f"{connection.prefix}*"):
        left = connection.client.pttl(key)
        if left > milliseconds:
            connection.client.pexpire(key, left - milliseconds)
        elif left >= 0:
            connection.client.delete(key)
