"""A run: everything around Curator, its processes, and the one way between them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from curator_core.application import Application
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import ImageId, UploadId
from curator_core.domain.upload import Upload, UploadStatus
from tests.fakes.wiki import fault
from tests.simulation.faults import Faults
from tests.simulation.gates import ports_of
from tests.simulation.ledger import Ledger
from tests.simulation.plan import LASTING, Mishap, Plan
from tests.simulation.schedule import Death, Process, Schedule, Signal
from tests.simulation.surroundings import Surroundings
from tests.simulation.watch import Watch

if TYPE_CHECKING:
    from tests.simulation.actors import Actors
    from tests.simulation.plants import Plant

_TAKES = {"commit": 0.01, "send": 1.0, "fetch": 1.0, "publish": 0.5, "write": 0.5}
_REDIS = frozenset(
    {"hold", "free", "renew", "reserve", "restart", "pace", "mark", "message", "wake"}
)


class World(Surroundings):
    """`nature` is the process of all that is not Curator. `unanswered` counts the contributors
    that were not told yet that all their pictures are accepted; `never_left` keeps the locks that
    the dead hold, so that nothing frees them: they run out by themselves."""

    def __init__(self, plan: Plan, plant: Plant | None = None) -> None:
        self.schedule = Schedule()
        self.scenario = plan.scenario
        super().__init__(self.schedule, plan.scenario, plan.seed)
        self.dice = random.Random(f"schedule {plan.schedule}")
        self.actors: Actors
        self.ledger = Ledger()
        self.is_calm = False
        self.unanswered = 0
        self.never_left: list[object] = []
        self.work_there = Signal(self.schedule)
        self.nature = Process("nature")
        self.wiki.while_publishing = self._publishing_takes_time
        self._delay: float | None = None
        self.plant = plant
        if plant is not None:
            plant.into(self)
        self.watch = Watch(self)
        self.faults = Faults(self)
        self.faults.plan(plan.mishaps)

    # The one way to the outside

    def call(self, process: Process, name: str, effect: Callable[[], Any]) -> Any:
        """One call that `process` makes: it takes time, and may go wrong before or after its
        effect, or without one."""
        mishaps = self.arrive(process, name)
        answer = effect()
        self.left(process, name, mishaps)
        return answer

    def arrive(self, process: Process, name: str) -> list[Mishap]:
        """The first half of a call."""
        if process.dead:
            raise Death
        # What changes the wiki travels by itself, whatever becomes of its sender meanwhile.
        self.schedule.sleep(0.001 if name in LASTING else self.takes(name))
        self._delay = None
        return self.faults.arriving(process, name)

    def left(self, process: Process, name: str, mishaps: list[Mishap]) -> None:
        """The second."""
        self.watch.look()
        self.faults.leaving(process, name, mishaps)

    def takes(self, name: str) -> float:
        """How long a call takes, this time: every tenth ten times as long as usual."""
        usual = _TAKES.get(name) or (0.005 if name in _REDIS else 0.2)
        often = 10.0 if usual < 0.1 and self.dice.random() < 0.1 else 1.0
        return usual * often * (0.2 + 1.6 * self.dice.random())

    def served(self, name: str, effect: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """One request as the wiki serves it, which goes on whatever becomes of who sent it."""
        if name not in LASTING:
            return effect()
        delay, self._delay = self._delay, None
        answers: list[Any] = []
        done = Signal(self.schedule)
        client = self.schedule.current

        def serve() -> None:
            if name == "write":
                self.watch.describing(args[0].text)
            try:
                answers.append(effect())
            except Faulted as faulted:
                answers.append(faulted)
            self.watch.look()
            done.fire()

        task = self.schedule.spawn(self.nature, serve, self.takes(name) + (delay or 0.0))
        task.about, task.lease = client.about, client.lease
        if delay is not None:
            raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")
        done.wait()
        if isinstance(answers[0], Faulted):
            raise answers[0]
        return answers[0]

    def delay(self, seconds: float) -> None:
        """The connection breaks on the request that is being sent; it arrives all the same, and
        has its effect so much later."""
        self._delay = seconds

    def _publishing_takes_time(self) -> None:
        if self.schedule.current.process is self.nature:
            self.schedule.sleep(self.takes("publish"))

    def message(self, uploads: Sequence[UploadId]) -> tuple[str, ...]:
        sent = self.queue.send(uploads)
        self.work_there.fire()
        return sent

    def wake(self) -> None:
        self.queue.wake()
        self.work_there.fire()

    # What there is

    def upload_at_work(self) -> Upload | None:
        """The one that the current task is at work on, else any that is in progress."""
        about = self.schedule.current.about
        if about is not None and about in self.uploads():
            return self.uploads()[about]
        working = (u for u in self.uploads().values() if u.status is UploadStatus.IN_PROGRESS)
        return next(working, None)

    def image_at_work(self) -> ImageId | None:
        upload = self.upload_at_work()
        return upload.image_id if upload else None

    # What can be done to it

    def rest_if_all_is_done(self) -> None:
        """Ends the run once faults have ended and every upload has."""
        is_done = all(upload.status.is_final for upload in self.uploads().values())
        if is_done and self.is_calm and not self.unanswered:
            self.schedule.stopped = True

    def calm(self) -> None:
        """Faults end: what is away comes back, who stands still goes on."""
        self.is_calm = True
        self.faults.calm()
        for service in ("database", "redis", "queue"):
            self.switch(service, down=False)
        self.actors.resume_all()
        self.rest_if_all_is_done()

    def wish(self, name: str, mishap: Mishap) -> None:
        self.actors.wish(name, mishap)

    def kill(self, process: Process, restart_after: float) -> None:
        self.actors.kill(process, restart_after)

    def stop(self, process: Process, restart_after: float) -> None:
        self.actors.stop(process, restart_after)

    def application(self, process: Process) -> Application:
        """Curator in this process."""
        app = Application.on(ports_of(self, process), self.scenario.policy)
        return self.plant.over(app) if self.plant else app
