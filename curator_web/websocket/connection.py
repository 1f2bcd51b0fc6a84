"""One visitor's connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import anyio
import structlog
from anyio import CapacityLimiter, to_thread
from anyio.abc import TaskGroup
from starlette.websockets import WebSocket, WebSocketDisconnect

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_web.batch_lists import WhichBatches
from curator_web.config import Limits
from curator_web.errors import UNFORESEEN, sentence_for_outage
from curator_web.live import Live
from curator_web.protocol.client import ClientMessage
from curator_web.protocol.parsing import Unusable, parsed
from curator_web.protocol.server import Error, ServerMessage
from curator_web.websocket.allowance import Allowance
from curator_web.websocket.answers.desk import Desk
from curator_web.websocket.dispatch import TABLE, Answered, Lane, Watching, WatchingList
from curator_web.websocket.lanes import LaneOfJobs
from curator_web.websocket.watching import Updates, watch, watch_list

log = structlog.get_logger("curator.web")

_WORTH_A_THREAD = 64 * 1024
"""Frames from this size on are parsed beside the event loop."""


@dataclass(frozen=True, slots=True)
class Threads:
    """How many use cases run at once in this process."""

    own: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(32))
    browsing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(16))


class Connection:
    """Reads frames and sends answers until either side has had enough.

    Whatever a message leads to, the connection outlives it.
    """

    def __init__(
        self,
        websocket: WebSocket,
        desk: Desk,
        live: Live,
        limits: Limits,
        frame_seconds: float,
        threads: Threads,
    ) -> None:
        self._websocket = websocket
        self._desk = desk
        self._live = live
        self._limits = limits
        self._updates = Updates(self._send, frame_seconds)
        self._threads = threads
        self._allowance = Allowance(each_second=limits.messages, at_once=limits.messages_at_once)
        self._sending = anyio.Lock()
        self._watching = anyio.CancelScope()
        self._watching_list = anyio.CancelScope()
        self._scope = anyio.CancelScope()
        self._has_ended = False

    async def run(self) -> None:
        """Returns when the connection has ended; everything begun for it has ended too."""
        await self._websocket.accept()
        async with anyio.create_task_group() as tasks:
            self._scope = tasks.cancel_scope
            lanes = self._lanes(tasks)
            while (text := await self._frame()) is not None:
                await self._take(text, lanes, tasks)
            tasks.cancel_scope.cancel()

    def _lanes(self, tasks: TaskGroup) -> dict[Lane, LaneOfJobs]:
        widths = dict.fromkeys(Lane, self._limits.at_once) | {Lane.CHANGE: 1}
        return {
            lane: LaneOfJobs(tasks, width=width, waiting=self._limits.waiting)
            for lane, width in widths.items()
        }

    async def _frame(self) -> str | None:
        """The next frame's text; None at the end."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            if (wait := self._allowance.wait()) > 0:
                await anyio.sleep(wait)
            text = message.get("text")
            if text is None:
                await self._tell(Error(data="Curator takes text frames, not binary ones."))
            elif len(text) > self._limits.frame:
                await self._tell(
                    Error(data=f"A message has at most {self._limits.frame} characters.")
                )
            else:
                return str(text)

    async def _take(self, text: str, lanes: dict[Lane, LaneOfJobs], tasks: TaskGroup) -> None:
        if len(text) < _WORTH_A_THREAD:
            message = parsed(text)
        else:
            message = await to_thread.run_sync(parsed, text, limiter=self._threads.own)
        if isinstance(message, Unusable):
            await self._tell(Error(data=message.sentence))
            return
        match TABLE[type(message)]:
            case Answered(answer, lane):
                job = partial(self._answer, partial(answer, self._desk, message), message, lane)
                await lanes[lane].put(job)
            case WatchingList(which, answer):
                self._watching_list.cancel()
                watched = which(message)
                if watched is not None:
                    self._watching_list = anyio.CancelScope()
                    tasks.start_soon(self._watch_list, watched, self._watching_list)
                elif answer is not None:
                    job = partial(self._answer, partial(answer, self._desk, message), message)
                    await lanes[Lane.ASK].put(partial(job, Lane.ASK))
            case Watching(batch):
                self._watching.cancel()
                batch_id = batch(message)
                if batch_id is not None:
                    self._watching = anyio.CancelScope()
                    tasks.start_soon(self._watch, batch_id, self._watching)

    async def _answer(
        self, begin: Callable[[], Iterator[ServerMessage]], message: ClientMessage, lane: Lane
    ) -> None:
        limiter = self._threads.browsing if lane is Lane.BROWSE else self._threads.own
        answers = begin()
        try:
            # A thread makes each answer, but none is held while a slow client takes it.
            while text := await to_thread.run_sync(
                _next_frame,
                answers,
                limiter=limiter,
                # What changes nothing need not be waited for when the connection has gone.
                abandon_on_cancel=lane is not Lane.CHANGE,
            ):
                await self._send(text)
        except ServiceDown as down:
            log.warning("service down", service=down.service, reason=down.detail)
            await self._tell(Error(data=sentence_for_outage(down)))
        except Exception:
            log.exception("something unforeseen", message=message.type)
            await self._tell(Error(data=UNFORESEEN))

    async def _watch(self, batch_id: BatchId, scope: anyio.CancelScope) -> None:
        with scope:
            try:
                await watch(self._live, batch_id, self._updates)
            except Exception:
                log.exception("something unforeseen", batch=batch_id)
                await self._tell(Error(data=UNFORESEEN))

    async def _watch_list(self, which: WhichBatches, scope: anyio.CancelScope) -> None:
        with scope:
            try:
                await watch_list(self._live, which, self._updates)
            except Exception:
                log.exception("something unforeseen", filter=which.text)
                await self._tell(Error(data=UNFORESEEN))

    async def _tell(self, message: ServerMessage) -> None:
        await self._send(message.frame())

    async def _send(self, text: str) -> None:
        async with self._sending:
            if self._has_ended:
                return
            try:
                await self._websocket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                # Starlette and uvicorn say in both ways that nobody is there any more.
                self._has_ended = True
                self._scope.cancel()


def _next_frame(answers: Iterator[ServerMessage]) -> str | None:
    message = next(answers, None)
    return message.frame() if message is not None else None
