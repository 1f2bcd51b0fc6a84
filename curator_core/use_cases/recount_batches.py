"""Batches that do not count their uploads right are put right, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.ids import BatchId
from curator_core.ports.work import Begin, Recounted


@dataclass(frozen=True, slots=True, kw_only=True)
class RecountBatches:
    """- All batches get their turn, by id, `at_once` of them in a call.
    - Any number may do this at once, while uploads go on.
    """

    begin: Begin
    at_once: int = 200

    def __call__(self, after: BatchId | None = None) -> Recounted:
        """The batches that follow `after`; from the first again where none does. Raises
        `ServiceDown`."""
        with self.begin() as work:
            return work.batches.recount(after, self.at_once)
