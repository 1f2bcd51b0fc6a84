"""Locks that know their owner, in Redis."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from curator_adapters.redis.connection import RedisConnection
from curator_core.domain.errors import LockHeld, LockLost, ServiceDown

_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
"""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisHold:
    """One holder's lock: a key that holds the holder's token and expires."""

    connection: RedisConnection
    name: str
    token: str = field(repr=False)
    at_most: timedelta

    def renew(self) -> None:
        with self.connection.talking() as client:
            kept = client.eval(_RENEW, 1, self._key, self.token, _milliseconds(self.at_most))
        if not kept:
            raise LockLost(self.name)

    def take(self) -> None:
        """Takes the lock. Raises `LockHeld` or `ServiceDown`."""
        with self.connection.talking() as client:
            taken = client.set(self._key, self.token, nx=True, px=_milliseconds(self.at_most))
        if not taken:
            raise LockHeld(self.name)

    def release(self) -> None:
        """Frees the lock if it is still this holder's."""
        try:
            with self.connection.talking() as client:
                client.eval(_RELEASE, 1, self._key, self.token)
        except ServiceDown as error:
            # It frees itself; what was done under it is done.
            _log.warning("lock not released", lock=self.name, reason=str(error))

    @property
    def _key(self) -> str:
        return self.connection.name("lock", self.name)


@dataclass(frozen=True, slots=True)
class RedisLocks:
    """`Locks` for all machines that share a Redis."""

    connection: RedisConnection

    @contextmanager
    def hold(self, name: str, at_most: timedelta) -> Iterator[RedisHold]:
        hold = RedisHold(
            connection=self.connection, name=name, token=secrets.token_hex(16), at_most=at_most
        )
        hold.take()
        try:
            yield hold
        finally:
            hold.release()


def _milliseconds(duration: timedelta) -> int:
    return max(duration // timedelta(milliseconds=1), 1)
