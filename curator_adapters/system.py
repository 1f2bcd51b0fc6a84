"""Time and chance of the operating system."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from curator_core.domain.ids import EditGroupId, LeaseToken

_log = structlog.get_logger()


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, how_long: timedelta) -> None:
        time.sleep(max(how_long.total_seconds(), 0))


class SystemChance:
    """The operating system's source of secrets."""

    def lease_token(self) -> LeaseToken:
        return LeaseToken(secrets.token_hex(16))

    def edit_group_id(self) -> EditGroupId:
        return EditGroupId(secrets.token_hex(6))


class ThreadHeartbeat:
    """Beats in a thread of its own, the first time after one interval."""

    @contextmanager
    def during(self, beat: Callable[[], bool], every: timedelta) -> Iterator[None]:
        over = threading.Event()

        def beats() -> None:
            while not over.wait(every.total_seconds()):
                if not _goes_on(beat):
                    return

        # A daemon, so that a process whose main thread died does not linger.
        thread = threading.Thread(target=beats, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _goes_on(beat: Callable[[], bool]) -> bool:
    try:
        return beat()
    except Exception:  # noqa: BLE001 - the thread's outermost edge: nobody else would see it
        _log.exception("a heartbeat failed")
        return True
