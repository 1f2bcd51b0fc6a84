"""Wakes workers up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from curator_core.domain.ids import UploadId


class UploadQueue(Protocol):
    """Sends wake-up calls. They carry no truth: a lost or doubled one does no harm."""

    def send(self, uploads: Sequence[UploadId]) -> tuple[str, ...]:
        """Asks some worker to process each; answers each message's id. Raises `ServiceDown`."""
        ...

    def wake(self) -> None:
        """Asks some worker to dispatch what is due, now. Raises `ServiceDown`."""
        ...
