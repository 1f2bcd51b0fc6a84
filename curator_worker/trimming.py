"""Drops what is too old of the uploads' history, some at a time."""

from __future__ import annotations

import structlog

from curator_core.domain.errors import ServiceDown
from curator_core.use_cases.show_history import TrimHistory

log = structlog.get_logger("curator.history")


class Trimming:
    """Tells how much it was."""

    def __init__(self, trim: TrimHistory) -> None:
        self._trim = trim

    def go(self) -> None:
        """To be called now and then, in one thread."""
        try:
            dropped = self._trim()
        except ServiceDown:
            # Whoever dispatches tells it.
            return
        if dropped:
            log.info("old events dropped", events=dropped)
