"""What happened to an upload."""

from __future__ import annotations

from collections.abc import Iterator

from curator_core.domain.ids import UploadId
from curator_core.use_cases.show_history import Told
from curator_web.protocol.client import FetchUploadHistory
from curator_web.protocol.server import Error, HistoryData, ServerMessage, UploadHistory
from curator_web.protocol.shapes import HistoryEvent
from curator_web.websocket.answers.desk import Desk


def fetch_upload_history(desk: Desk, message: FetchUploadHistory) -> Iterator[ServerMessage]:
    """An upload's story, whoever's it is."""
    told = desk.application.show_history(UploadId(message.data))
    if told is None:
        yield Error(data=f"There is no upload {message.data}.")
        return
    yield UploadHistory(
        data=HistoryData(id=message.data, events=tuple(_event(each) for each in told))
    )


def _event(told: Told) -> HistoryEvent:
    event = told.event
    return HistoryEvent(
        at=event.at,
        attempt=told.attempt,
        kind=event.kind.value,
        what=event.what,
        step=event.step,
        code=event.code,
        until=event.until,
    )
