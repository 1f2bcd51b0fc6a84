"""Ends uploads, or asks them to end, and keeps that they were asked."""

from __future__ import annotations

from curator_core.domain.history import Event, EventKind
from curator_core.domain.upload import Stop
from curator_core.ports.endings import Selection, Stopped
from curator_core.ports.work import Work


def stop(work: Work, which: Selection, how: Stop) -> Stopped:
    """`Endings.stop`. What ended at once tells that itself."""
    stopped = work.endings.stop(which, how)
    if stopped.asked:
        why = "Somebody cancelled it." if how.failure is None else how.failure.message
        told = f"It is to end at its next safe point: {why}"
        event = Event(at=work.uploads.now(), kind=EventKind.STOP_ASKED, what=told)
        work.history.note({upload_id: [event] for upload_id in stopped.asked})
    return stopped
