"""Counts how uploads end, as it is told to who watches."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from curator_core.domain.ids import BatchId
from curator_core.ports.meter import Figure, Meter
from curator_core.ports.progress import Changes, Progress
from curator_core.ports.reports import UploadState


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedProgress:
    """`Progress`. Every ending is announced once, by whoever stored it."""

    progress: Progress
    meter: Meter

    def announce(self, changes: Sequence[UploadState]) -> None:
        for state in changes:
            if state.status.is_final:
                self.meter.count(
                    Figure.ENDED, {"outcome": state.status.value, "error": _error_class(state)}
                )
        self.progress.announce(changes)

    def touch(self, batch_id: BatchId) -> None:
        self.progress.touch(batch_id)

    def listen(self) -> AbstractContextManager[Changes]:
        return self.progress.listen()


def _error_class(state: UploadState) -> str:
    failure = state.failure
    return "" if failure is None else failure.code or failure.type.value
