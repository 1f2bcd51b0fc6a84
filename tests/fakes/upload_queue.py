"""A queue that keeps what it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UploadId


class FakeQueue:
    """`sent` holds ids in order, `wakes` counts wake-up calls; `down = True` refuses both."""

    def __init__(self) -> None:
        self.sent: list[UploadId] = []
        self.wakes = 0
        self.down = False
        self._numbers = count(1)

    def send(self, uploads: Sequence[UploadId]) -> tuple[str, ...]:
        if not uploads:
            return ()
        self._refuse_if_down()
        self.sent.extend(uploads)
        return tuple(f"message-{next(self._numbers)}" for _ in uploads)

    def wake(self) -> None:
        self._refuse_if_down()
        self.wakes += 1

    def take(self) -> tuple[UploadId, ...]:
        """Everything that was sent and not taken yet, as workers would."""
        taken = tuple(self.sent)
        self.sent.clear()
        return taken

    def _refuse_if_down(self) -> None:
        if self.down:
            raise ServiceDown("queue", "the fake is down")
