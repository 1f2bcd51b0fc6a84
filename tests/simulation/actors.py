"""Who acts in a run: workers, contributors and the web that they speak to.

A new thing that a contributor may do is a function in `WISHES`, and a line in the plan's table.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from curator_core.application import Application
from curator_core.domain.batch import Batch
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import SliceId, UploadId
from curator_core.domain.upload import NewUpload, Upload, UploadStatus
from curator_core.use_cases.add_uploads import SliceAccepted
from curator_core.use_cases.take_over_stashes import take_over_stashes
from curator_worker.tasks import Tasks
from tests.simulation.scenario import Order
from tests.simulation.schedule import Death, Process

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

    def wish(self, name: str, number: int) -> None:
        """A contributor wants something of one of the batches that there are by now."""
        if not self.orders:
            return
        order, batch = self.orders[number % len(self.orders)]
        wish = WISHES[name]

        def ask() -> None:
            # Nobody insists: what was not answered may have happened, or not.
            with suppress(ServiceDown, Death):
                self.through_web(lambda app: wish(self, app, order, batch, number))

        self.world.schedule.spawn(self.world.nature, ask)


Wish = Callable[[Actors, Application, Order, Batch, int], None]


def send_again(actors: Actors, app: Application, order: Order, batch: Batch, number: int) -> None:
    """A client that missed an acknowledgement sends the slice again."""
    actors.send_slice(app, order, batch, number % len(order.slices))


def retry(actors: Actors, app: Application, order: Order, batch: Batch, number: int) -> None:
    """All that failed gets a copy in a new batch."""
    world, user = actors.world, actors.world.users[order.user]
    failed = [
        each
        for each in world.uploads().values()
        if each.batch_id == batch.id
        and each.status is UploadStatus.FAILED
        and not any(other.retry_of == each.id for other in world.uploads().values())
    ]
    if not failed:
        return
    copies = [_copy(world, each, order.user) for each in failed]
    again = app.create_batch(user)
    with app.create_batch.begin() as work:
        stored = work.uploads.add(again.id, None, "", copies, world.scenario.policy.lead)
        take_over_stashes(work, stored)
    actors.orders.append((replace(order, slices=((),)), again))


def _copy(world: World, original: Upload, user: str) -> NewUpload:
    return NewUpload(
        user_id=original.user_id,
        image_id=original.image_id,
        handler=original.handler,
        collection=original.collection,
        filename=original.filename,
        wikitext=original.wikitext,
        captions=original.captions,
        sealed_token=world.vault.seal(world.tokens[user]),
        retry_of=original.id,
    )


WISHES: dict[str, Wish] = {"send again": send_again, "retry": retry}
