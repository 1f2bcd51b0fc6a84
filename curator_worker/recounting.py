"""Looks through all batches, some at a time, whether they count their uploads right."""

from __future__ import annotations

import structlog

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_core.use_cases.recount_batches import RecountBatches

log = structlog.get_logger("curator.batches")


class Recounting:
    """Goes on where it stopped, and begins again at the end."""

    def __init__(self, recount: RecountBatches) -> None:
        self._recount = recount
        self.after: BatchId | None = None
        """The last batch that was looked at; None where the first one comes next."""

    def go(self) -> None:
        """To be called now and then, in one thread."""
        try:
            recounted = self._recount(self.after)
        except ServiceDown:
            # Whoever dispatches tells it.
            return
        self.after = recounted.last
        if recounted.wrong:
            log.warning("batches counted anew", batches=list(recounted.wrong))
