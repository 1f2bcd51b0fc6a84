"""Tells everybody who watches that uploads changed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from curator_core.domain.ids import BatchId
from curator_core.ports.reports import UploadState


@dataclass(frozen=True, slots=True)
class BatchTouched:
    """A batch came to be, or waits or goes on; nothing was said of its uploads."""

    batch_id: BatchId


class Changes(Protocol):
    """A subscription."""

    def next(self, at_most: timedelta) -> UploadState | BatchTouched | None:
        """The next change, or None when none came in `at_most`. Raises `ServiceDown` where
        changes may have been missed: subscribe again and read everything anew."""
        ...


class Progress(Protocol):
    """Broadcasts changes to all processes; nothing is kept for who does not listen."""

    def announce(self, changes: Sequence[UploadState]) -> None:
        """Sends `changes` in order. Never raises: whoever watches reads the database as well."""
        ...

    def touch(self, batch_id: BatchId) -> None:
        """Says that a batch itself changed. Never raises either."""
        ...

    def listen(self) -> AbstractContextManager[Changes]:
        """Everything announced from now on, whoever's batch it is. Raises `ServiceDown`.

        The subscription is in force when the block is entered.
        """
        ...
