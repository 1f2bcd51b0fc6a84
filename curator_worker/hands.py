"""What Celery calls, in whichever process it does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import structlog

from curator_core.domain.errors import ServiceDown
from curator_worker.tasks import Tasks

log = structlog.get_logger("curator.worker")


class Hands:
    """Finds its tasks when the first is to be carried out, so that each forked process has
    connections of its own: SQLite's locks, TLS and sessions of a wiki do not survive a fork.
    """

    def __init__(self, find: Callable[[], Tasks]) -> None:
        self._find = find

    def process_upload(self, upload_id: int) -> None:
        """See `Tasks.process_upload`."""
        self._with_tasks(lambda tasks: tasks.process_upload(upload_id))

    def dispatch(self) -> None:
        """See `Tasks.dispatch`."""
        self._with_tasks(lambda tasks: tasks.dispatch())

    def _with_tasks(self, do: Callable[[Tasks], None]) -> None:
        try:
            tasks = self._tasks
        except ServiceDown as down:
            # The dispatcher sends another message.
            log.warning("nothing can be done", service=down.service, reason=down.detail)
            return
        do(tasks)

    @cached_property
    def _tasks(self) -> Tasks:
        return self._find()
