"""What happens to the world in a moment, whoever is at work: losses, and what other people do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from curator_core.domain.merge import Additions
from curator_core.domain.statement import Item, Snak, Statement
from tests.fakes.statements import add
from tests.fakes.wiki_records import FakeDescription
from tests.simulation.plan import Mishap

if TYPE_CHECKING:
    from tests.simulation.world import World


def redis_forgets(world: World, mishap: Mishap) -> None:
    world.redis_forgets()
    world.ledger.forget_redis()
    queue_loses(world, mishap)


def queue_loses(world: World, mishap: Mishap) -> None:
    world.queue.take()
    world.queue.wakes = 0


def queue_doubles(world: World, mishap: Mishap) -> None:
    recent = [each for each, upload in world.uploads().items() if not upload.status.is_final]
    world.queue.sent.extend([*world.queue.sent, *recent])
    world.work_there.fire()


def stash_is_lost(world: World, mishap: Mishap) -> None:
    world.wiki.lose_stash()


def jobs_are_lost(world: World, mishap: Mishap) -> None:
    world.wiki.jobs.lose()


def bytes_change(world: World, mishap: Mishap) -> None:
    """The photographer blurs a face, in the picture that somebody is at work on."""
    image_id = world.image_at_work()
    if image_id is not None:
        world.offer(image_id, world.picture_bytes(image_id)[-1] + b"blurred")


def token_is_revoked(world: World, mishap: Mishap) -> None:
    world.revoke(mishap.how)
    world.schedule.spawn(world.nature, lambda: world.log_in(mishap.how), mishap.seconds)


def somebody_uploads(world: World, mishap: Mishap) -> None:
    """Somebody else has the same idea about the picture that a worker is at work on."""
    image_id = world.image_at_work()
    upload = world.upload_at_work()
    if image_id is None or upload is None:
        return
    data = world.picture_bytes(image_id)[-1]
    match mishap.how:
        case "the same bytes":
            _put(world, f"Somebody's {image_id}.jpg", data)
        case "the title":
            _put(world, upload.filename, b"something else")
        case "the same file":
            _put(world, upload.filename, data)
        case _:
            _describe(world, upload.filename)


def _put(world: World, title: str, data: bytes) -> None:
    # Nobody replaces a file without being asked whether they mean it.
    if title not in world.wiki.files:
        world.wiki.add_file(title, data)


def _describe(world: World, title: str) -> None:
    if title in world.wiki.files:
        described = world.wiki.descriptions.setdefault(title, FakeDescription())
        depicts = Statement(main=Snak("P180", Item("Q12280")))
        add(described, Additions(statements=(depicts,)), "depicts a bridge")


MOMENTS: dict[str, Callable[[World, Mishap], None]] = {
    "Redis forgets everything": redis_forgets,
    "the queue loses its messages": queue_loses,
    "the queue doubles its messages": queue_doubles,
    "the stash is lost": stash_is_lost,
    "the wiki's jobs are lost": jobs_are_lost,
    "the bytes at the source change": bytes_change,
    "the token is revoked": token_is_revoked,
    "somebody else uploads": somebody_uploads,
    "the connection breaks too early": lambda world, mishap: world.delay(mishap.seconds),
    "a slice is sent again": lambda world, mishap: world.wish("send again", mishap),
    "a batch is retried": lambda world, mishap: world.wish("retry", mishap),
    "a batch is retried by an administrator": lambda world, mishap: world.wish(
        "retry as administrator", mishap
    ),
    "a batch is cancelled": lambda world, mishap: world.wish("cancel batch", mishap),
    "an upload is cancelled": lambda world, mishap: world.wish("cancel one", mishap),
    "an upload is failed by hand": lambda world, mishap: world.wish("fail one", mishap),
    "a batch is paused": lambda world, mishap: world.wish("pause", mishap),
}
