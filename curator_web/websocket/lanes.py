"""Work of one connection: some in order, some side by side, none without bound."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LaneOfJobs:
    """Takes jobs in their order; `width` of them run at once, `waiting` more are kept."""

    entrance: MemoryObjectSendStream[Job]

    @classmethod
    def started(cls, tasks: TaskGroup, *, width: int, waiting: int) -> LaneOfJobs:
        """Runs until `tasks` is cancelled."""
        entrance, exit_ = anyio.create_memory_object_stream[Job](waiting)
        for _ in range(width):
            tasks.start_soon(_work, exit_.clone())
        exit_.close()
        return cls(entrance)

    async def put(self, job: Job) -> None:
        """Waits while the lane is full."""
        await self.entrance.send(job)

    def close(self) -> None:
        self.entrance.close()


async def _work(jobs: MemoryObjectReceiveStream[Job]) -> None:
    async with jobs:
        async for job in jobs:
            await job()
