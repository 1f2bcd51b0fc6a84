"""Breakers at work, in the database that all workers share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from curator_core.domain.breaker import Evidence, Gate
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Upload


class Gates(Protocol):
    """All gates that are closed, or have been struck. Times are the database's own."""

    def strike(self, kind: FaultKind, upload: Upload, reason: str) -> Gate:
        """One more upload met `kind`, which has a breaker; answers its gate as it is then.

        Strikes of one upload in a row count once. The gate closes when they are enough. Where
        this upload was probing it, the next probe is farther off than the last one was.
        """
        ...

    def prove(self, upload: Upload, evidence: Collection[Evidence]) -> tuple[Gate, ...]:
        """What this upload showed to be working: strikes against that which has not closed a gate
        are forgotten, and gates that this upload probes are opened. Answers those opened."""
        ...

    def leave(self, upload_id: UploadId) -> None:
        """This upload probes nothing any more: another one may at once, where it proved nothing
        and struck nothing."""
        ...

    def barring(self, upload: Upload) -> Gate | None:
        """A closed gate that this upload has to wait behind, or None."""
        ...

    def probed_by(self, upload_id: UploadId) -> tuple[Gate, ...]:
        """The closed gates that this upload is let through to probe."""
        ...

    def take_probes(self, resend: timedelta) -> tuple[UploadId, ...]:
        """Due uploads that are let through closed gates to probe them, each marked as sent for
        `resend`, as `Uploads.take_due` does; one for each gate whose time has come, however many
        ask at once."""
        ...

    def all(self) -> tuple[Gate, ...]:
        """Every gate, closed or struck, by name."""
        ...
