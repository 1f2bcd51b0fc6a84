"""How all Redis adapters reach their server, name their keys and tell of its absence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from curator_core.domain.errors import ServiceDown

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 1.5
"""Both together stay below 3 s: the time in which a dead server is to be known as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisConnection:
    """A pool of connections and the secret prefix of everything that is ours there.

    Safe to share between threads. `place` names the server without its password.
    """

    client: Redis = field(repr=False)
    prefix: str = field(repr=False)
    place: str

    def name(self, *parts: str) -> str:
        """A key's or channel's full name."""
        return self.prefix + ":".join(parts)

    @contextmanager
    def talking(self) -> Iterator[Redis]:
        """The client; whatever fails with it in the block is raised as `ServiceDown`."""
        try:
            yield self.client
        except RedisError as error:
            raise ServiceDown("Redis", f"{self.place}: {error}") from error

    def check(self) -> None:
        """Asks the server for a sign of life. Raises `ServiceDown`."""
        with self.talking() as client:
            client.ping()

    def close(self) -> None:
        """Closes the pooled connections; the next use opens new ones."""
        self.client.close()


def connect(address: str, prefix: str) -> RedisConnection:
    """Prepares connections to `address`; none is opened before it is used.

    `address` is `redis://[:password@]host[:port][/db]`, `rediss://…` or
    `unix://[:password@]/path`.
    """
    client = Redis.from_url(
        address,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_keepalive=True,
        # Where it is not told, the library may repeat a failed command: a slot could be reserved
        # four times, and an absent server would take 10 s to be noticed. A pooled connection
        # that the server closed is found out, and opened anew, before a command is sent.
        retry=Retry(NoBackoff(), 0),
    )
    parts = urlsplit(address)
    place = parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
    return RedisConnection(client=client, prefix=prefix, place=place)
