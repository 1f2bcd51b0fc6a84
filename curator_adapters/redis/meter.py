"""Sums of what happens in all processes, in a Redis hash."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping

import structlog

from curator_adapters.redis.connection import RedisConnection
from curator_core.domain.errors import ServiceDown
from curator_core.ports.meter import Counted, Figure

_log = structlog.get_logger()

_EVERY_SECONDS = 3.0


class RedisMeter:
    """`Meter` for all processes that share a Redis.

    What is counted is summed up here and added there every few seconds, by a thread that the
    first count starts: a process that forks has counted nothing for its children. While Redis is
    away the sums grow here. An answer that is lost may make what it was about count twice.
    """

    def __init__(self, connection: RedisConnection, *, every: float = _EVERY_SECONDS) -> None:
        self._connection = connection
        self._every = every
        self._sums: Counter[str] = Counter()
        self._changing = threading.Lock()
        self._telling = threading.Lock()
        self._ending = threading.Event()
        self._teller: threading.Thread | None = None

    def count(self, figure: Figure, labels: Mapping[str, str] | None = None, by: int = 1) -> None:
        name = _name(figure, labels or {})
        with self._changing:
            self._sums[name] += by
            if self._teller is None:
                self._teller = threading.Thread(target=self._run, name="meter", daemon=True)
                self._teller.start()

    def counted(self) -> tuple[Counted, ...]:
        with self._connection.talking() as client:
            sums = client.hgetall(self._key)
        return tuple(
            found for name, count in sums.items() if (found := _read(name, count)) is not None
        )

    def tell(self) -> None:
        """Adds what was counted since the last time; what cannot be added is kept."""
        with self._telling:
            with self._changing:
                sums, self._sums = self._sums, Counter()
            if not sums:
                return
            try:
                with self._connection.talking() as client:
                    # All of it, or nothing.
                    pipeline = client.pipeline(transaction=True)
                    for name, count in sums.items():
                        pipeline.hincrby(self._key, name, count)
                    pipeline.execute()
            except ServiceDown as down:
                _log.debug("figures not told", service=down.service, reason=down.detail)
                with self._changing:
                    self._sums += sums

    def close(self) -> None:
        """Tells the rest."""
        self._ending.set()
        self.tell()

    def _run(self) -> None:
        while not self._ending.wait(self._every):
            self.tell()

    @property
    def _key(self) -> str:
        return self._connection.name("figures")


def _name(figure: Figure, labels: Mapping[str, str]) -> str:
    return json.dumps([figure.value, dict(sorted(labels.items()))], separators=(",", ":"))


def _read(name: bytes | str, count: bytes | str) -> Counted | None:
    """None for what only another release knows."""
    try:
        figure, labels = json.loads(name)
        return Counted(figure=Figure(figure), labels=labels, count=int(count))
    except (ValueError, TypeError):
        return None
