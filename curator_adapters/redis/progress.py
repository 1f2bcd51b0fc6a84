"""Changes of uploads, by Redis's publish and subscribe."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from redis.client import PubSub

from curator_adapters.redis.connection import ANSWER_SECONDS, RedisConnection
from curator_adapters.redis.progress_json import decoded, encoded, encoded_touch
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_core.ports.progress import BatchTouched
from curator_core.ports.reports import UploadState

_log = structlog.get_logger()

_IN_ONE_MESSAGE = 100
"""Changes."""


@dataclass(slots=True)
class RedisChanges:
    """One subscription. Once it may have missed something it answers nothing any more."""

    connection: RedisConnection
    subscription: PubSub = field(repr=False)
    is_whole: bool = True
    _waiting: deque[UploadState | BatchTouched] = field(default_factory=deque)

    def next(self, at_most: timedelta) -> UploadState | BatchTouched | None:
        if not self.is_whole:
            raise self._broken("the subscription was interrupted before")
        try:
            return self._next(at_most.total_seconds())
        except ServiceDown:
            self.is_whole = False
            raise

    def confirm(self) -> None:
        """Waits until the server says that the subscription is in force."""
        message = self._message(ANSWER_SECONDS)
        if message is None or message["type"] != "subscribe":
            raise self._broken("it does not confirm a subscription")

    def _next(self, seconds: float) -> UploadState | BatchTouched | None:
        if self._waiting:
            return self._waiting.popleft()
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            message = self._message(max(left, 0))
            if message is not None:
                return self._change(message)
            # A sign of life of the connection ends a wait early, without a message.
            if left <= 0:
                return None

    def _message(self, seconds: float) -> dict[str, object] | None:
        with self.connection.talking():
            message: dict[str, object] | None = self.subscription.get_message(timeout=seconds)
        return message

    def _change(self, message: dict[str, object]) -> UploadState | BatchTouched:
        # The library opens a lost connection anew by itself, which shows as a second
        # confirmation: what was announced in between is gone.
        if message["type"] != "message":
            raise self._broken("the subscription was interrupted")
        try:
            first, *others = decoded(message["data"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._broken("a change came in that cannot be read") from error
        self._waiting.extend(others)
        return first

    def _broken(self, reason: str) -> ServiceDown:
        return ServiceDown("Redis", f"{self.connection.place}: {reason}")


@dataclass(frozen=True, slots=True)
class RedisProgress:
    """`Progress` for all processes that share a Redis; one channel for all batches."""

    connection: RedisConnection

    def announce(self, changes: Sequence[UploadState]) -> None:
        if not changes:
            return
        try:
            with self.connection.talking() as client:
                pipeline = client.pipeline(transaction=False)
                for begin in range(0, len(changes), _IN_ONE_MESSAGE):
                    some = changes[begin : begin + _IN_ONE_MESSAGE]
                    pipeline.publish(self._channel, encoded(some))
                pipeline.execute()
        except ServiceDown as error:
            _log.warning("progress not announced", uploads=len(changes), reason=str(error))

    def touch(self, batch_id: BatchId) -> None:
        try:
            with self.connection.talking() as client:
                client.publish(self._channel, encoded_touch(batch_id))
        except ServiceDown as error:
            _log.warning("progress not announced", batch=batch_id, reason=str(error))

    @contextmanager
    def listen(self) -> Iterator[RedisChanges]:
        with self.connection.talking() as client:
            subscription: PubSub = client.pubsub()  # type: ignore[no-untyped-call]
            try:
                subscription.subscribe(self._channel)
            except BaseException:
                subscription.close()
                raise
        try:
            changes = RedisChanges(self.connection, subscription)
            changes.confirm()
            yield changes
        finally:
            subscription.close()

    @property
    def _channel(self) -> str:
        return self.connection.name("progress")
