"""The recovery mark, in Redis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_adapters.redis.connection import RedisConnection


@dataclass(frozen=True, slots=True)
class RedisRecoveryMark:
    """`RecoveryMark` for all processes that share a Redis; its key has no expiry once it is
    kept."""

    connection: RedisConnection

    def take(self, at_most: timedelta) -> bool:
        milliseconds = max(at_most // timedelta(milliseconds=1), 1)
        with self.connection.talking() as client:
            return bool(client.set(self._key, 1, nx=True, px=milliseconds))

    def keep(self) -> None:
        with self.connection.talking() as client:
            client.set(self._key, 1)

    def drop(self) -> None:
        with self.connection.talking() as client:
            client.delete(self._key)

    @property
    def _key(self) -> str:
        return self.connection.name("curator", "started")
