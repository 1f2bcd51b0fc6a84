"""What an attempt notes of itself, until it is written with the next thing that is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from curator_core.domain.fault import Fault
from curator_core.domain.history import Event, EventKind
from curator_core.domain.ids import UploadId
from curator_core.domain.retry import Step
from curator_core.ports.clock import Clock
from curator_core.ports.work import Work

_MOST = 50
"""Between two writes. What comes on top repeats what came before, as a rule."""


class Diary:
    """Costs nothing until it is written, and is lost with the process that keeps it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[Event] = []

    def note(
        self,
        kind: EventKind,
        what: str,
        *,
        step: str | None = None,
        code: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Something happened just now."""
        if len(self._events) < _MOST or kind in (EventKind.WAIT, EventKind.ENDED):
            at = self._clock.now()
            self._events.append(
                Event(at=at, kind=kind, what=what, step=step, code=code, until=until)
            )

    def write(self, work: Work, upload_id: UploadId) -> None:
        """Stores what was noted, with what else is stored."""
        if self._events:
            work.history.note(upload_id, self._events)
            self._events = []


_open: ContextVar[Diary | None] = ContextVar("open diary", default=None)
"""Where the interpreter of the retry table, which knows no uploads, notes what it met."""


@contextmanager
def open_diary(diary: Diary) -> Iterator[None]:
    """Until the block ends, what goes wrong in this thread is noted there."""
    before = _open.set(diary)
    try:
        yield
    finally:
        _open.reset(before)


def note_fault(step: Step, fault: Fault) -> None:
    """A fault was met; what stands at a closed gate or waits for its turn is told as a wait."""
    diary = _open.get()
    if diary is not None:
        diary.note(EventKind.FAULT, fault.detail, step=step.value, code=fault.code or fault.kind)
