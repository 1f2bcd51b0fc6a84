"""A connection's work: in order, side by side, and without tasks that wait for it."""

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup

from curator_web.websocket.lanes import LaneOfJobs


class Jobs:
    """Jobs that note their begin and end, and go on when they are let."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.may_go_on = anyio.Event()

    def job(self, name: str) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            self.told.append(f"{name} begins")
            await self.may_go_on.wait()
            self.told.append(f"{name} ends")

        return do


def in_a_lane(
    story: Callable[[LaneOfJobs, Jobs, TaskGroup], Awaitable[None]], *, width: int, waiting: int
) -> Jobs:
    async def told() -> Jobs:
        jobs = Jobs()
        async with anyio.create_task_group() as tasks:
            await story(LaneOfJobs(tasks, width=width, waiting=waiting), jobs, tasks)
        return jobs

    return anyio.run(told)


def test_a_lane_of_width_one_does_one_job_after_the_other() -> None:
    async def story(lane: LaneOfJobs, jobs: Jobs, tasks: TaskGroup) -> None:
        for name in ("first", "second", "third"):
            await lane.put(jobs.job(name))
        await anyio.wait_all_tasks_blocked()
        assert jobs.told == ["first begins"]
        jobs.may_go_on.set()

    jobs = in_a_lane(story, width=1, waiting=8)
    assert jobs.told == [
        f"{name} {what}" for name in ("first", "second", "third") for what in ("begins", "ends")
    ]


def test_a_wide_lane_does_as_many_side_by_side_as_it_is_wide() -> None:
    async def story(lane: LaneOfJobs, jobs: Jobs, tasks: TaskGroup) -> None:
        for name in ("first", "second", "third"):
            await lane.put(jobs.job(name))
        await anyio.wait_all_tasks_blocked()
        assert jobs.told == ["first begins", "second begins"]
        jobs.may_go_on.set()

    jobs = in_a_lane(story, width=2, waiting=8)
    assert len(jobs.told) == 6


def test_a_full_lane_takes_nothing_more_until_a_job_has_ended() -> None:
    async def story(lane: LaneOfJobs, jobs: Jobs, tasks: TaskGroup) -> None:
        async def put_the_third() -> None:
            await lane.put(jobs.job("third"))
            jobs.told.append("third is taken")

        await lane.put(jobs.job("first"))
        await lane.put(jobs.job("second"))
        tasks.start_soon(put_the_third)
        await anyio.wait_all_tasks_blocked()
        assert jobs.told == ["first begins"]
        jobs.may_go_on.set()

    jobs = in_a_lane(story, width=1, waiting=1)
    assert jobs.told.index("third is taken") > jobs.told.index("first ends")


def test_a_lane_without_work_has_no_tasks_before_or_after() -> None:
    async def story(lane: LaneOfJobs, jobs: Jobs, tasks: TaskGroup) -> None:
        before = len(anyio.get_running_tasks())
        await lane.put(jobs.job("only"))
        await anyio.wait_all_tasks_blocked()
        assert len(anyio.get_running_tasks()) == before + 1
        jobs.may_go_on.set()
        await anyio.wait_all_tasks_blocked()
        assert len(anyio.get_running_tasks()) == before
        await lane.put(jobs.job("another"))

    jobs = in_a_lane(story, width=4, waiting=8)
    assert jobs.told == ["only begins", "only ends", "another begins", "another ends"]
