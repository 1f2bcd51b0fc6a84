"""Lists of batches that are watched: one look at the database for each, however many watch it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import anyio
import structlog
from anyio import TASK_STATUS_IGNORED, CapacityLimiter, to_thread
from anyio.abc import TaskGroup, TaskStatus

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, UserId
from curator_core.ports.reports import BatchReport, Listed, Page
from curator_core.use_cases.browse_lists import BrowseLists
from curator_web.config import Rhythm

log = structlog.get_logger("curator.web")

_READERS = 4
"""How many lists read the database at once."""

_KNOWN_OWNERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichBatches:
    """What a list is narrowed to, and how long its first page is."""

    text: str | None = None
    user_id: UserId | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNews:
    """Batches as they are now, by id, the newest first, and how many there are in all; `begins`:
    the first news, with the whole page. `outage`: the page cannot be read yet."""

    batches: tuple[BatchReport, ...] = ()
    total: int = 0
    begins: bool = False
    outage: ServiceDown | None = None


class ListSubscription:
    """What one watcher of a list has still to be told; each batch once at most."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pending: dict[BatchId, BatchReport] = {}
        self._total = 0
        self._begins = False
        self._outage: ServiceDown | None = None
        self._knows_of_outage = False
        self._something = anyio.Event()

    def begin(self, page: Listed[BatchReport]) -> None:
        """The whole page is there."""
        self._begins = True
        self._outage = None
        self.add(page.items, page.total)

    def add(self, batches: Iterable[BatchReport], total: int) -> None:
        """These batches are like this now."""
        for each in batches:
            self._pending[each.id] = each
        self._total = total
        # A watcher that takes nothing is owed a page, not all that was ever on it.
        for oldest in sorted(self._pending)[: max(len(self._pending) - self._limit, 0)]:
            del self._pending[oldest]
        self._something.set()

    def delay(self, outage: ServiceDown) -> None:
        """The page cannot be read yet; told once."""
        if not self._knows_of_outage:
            self._knows_of_outage = True
            self._outage = outage
            self._something.set()

    async def news(self) -> ListNews:
        """Waits until there is something to tell, and takes it."""
        await self._something.wait()
        self._something = anyio.Event()
        news = ListNews(
            batches=tuple(self._pending[each] for each in sorted(self._pending, reverse=True)),
            total=self._total,
            begins=self._begins,
            outage=self._outage,
        )
        self._pending.clear()
        self._begins = False
        self._outage = None
        return news


class _List:
    """The first page of one list, and who watches it."""

    def __init__(self, which: WhichBatches) -> None:
        self.which = which
        self.scope = anyio.CancelScope()
        self.wanted = anyio.Event()
        self.failed = False
        self.watchers: set[ListSubscription] = set()
        self.waiting: set[ListSubscription] = set()
        self._known: dict[BatchId, BatchReport] = {}
        self._total = 0

    def shows(self, batch_id: BatchId) -> bool:
        return batch_id in self._known

    def take(self, page: Listed[BatchReport], serving: set[ListSubscription]) -> None:
        """What the database said, for those who watch and for those who waited for it."""
        changed = [each for each in page.items if _is_changed(self._known.get(each.id), each)]
        if changed or page.total != self._total:
            for watcher in self.watchers:
                watcher.add(changed, page.total)
        self._known = {each.id: each for each in page.items}
        self._total = page.total
        for watcher in serving & self.waiting:
            watcher.begin(page)
        self.watchers |= serving & self.waiting
        self.waiting -= serving


def _is_changed(before: BatchReport | None, now: BatchReport) -> bool:
    # When it will be done moves with the clock where its last slot is past.
    return before is None or replace(before, done_at=None) != replace(now, done_at=None)


class BatchLists:
    """- What is announced makes those lists look again that may show it: a user's own only where
      the batch is that user's.
    - Each looks at most so often (`Rhythm`), and now and then anyway; more often while nothing is
      announced.
    """

    def __init__(self, browse: BrowseLists, rhythm: Rhythm) -> None:
        self._browse = browse
        self._rhythm = rhythm
        self._lists: dict[WhichBatches, _List] = {}
        self._owners: dict[BatchId, UserId] = {}
        self._unknown: set[BatchId] = set()
        self._looking = anyio.Event()
        self._tasks: TaskGroup | None = None
        self._readers = CapacityLimiter(_READERS)
        self._is_listening = False

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Until cancelled."""
        self._looking = anyio.Event()
        try:
            async with anyio.create_task_group() as tasks:
                self._tasks = tasks
                task_status.started()
                await self._find_owners()
        finally:
            self._tasks = None

    @contextmanager
    def subscription(self, which: WhichBatches) -> Iterator[ListSubscription]:
        """A subscription to one list, in force when the block is entered."""
        if self._tasks is None:
            raise RuntimeError("lists are not looked at")
        if which not in self._lists:
            made = self._lists[which] = _List(which)
            self._tasks.start_soon(self._tend, made)
        found = self._lists[which]
        watcher = ListSubscription(which.limit)
        found.waiting.add(watcher)
        found.wanted.set()
        try:
            yield watcher
        finally:
            found.watchers.discard(watcher)
            found.waiting.discard(watcher)
            if not found.watchers and not found.waiting and self._lists.get(which) is found:
                del self._lists[which]
                found.scope.cancel()

    @property
    def watched(self) -> int:
        """How many lists are watched."""
        return len(self._lists)

    def touch(self, batch_id: BatchId) -> None:
        """A batch, or an upload in it, changed just now."""
        if not self._lists:
            return
        owner = self._owners.get(batch_id)
        for each in self._lists.values():
            user_id = each.which.user_id
            if user_id is None or user_id == owner or each.shows(batch_id):
                each.wanted.set()
        if owner is None and any(each.user_id for each in self._lists):
            self._unknown.add(batch_id)
            self._looking.set()

    def turn(self, *, is_listening: bool) -> None:
        """Whether announcements reach us; something may have been missed."""
        self._is_listening = is_listening
        for each in self._lists.values():
            each.wanted.set()

    async def _find_owners(self) -> None:
        while True:
            await self._looking.wait()
            self._looking = anyio.Event()
            asked, self._unknown = self._unknown, set()
            try:
                found = await to_thread.run_sync(
                    self._browse.batches_of, asked, limiter=self._readers
                )
            except ServiceDown:
                # Each list looks by itself as well.
                found = ()
            except Exception:
                # Nothing else of this process may end with it.
                log.exception("owners of batches not read")
                found = ()
            if len(self._owners) > _KNOWN_OWNERS:
                self._owners.clear()
            for batch in found:
                self._owners[batch.id] = batch.user_id
                for each in self._lists.values():
                    if each.which.user_id == batch.user_id:
                        each.wanted.set()
            await anyio.sleep(self._rhythm.lists)

    async def _tend(self, watched: _List) -> None:
        at_least = self._rhythm.searches if watched.which.text else self._rhythm.lists
        with watched.scope:
            while True:
                watched.wanted = anyio.Event()
                await self._read(watched)
                await anyio.sleep(at_least)
                with anyio.move_on_after(self._pause(watched)):
                    await watched.wanted.wait()

    async def _read(self, watched: _List) -> None:
        which, serving = watched.which, set(watched.waiting)
        try:
            page = await to_thread.run_sync(
                self._page, which, abandon_on_cancel=True, limiter=self._readers
            )
        except ServiceDown as down:
            if not watched.failed:
                log.warning("watched list not read", reason=down.detail)
            self._fail(watched, serving, down)
        except Exception:
            log.exception("watched list not read")
            self._fail(watched, serving, ServiceDown("database", "something unforeseen"))
        else:
            watched.failed = False
            watched.take(page, serving)

    def _page(self, which: WhichBatches) -> Listed[BatchReport]:
        return self._browse.batches(Page(limit=which.limit), text=which.text, user_id=which.user_id)

    @staticmethod
    def _fail(watched: _List, serving: set[ListSubscription], down: ServiceDown) -> None:
        watched.failed = True
        for watcher in serving & watched.waiting:
            watcher.delay(down)

    def _pause(self, watched: _List) -> float:
        is_well = self._is_listening and not watched.failed
        return self._rhythm.resync if is_well else self._rhythm.poll
