"""Each user's next free slot, in Redis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_adapters.redis.connection import RedisConnection
from curator_core.domain.ids import UserId
from curator_core.domain.pace import Pace

_MICROSECOND = timedelta(microseconds=1)

# Reckons in whole microseconds, which a Lua number holds exactly until the year 2255. The key is
# the existing deployment's: a Unix time in seconds, without expiry, in the past for "now".
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local free = (tonumber(redis.call('GET', KEYS[1]) or '0') or 0) * 1000000
local first = now
if free > now and free < math.huge then
    first = math.floor(free + 0.5)
end
local free_then = first + ARGV[1] * ARGV[2]
redis.call('SET', KEYS[1], string.format('%d.%06d', free_then / 1000000, free_then % 1000000))
return string.format('%.0f', first - now)
"""

_RESTART = """
local time = redis.call('TIME')
local free = time[1] * 1000000 + time[2] + ARGV[1]
redis.call('SET', KEYS[1], string.format('%d.%06d', free / 1000000, free % 1000000))
"""


@dataclass(frozen=True, slots=True)
class RedisSlots:
    """`Slots` for all processes that share a Redis, by that Redis's clock."""

    connection: RedisConnection

    def reserve(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        if count < 1 or not pace.interval:
            return (timedelta(0),) * count
        key = self._slot_key(user_id)
        with self.connection.talking() as client:
            wait = client.eval(_RESERVE, 1, key, count, pace.interval // _MICROSECOND)
        first = timedelta(microseconds=int(wait))
        return tuple(first + pace.interval * place for place in range(count))

    def restart(self, user_id: UserId, wait: timedelta) -> None:
        with self.connection.talking() as client:
            client.eval(_RESTART, 1, self._slot_key(user_id), wait // _MICROSECOND)

    def remember_pace(self, user_id: UserId, pace: Pace, at_most: timedelta) -> Pace | None:
        milliseconds = max(at_most // timedelta(milliseconds=1), 1)
        with self.connection.talking() as client:
            former = client.set(
                self._pace_key(user_id), pace.interval // _MICROSECOND, px=milliseconds, get=True
            )
        return _pace_of(former)

    def remembered_pace(self, user_id: UserId) -> Pace | None:
        with self.connection.talking() as client:
            return _pace_of(client.get(self._pace_key(user_id)))

    def _slot_key(self, user_id: UserId) -> str:
        return self.connection.name("ratelimit", user_id, "next_available")

    def _pace_key(self, user_id: UserId) -> str:
        return self.connection.name("ratelimit", user_id, "pace_microseconds")


def _pace_of(kept: object) -> Pace | None:
    if not isinstance(kept, bytes) or not kept.isdigit():
        return None
    return Pace(interval=timedelta(microseconds=int(kept)))
