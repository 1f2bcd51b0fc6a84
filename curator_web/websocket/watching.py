"""Tells one connection of one batch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import anyio
from anyio import to_thread

from curator_core.domain.ids import BatchId
from curator_core.ports.reports import UploadState
from curator_web.batch_lists import ListNews, WhichBatches
from curator_web.errors import sentence_for_outage
from curator_web.live import Live
from curator_web.protocol.mapping import batch_item, update_item
from curator_web.protocol.server import (
    BatchesData,
    BatchesList,
    Error,
    Subscribed,
    UploadsComplete,
    UploadsUpdate,
)
from curator_web.subscription import News
from curator_web.websocket.answers.desk import no_such_batch

_WORTH_A_THREAD = 200
"""Lists from this length on are made beside the event loop."""

Send = Callable[[str], Awaitable[None]]


class Updates:
    """Sends a connection's updates, of its batch and its list alike: the first at once, further
    ones at least `frame_seconds` apart."""

    def __init__(self, send: Send, frame_seconds: float) -> None:
        self._send = send
        self._frame_seconds = frame_seconds
        self._turn = anyio.Lock()
        self._next = 0.0

    async def tell(self, text: str) -> None:
        """Something else than an update: it waits for nothing."""
        await self._send(text)

    async def update(self, text: str) -> None:
        """Waits for its turn."""
        async with self._turn:
            await anyio.sleep_until(self._next)
            self._next = anyio.current_time() + self._frame_seconds
            await self._send(text)

    async def rest(self) -> None:
        """Until the next update may be sent: what comes meanwhile goes together."""
        await anyio.sleep_until(self._next)


async def watch(live: Live, batch_id: BatchId, updates: Updates) -> None:
    """Sends the whole list, then what changed, together. Ends where there is no such batch."""
    with live.subscription(batch_id) as subscription:
        # What was told is not held until there is more: it may be a long list.
        while await _tell(batch_id, await subscription.news(), updates):
            await updates.rest()


async def watch_list(live: Live, which: WhichBatches, updates: Updates) -> None:
    """Sends the newest batches, then those that change and how many there are, as `watch` does."""
    told: int | None = None
    with live.lists.subscription(which) as subscription:
        while True:
            news = await subscription.news()
            if news.outage is not None:
                await updates.tell(Error(data=sentence_for_outage(news.outage)).frame())
            if news.begins or news.batches or told not in (None, news.total):
                told = news.total
                make = partial(_list, news)
                large = len(news.batches) >= _WORTH_A_THREAD
                text = await to_thread.run_sync(make) if large else make()
                # The first page is an answer, not an update: it waits for nothing.
                await (updates.tell if news.begins else updates.update)(text)
            await updates.rest()


def _list(news: ListNews) -> str:
    items = tuple(batch_item(each) for each in news.batches)
    data = BatchesData(items=items, total=news.total)
    return BatchesList(data=data, partial=not news.begins).frame()


async def _tell(batch_id: BatchId, news: News, updates: Updates) -> bool:
    """Whether more may follow."""
    if news.is_missing:
        await updates.tell(Error(data=no_such_batch(batch_id)).frame())
        return False
    if news.outage is not None:
        await updates.tell(Error(data=sentence_for_outage(news.outage)).frame())
    if news.begins:
        await updates.tell(Subscribed(data=batch_id).frame())
    if news.begins or news.states:
        make = partial(_update, news.states)
        large = len(news.states) >= _WORTH_A_THREAD
        text = await to_thread.run_sync(make) if large else make()
        await (updates.tell if news.begins else updates.update)(text)
    if news.is_complete:
        await updates.tell(UploadsComplete(data=batch_id).frame())
    return True


def _update(states: tuple[UploadState, ...]) -> str:
    return UploadsUpdate(data=tuple(update_item(state) for state in states)).frame()
