"""What contributors and administrators may want at any time.

A new one is a function in `WISHES`, and a line in the tables of `plan.py` and `others.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curator_core.application import Application
from curator_core.domain.batch import Batch
from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.user import Actor
from curator_core.use_cases.retry_uploads import Retried
from tests.simulation.plan import Mishap
from tests.simulation.scenario import ADMINISTRATOR, Order

if TYPE_CHECKING:
    from tests.simulation.actors import Actors
    from tests.simulation.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a contributor wants: of which batch; `about` is the upload that a worker was at when
    the contributor wanted it."""

    actors: Actors
    order: Order
    batch: Batch
    mishap: Mishap
    about: UploadId | None

    @property
    def world(self) -> World:
        return self.actors.world

    @property
    def actor(self) -> Actor:
        return Actor(user=self.world.users[self.order.user])

    @property
    def administrator(self) -> Actor:
        return Actor(user=self.world.users[ADMINISTRATOR], administers=True)

    @property
    def uploads(self) -> list[UploadId]:
        return [each.id for each in self.world.uploads().values() if each.batch_id == self.batch.id]

    @property
    def one(self) -> list[UploadId]:
        """One upload of the contributor's."""
        return [self.about] if self.about else self.uploads[self.mishap.count :][:1]

    def new_batch(self, user: str, batch_id: BatchId) -> None:
        batch = self.world.database.committed.batches[batch_id]
        self.actors.orders.append((Order(user=user, slices=(), begins=0.0), batch))


def send_again(wish: Wish, app: Application) -> None:
    """A client that missed an acknowledgement sends the slice again."""
    if slices := len(wish.order.slices):
        wish.actors.send_slice(app, wish.order, wish.batch, wish.mishap.count % slices)


def retry(wish: Wish, app: Application) -> None:
    user = wish.order.user
    token = wish.world.tokens[user]
    retried = app.retry_uploads(actor=wish.actor, token=token, batch_id=wish.batch.id)
    if isinstance(retried, Retried):
        wish.new_batch(user, retried.batch_id)


def retry_as_administrator(wish: Wish, app: Application) -> None:
    retried = app.retry_uploads.as_administrator(
        actor=wish.administrator, token=wish.world.tokens[ADMINISTRATOR], uploads=wish.uploads
    )
    if isinstance(retried, Retried):
        wish.new_batch(ADMINISTRATOR, retried.batch_id)


def cancel_batch(wish: Wish, app: Application) -> None:
    app.stop_uploads.cancel_batch(wish.actor, wish.batch.id)


def cancel_one(wish: Wish, app: Application) -> None:
    app.stop_uploads.cancel(wish.actor, wish.one)


def fail_one(wish: Wish, app: Application) -> None:
    app.stop_uploads.fail(wish.administrator, wish.one)


def pause(wish: Wish, app: Application) -> None:
    """Not for ever."""
    wish.world.schedule.spawn(
        wish.world.nature,
        lambda: wish.actors.resume(wish.actor, wish.batch),
        wish.mishap.seconds,
    )
    app.pause_batch(wish.actor, wish.batch.id, paused=True)


WISHES: dict[str, Callable[[Wish, Application], None]] = {
    "send again": send_again,
    "retry": retry,
    "retry as administrator": retry_as_administrator,
    "cancel batch": cancel_batch,
    "cancel one": cancel_one,
    "fail one": fail_one,
    "pause": pause,
}
