"""What an attempt notes of itself, until it is written with the next thing that is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from curator_core.domain.catalogue import sentence_for
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.history import Event, EventKind, ended, steps_between
from curator_core.domain.ids import UploadId
from curator_core.domain.retry import Step
from curator_core.domain.upload import Upload
from curator_core.ports.clock import Clock
from curator_core.ports.work import Begin, Work

_MOST_FAULTS = 50
"""Between two writes. What comes on top repeats what came before, as a rule."""

_QUEUING = frozenset({FaultKind.TURN_TAKEN, FaultKind.TOO_SOON, FaultKind.DISK_SHARED})
"""What is asked again many times a minute, until it is our turn: told once."""


class Diary:
    """Costs nothing until it is written, and is lost with the process that keeps it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[Event] = []
        self._note(EventKind.ATTEMPT, "A worker took it on.")

    def got_further(self, before: Checkpoint, after: Checkpoint) -> None:
        """Steps were done."""
        for step in steps_between(before, after):
            self._note(EventKind.STEP, step)

    def met(self, step: Step, fault: Fault, wait: timedelta | None) -> None:
        """Something went wrong, and is tried again after `wait`; None where it is not."""
        if len(self._events) >= _MOST_FAULTS:
            return
        # Where nobody outside said anything, our own words.
        what = fault.detail if fault.code or fault.info else sentence_for(step, fault)
        last = self._events[-1].what if self._events else ""
        if fault.kind in _QUEUING and what == last:
            return
        code = fault.code or fault.kind.value
        at = self._clock.now()
        until = None if wait is None else at + wait
        self._events.append(
            Event(at=at, kind=EventKind.FAULT, what=what, step=step.value, code=code, until=until)
        )

    def put_down(self, upload: Upload, why: str = "") -> None:
        """The attempt is over: `upload` has ended, or waits, and why that."""
        if upload.status.is_final:
            end = ended(upload)
            self._note(end.kind, end.what, code=end.code)
        else:
            self._note(EventKind.WAIT, f"Waits: {why.rstrip('.')}.", until=upload.not_before)

    @contextmanager
    def stored_with(self, begin: Begin, upload_id: UploadId) -> Iterator[Work]:
        """A unit of work that stores what was noted by its end. Where nothing comes of it, what
        was noted before waits for the next, and what was noted in it did not happen."""
        before = list(self._events)
        try:
            with begin() as work:
                yield work
                if self._events:
                    work.history.note({upload_id: self._events})
        except BaseException:
            self._events = before
            raise
        self._events = []

    def _note(
        self,
        kind: EventKind,
        what: str,
        *,
        code: str | None = None,
        until: datetime | None = None,
    ) -> None:
        at = self._clock.now()
        self._events.append(Event(at=at, kind=kind, what=what, code=code, until=until))


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


def note_fault(step: Step, fault: Fault, wait: timedelta | None = None) -> None:
    """A fault was met, and is tried again after `wait`; None where it is not. Where nobody keeps a
    diary, nothing happens."""
    diary = _open.get()
    if diary is not None:
        diary.met(step, fault, wait)
