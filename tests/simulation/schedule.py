"""One virtual time for all processes, whose tasks run one at a time in an order fixed by seed."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from greenlet import getcurrent, greenlet

from curator_core.domain.ids import LeaseToken, UploadId
from tests.fakes.clock import START


class Death(BaseException):
    """The process is killed: nothing that stands after this call has an effect any more."""


class Process:
    """A worker, a web server, a wiki: killed and paused as a whole. `offset` is how far its clock
    is ahead."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.offset = timedelta(0)
        self.paused = False
        self.parked: list[Task] = []

    def __repr__(self) -> str:
        return self.name


class Task:
    """One thread of a process; `about` is the upload that it is at work on, `lease` the lease that
    it asked for last."""

    def __init__(self, process: Process, body: Callable[[], None], hub: greenlet) -> None:
        self.process = process
        self.about: UploadId | None = None
        self.lease: LeaseToken | None = None
        self.thread = greenlet(lambda: _alive(body), parent=hub)


class Signal:
    """Lets tasks wait until something is there."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._waiting: list[Task] = []

    def wait(self) -> None:
        """Until the next `fire`."""
        self._waiting.append(self._schedule.current)
        self._schedule.switch()

    def fire(self) -> None:
        """Lets all go on that wait."""
        for task in self._waiting:
            self._schedule.push(0, task)
        self._waiting.clear()


class Schedule:
    """`now` is the true time, in seconds since the run began; nobody in the run can read it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.stopped = False
        self._hub = getcurrent()
        self._current: Task | None = None
        self._order = count()
        self._due: list[tuple[float, int, Task]] = []
        self._tasks: dict[Task, None] = {}

    @property
    def current(self) -> Task:
        """The task that runs."""
        assert self._current is not None, "nothing runs"
        return self._current

    def spawn(self, process: Process, body: Callable[[], None], after: float = 0.0) -> Task:
        """A new thread of `process`, which begins later."""
        task = Task(process, body, self._hub)
        self._tasks[task] = None
        self.push(after, task)
        return task

    def push(self, after: float, task: Task) -> None:
        """Lets `task` go on in so many seconds."""
        heapq.heappush(self._due, (self.now + after, next(self._order), task))

    def sleep(self, seconds: float) -> None:
        """The current task goes on in so many seconds, unless its process is killed meanwhile."""
        self.push(seconds, self.current)
        self.switch()

    def switch(self) -> None:
        """Lets others run; whoever calls has seen to it that somebody wakes it."""
        self._hub.switch()
        if self.current.process.dead:
            raise Death

    def pause(self, process: Process) -> None:
        """Not one of its tasks runs until `resume`."""
        process.paused = True

    def resume(self, process: Process) -> None:
        """Its tasks go on where they were."""
        process.paused = False
        for task in process.parked:
            self.push(0, task)
        process.parked.clear()

    def run(self, until: float) -> None:
        """Runs what is due, in order, until then, or until `stopped`, or until nothing waits."""
        while self._due and not self.stopped:
            at, _, task = self._due[0]
            if at > until:
                self.now = until
                return
            heapq.heappop(self._due)
            self.now = max(self.now, at)
            if task.process.paused and not task.process.dead:
                task.process.parked.append(task)
            else:
                self._let(task)

    def close(self) -> None:
        """Ends what still waits, as a kill would."""
        for task in list(self._tasks):
            task.process.dead = True
            if task.thread:
                self._current = task
                task.thread.throw(Death)

    def _let(self, task: Task) -> None:
        self._current = task
        task.thread.switch()
        if task.thread.dead:
            self._tasks.pop(task, None)


class ProcessClock:
    """A process's own clock: it may be wrong, and may jump; sleeping takes true time."""

    def __init__(self, schedule: Schedule, process: Process) -> None:
        self._schedule = schedule
        self._process = process

    def now(self) -> datetime:
        return START + timedelta(seconds=self._schedule.now) + self._process.offset

    def sleep(self, how_long: timedelta) -> None:
        self._schedule.sleep(max(how_long.total_seconds(), 0.0))


def _alive(body: Callable[[], None]) -> None:
    try:
        body()
    except Death:
        return
