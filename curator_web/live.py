"""Live updates: one listener for the whole process, and a feed for each batch that is watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import anyio
import structlog
from anyio import TASK_STATUS_IGNORED, CapacityLimiter, from_thread, to_thread
from anyio.abc import TaskGroup, TaskStatus

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId
from curator_core.ports.progress import BatchTouched, Changes, Progress
from curator_core.ports.reports import UploadState
from curator_core.use_cases.watch_batch import WatchBatch
from curator_web.batch_lists import BatchLists
from curator_web.config import Rhythm
from curator_web.feed import Feed
from curator_web.subscription import Subscription

log = structlog.get_logger("curator.web")

_READERS = 8
"""How many feeds read the database at once."""

_AT_ONCE = 500
"""Changes that the event loop is told of together."""


@dataclass(frozen=True, slots=True)
class Tended:
    """A feed, and the end of the task that reads the database for it."""

    feed: Feed
    scope: anyio.CancelScope


class Live:
    """- What is announced reaches every subscription of its batch.
    - Whatever may have been missed is read from the database: at the beginning, after every
      interruption, and every now and then anyway; more often while nothing is announced.
    """

    def __init__(
        self, progress: Progress, watch: WatchBatch, lists: BatchLists, rhythm: Rhythm
    ) -> None:
        self._progress = progress
        self._watch = watch
        self._lists = lists
        self._rhythm = rhythm
        self._feeds: dict[BatchId, Tended] = {}
        self._tasks: TaskGroup | None = None
        self._readers = CapacityLimiter(_READERS)
        self._is_listening = False

    @property
    def is_listening(self) -> bool:
        """Whether announcements reach us."""
        return self._is_listening

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Listens until cancelled; started once subscriptions can be had."""
        try:
            async with anyio.create_task_group() as tasks:
                self._tasks = tasks
                await tasks.start(self._lists.run)
                task_status.started()
                await self._listen()
        finally:
            self._tasks = None

    @contextmanager
    def subscription(self, batch_id: BatchId) -> Iterator[Subscription]:
        """A subscription to one batch, in force when the block is entered."""
        if self._tasks is None:
            raise RuntimeError("live updates do not run")
        if batch_id not in self._feeds:
            tended = self._feeds[batch_id] = Tended(Feed(batch_id), anyio.CancelScope())
            self._tasks.start_soon(self._tend, tended)
        feed, scope = self._feeds[batch_id].feed, self._feeds[batch_id].scope
        subscription = Subscription(batch_id)
        feed.join(subscription)
        try:
            yield subscription
        finally:
            feed.leave(subscription)
            if not feed.is_watched and not scope.cancel_called:
                del self._feeds[batch_id]
                scope.cancel()

    @property
    def lists(self) -> BatchLists:
        """Who watches lists of batches."""
        return self._lists

    @property
    def watched_batches(self) -> int:
        """How many batches are watched."""
        return len(self._feeds)

    async def _tend(self, tended: Tended) -> None:
        feed = tended.feed
        with tended.scope:
            while True:
                await self._read(feed)
                await feed.reading_wanted(self._pause(feed))

    async def _read(self, feed: Feed) -> None:
        feed.begin_reading()
        try:
            watched = await to_thread.run_sync(
                self._watch, feed.batch_id, abandon_on_cancel=True, limiter=self._readers
            )
        except ServiceDown as down:
            if not feed.last_read_failed:
                log.warning("watched batch not read", batch=feed.batch_id, reason=down.detail)
            feed.fail_reading(down)
        except Exception:
            log.exception("watched batch not read", batch=feed.batch_id)
            feed.fail_reading(ServiceDown("database", "something unforeseen"))
        else:
            feed.end_reading(watched)

    def _pause(self, feed: Feed) -> float | None:
        """Seconds until the next look at the database, unless something calls for one before."""
        if feed.last_read_failed:
            return self._rhythm.poll
        if not self._is_listening:
            return self._rhythm.resync if feed.is_complete else self._rhythm.poll
        return None if feed.is_complete else self._rhythm.resync

    async def _listen(self) -> None:
        pause = self._rhythm.reconnect_first
        listener = CapacityLimiter(1)
        while True:
            began = anyio.current_time()
            try:
                await to_thread.run_sync(self._listen_in_thread, limiter=listener)
            except ServiceDown as down:
                if self._is_listening or pause == self._rhythm.reconnect_first:
                    log.warning("no live updates", service=down.service, reason=down.detail)
            except Exception:
                log.exception("no live updates")
            self._turn(is_listening=False)
            if anyio.current_time() - began > self._rhythm.reconnect_last:
                pause = self._rhythm.reconnect_first
            await anyio.sleep(pause)
            pause = min(pause * 2, self._rhythm.reconnect_last)

    def _listen_in_thread(self) -> None:
        at_most = timedelta(seconds=self._rhythm.listen)
        with self._progress.listen() as changes:
            from_thread.run_sync(self._turn_on)
            while True:
                from_thread.check_cancelled()
                if some := _together(changes, at_most):
                    from_thread.run_sync(self._deliver, some)

    def _turn_on(self) -> None:
        self._turn(is_listening=True)

    def _turn(self, *, is_listening: bool) -> None:
        if self._is_listening is is_listening:
            return
        self._is_listening = is_listening
        log.info("live updates on" if is_listening else "live updates off")
        for tended in self._feeds.values():
            tended.feed.want_reading()
        self._lists.turn(is_listening=is_listening)

    def _deliver(self, some: Sequence[UploadState | BatchTouched]) -> None:
        for batch_id in {change.batch_id for change in some}:
            self._lists.touch(batch_id)
        for change in some:
            tended = self._feeds.get(change.batch_id)
            if tended is not None and isinstance(change, UploadState):
                tended.feed.announce(change)


def _together(changes: Changes, at_most: timedelta) -> list[UploadState | BatchTouched]:
    """What came in `at_most`, with all that is there already: to hand it over to the event loop
    costs more than to tell it on."""
    some = []
    change = changes.next(at_most)
    while change is not None:
        some.append(change)
        change = changes.next(timedelta()) if len(some) < _AT_ONCE else None
    return some
