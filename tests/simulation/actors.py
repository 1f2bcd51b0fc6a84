"""Who acts in a run: workers, contributors and the web that they speak to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from curator_core.application import Application
from curator_core.domain.batch import Batch
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import SliceId, UploadId
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import Actor
from curator_core.use_cases.add_uploads import SliceAccepted
from curator_worker.tasks import Tasks
from tests.simulation.plan import Mishap
from tests.simulation.scenario import Order
from tests.simulation.schedule import Death, Process
from tests.simulation.wishes import WISHES, Wish

if TYPE_CHECKING:
    from tests.simulation.world import World

T = TypeVar("T")

CLIENT_WAITS = 3.0
TICK = 5.0
QUIET_TICK = 20.0


@dataclass(slots=True)
class Actors:
    """Everybody. `web` is the process that answers contributors now; None while it is down."""

    world: World
    web: Process | None = None
    web_app: Application | None = None
    tasks: dict[Process, Tasks] = field(default_factory=dict)
    orders: list[tuple[Order, Batch]] = field(default_factory=list)

    def begin(self) -> None:
        """Starts all of them."""
        world = self.world
        self.start("web")
        for number in range(world.scenario.workers):
            self.start(f"worker {number + 1}")
        for order in world.scenario.orders:
            world.unanswered += 1
            world.schedule.spawn(world.nature, partial(self._send, order), order.begins)

    # Processes

    def start(self, name: str) -> None:
        """A new process of this name."""
        process = Process(name)
        app = self.world.application(process)
        if name == "web":
            self.web, self.web_app = process, app
            self.world.schedule.spawn(process, lambda: self._recover(app))
            return
        tasks = self.tasks[process] = Tasks(app)
        for _ in range(self.world.scenario.threads):
            self.world.schedule.spawn(process, lambda: self._consume(process, tasks))
        self.world.schedule.spawn(process, lambda: self._tick(tasks))

    def kill(self, process: Process, restart_after: float) -> None:
        """Ends the process in the middle of whatever it does; a new one comes."""
        process.dead = True
        self._replace(process, restart_after)

    def stop(self, process: Process, restart_after: float) -> None:
        """Asks the process to end at its next safe point; a new one comes."""
        tasks = self.tasks.get(process)
        if tasks is not None and not tasks.stopping.is_set():
            tasks.stopping.set()
            self.world.work_there.fire()
            self._replace(process, restart_after)

    def _replace(self, process: Process, after: float) -> None:
        if process is self.web:
            self.web = self.web_app = None
        world = self.world
        if process is not world.nature:
            world.schedule.spawn(world.nature, lambda: self.start(process.name), after)

    # Workers

    def _consume(self, process: Process, tasks: Tasks) -> None:
        world, task = self.world, self.world.schedule.current
        queue = world.queue
        while not tasks.stopping.is_set():
            if queue.sent:
                task.about = queue.sent.pop(0)
                try:
                    tasks.process_upload(task.about)
                except Death:
                    self._redeliver(task.about)
                    raise
                task.about = None
            elif queue.wakes:
                queue.wakes -= 1
                tasks.dispatch()
            else:
                world.work_there.wait()

    def _redeliver(self, upload_id: UploadId) -> None:
        """A dead worker's message comes again once the broker has noticed, or never."""
        world = self.world

        def again() -> None:
            world.queue.sent.append(upload_id)
            world.work_there.fire()

        if world.dice.random() < 0.5:
            world.schedule.spawn(world.nature, again, world.dice.uniform(1, 100))

    def _tick(self, tasks: Tasks) -> None:
        world = self.world
        while not tasks.stopping.is_set():
            tasks.dispatch()
            usual = QUIET_TICK if world.is_calm else TICK
            world.schedule.sleep(usual * (0.2 + 1.6 * world.dice.random()))

    def _recover(self, app: Application) -> None:
        """Now and then the web asks whether Redis lost everything."""
        while True:
            with suppress(ServiceDown):
                app.recover_queue.if_redis_forgot()
            self.world.schedule.sleep(60)

    # Contributors

    def _send(self, order: Order) -> None:
        """A client creates a batch and sends its slices, each until it is acknowledged."""
        user = self.world.users[order.user]
        batch = self._until_answered(lambda app: app.create_batch(user))
        self.orders.append((order, batch))
        for number in range(len(order.slices)):
            self._until_answered(lambda app: self.send_slice(app, order, batch, number))  # noqa: B023 - called at once
        self.world.unanswered -= 1

    def send_slice(self, app: Application, order: Order, batch: Batch, number: int) -> None:
        """What the client sends, and what it learns."""
        accepted = app.add_uploads(
            user=self.world.users[order.user],
            token=self.world.tokens[order.user],
            batch_id=batch.id,
            slice_id=SliceId(number + 1),
            handler="mapillary",
            items=order.slices[number],
        )
        assert isinstance(accepted, SliceAccepted), accepted
        for item in accepted.items:
            if item.status is UploadStatus.QUEUED:
                self.world.ledger.accepted.add((batch.id, item.image_id))

    def _until_answered(self, ask: Callable[[Application], T]) -> T:
        """Asks the web, again and again where it is down or dies over it."""
        while True:
            try:
                return self.through_web(ask)
            except (ServiceDown, Death):
                self.world.schedule.sleep(CLIENT_WAITS)

    def through_web(self, ask: Callable[[Application], T]) -> T:
        """One request. Raises `ServiceDown`, and `Death` where the web was killed over it."""
        task = self.world.schedule.current
        if self.web is None or self.web_app is None:
            raise ServiceDown("web", "it is starting")
        task.process = self.web
        try:
            return ask(self.web_app)
        finally:
            task.process = self.world.nature

    # Wishes

    def wish(self, name: str, mishap: Mishap) -> None:
        """A contributor wants something of one of the batches that there are by now."""
        if not self.orders:
            return
        order, batch = self.orders[mishap.count % len(self.orders)]
        about = self.world.schedule.current.about
        wish = Wish(actors=self, order=order, batch=batch, mishap=mishap, about=about)

        def ask() -> None:
            # Nobody insists: what was not answered may have happened, or not.
            with suppress(ServiceDown, Death):
                self.through_web(lambda app: WISHES[name](wish, app))

        self.world.schedule.spawn(self.world.nature, ask)

    def resume(self, actor: Actor, batch: Batch) -> None:
        """A contributor lets the batch go on, and insists."""

        def ask() -> None:
            self._until_answered(lambda app: app.pause_batch(actor, batch.id, paused=False))

        self.world.schedule.spawn(self.world.nature, ask)

    def resume_all(self) -> None:
        """No batch is forgotten."""
        for order, batch in self.orders:
            self.resume(Actor(user=self.world.users[order.user]), batch)
