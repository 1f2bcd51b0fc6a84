"""Carries out what a plan says: counts calls, and lets its mishaps happen at their places."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from curator_core.domain.errors import Faulted, ServiceDown
from curator_core.domain.fault import Fault, FaultKind
from tests.simulation import others
from tests.simulation.plan import ANY, TIME, WIKI, WRITES, Mishap
from tests.simulation.schedule import Death, Process

if TYPE_CHECKING:
    from tests.simulation.world import World

OVERTAKEN_AT_THE_LATEST = 600.0

_STORM_STRIKES = {
    "unreachable": frozenset(WIKI),
    "busy": frozenset(WIKI),
    "read_only": frozenset(WRITES),
    "rate_limited": frozenset({"publish", "write", "refresh"}),
}


class Faults:
    """`told` keeps what happened, for whoever reads a failing run."""

    def __init__(self, world: World) -> None:
        self.told: list[str] = []
        self._world = world
        self._counts: Counter[str] = Counter()
        self._at: dict[tuple[str, int], list[Mishap]] = defaultdict(list)
        self._storms: list[tuple[float, str]] = []
        self._repeated: dict[tuple[str, str], int] = {}
        self._overtaken: list[tuple[Process, int, str, int]] = []
        self._kinds: dict[str, Callable[[Mishap, Process, str], None]] = {
            "the process is killed": self._kill,
            "the process stands still": self._pause,
            "the process stands still until overtaken": self._pause_until_overtaken,
            "the process is asked to end": self._stop,
            "the clock jumps": self._jump,
            "the answer is lost": self._lose_answer,
            "the wiki refuses": self._refuse,
            "the wiki's storm": self._storm,
            "a service is away": self._outage,
            "the source has trouble": self._source_trouble,
        }

    def plan(self, mishaps: tuple[Mishap, ...]) -> None:
        """Those of a second wait for it; the others for their calls."""
        world = self._world
        for mishap in mishaps:
            if mishap.call == TIME:
                world.schedule.spawn(world.nature, partial(self._fire, mishap), mishap.nth)
            else:
                self._at[mishap.call, mishap.nth].append(mishap)

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return self._counts[ANY]

    def calm(self) -> None:
        """Nothing happens any more, and who stands still goes on."""
        for process, *_ in self._overtaken:
            self._world.schedule.resume(process)
        self._overtaken.clear()
        self._at.clear()
        self._storms.clear()
        self._repeated.clear()

    def arriving(self, process: Process, name: str) -> list[Mishap]:
        """What is to happen at this call; what comes before its effect has happened."""
        self._counts[name] += 1
        self._counts[ANY] += 1
        mishaps: list[Mishap] = []
        if self._at:
            for key in (name, ANY):
                mishaps += self._at.pop((key, self._counts[key]), ())
        for mishap in mishaps:
            if not mishap.after:
                self._fire(mishap, process, name)
        self._go_on_overtaken(name)
        self._strike(name)
        return mishaps

    def leaving(self, process: Process, name: str, mishaps: list[Mishap]) -> None:
        """What comes after the effect."""
        for mishap in mishaps:
            if mishap.after:
                self._fire(mishap, process, name)
        self._strike(name, after="after ")

    def _fire(self, mishap: Mishap, process: Process | None = None, name: str = "") -> None:
        world = self._world
        if world.is_calm:
            return
        self.told.append(f"{world.schedule.now:8.2f} s  {mishap}")
        kind = self._kinds.get(mishap.what)
        if kind is None:
            others.MOMENTS[mishap.what](world, mishap)
        else:
            kind(mishap, process or world.nature, name)

    # Processes

    def _kill(self, mishap: Mishap, process: Process, name: str) -> None:
        self._world.kill(process, restart_after=mishap.seconds)
        raise Death

    def _pause(self, mishap: Mishap, process: Process, name: str) -> None:
        self._stand_still(process, mishap.seconds)

    def _pause_until_overtaken(self, mishap: Mishap, process: Process, name: str) -> None:
        about = self._world.schedule.current.about
        if about is not None:
            self._overtaken.append((process, about, process.name, mishap.count))
            self._stand_still(process, OVERTAKEN_AT_THE_LATEST)

    def _stand_still(self, process: Process, seconds: float) -> None:
        schedule = self._world.schedule
        schedule.pause(process)
        schedule.spawn(self._world.nature, lambda: schedule.resume(process), seconds)
        schedule.sleep(0)

    def _go_on_overtaken(self, name: str) -> None:
        """Lets those go on that stand still until somebody else made so many calls about their
        upload."""
        task = self._world.schedule.current
        for place, (process, about, who, left) in enumerate(self._overtaken):
            if task.about == about and task.process is not process:
                if left > 1:
                    self._overtaken[place] = (process, about, who, left - 1)
                else:
                    del self._overtaken[place]
                    self.told.append(f"{self._world.schedule.now:8.2f} s  {who} goes on at {name}")
                    self._world.schedule.resume(process)
                return

    def _stop(self, mishap: Mishap, process: Process, name: str) -> None:
        self._world.stop(process, restart_after=mishap.seconds)

    def _jump(self, mishap: Mishap, process: Process, name: str) -> None:
        process.offset += timedelta(seconds=mishap.seconds)

    # The outside

    def _lose_answer(self, mishap: Mishap, process: Process, name: str) -> None:
        self._again(mishap, "after " + name)
        if name == "commit":
            raise ServiceDown("database", "gone away")
        raise _faulted(mishap.how, mishap.seconds)

    def _refuse(self, mishap: Mishap, process: Process, name: str) -> None:
        self._again(mishap, name)
        raise _faulted(mishap.how, mishap.seconds)

    def _source_trouble(self, mishap: Mishap, process: Process, name: str) -> None:
        self._again(mishap, name)
        raise _faulted("source_trouble")

    def _again(self, mishap: Mishap, name: str) -> None:
        if mishap.count > 1:
            self._repeated[name, mishap.how or "source_trouble"] = mishap.count - 1

    def _storm(self, mishap: Mishap, process: Process, name: str) -> None:
        self._storms.append((self._world.schedule.now + mishap.seconds, mishap.how))

    def _outage(self, mishap: Mishap, process: Process, name: str) -> None:
        world = self._world
        world.switch(mishap.how, down=True)
        world.schedule.spawn(
            world.nature, lambda: world.switch(mishap.how, down=False), mishap.seconds
        )

    def _strike(self, name: str, after: str = "") -> None:
        for key, left in list(self._repeated.items()):
            if key[0] == after + name:
                self._repeated[key] = left - 1
                if left == 1:
                    del self._repeated[key]
                if name == "commit":
                    raise ServiceDown("database", "gone away")
                raise _faulted(key[1])
        if self._storms and not after:
            self._storms = [each for each in self._storms if each[0] > self._world.schedule.now]
            for _, how in self._storms:
                if name in _STORM_STRIKES[how]:
                    raise _faulted(how)


def _faulted(how: str, retry_after: float = 0.0) -> Faulted:
    asked = timedelta(seconds=retry_after) if retry_after else None
    return Faulted(Fault(kind=FaultKind(how), code=how, info="A mishap.", retry_after=asked))
