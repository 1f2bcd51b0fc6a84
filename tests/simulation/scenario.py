"""What a run is about: who uploads which pictures, and how the world is set up; drawn by seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from curator_core.use_cases.items import Item
from tests.builders import an_item

USERS = ("Ada", "Grace", "Mary")
ADMINISTRATOR = "Margaret"
CHUNK = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the source; pictures of one `motif` have the same bytes."""

    image_id: str
    motif: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A batch that `user` sends in slices, beginning so many seconds into the run."""

    user: str
    slices: tuple[tuple[Item, ...], ...]
    begins: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`offsets` are how far the clocks of database, Redis and wiki are ahead, in seconds; files
    of `background_from` bytes and more are handled in the wiki's background; `on_wiki` names
    pictures that somebody else has uploaded before."""

    pictures: tuple[Picture, ...]
    orders: tuple[Order, ...]
    on_wiki: tuple[Picture, ...]
    limits: Limits
    offsets: dict[str, float]
    background_from: int
    workers: int
    threads: int
    policy: Policy


def draw_scenario(seed: int) -> Scenario:
    """The same for the same seed."""
    chance = random.Random(f"scenario {seed}")
    pictures = _pictures(chance)
    return Scenario(
        pictures=pictures,
        orders=_orders(chance, pictures),
        on_wiki=tuple(chance.sample(pictures, chance.choice((0, 0, 1)))),
        limits=_limits(chance),
        offsets={
            service: chance.choice((0.0, 0.0, chance.uniform(-3600, 3600)))
            for service in ("database", "redis", "wiki")
        },
        background_from=chance.choice((10**8, 10**8, 1)),
        workers=chance.choice((2, 3)),
        threads=chance.choice((1, 2)),
        policy=Policy(chunk_size=CHUNK),
    )


def _pictures(chance: random.Random) -> tuple[Picture, ...]:
    motifs = [(motif, chance.choice((900, 900, 1800, 2700))) for motif in range(7)]
    pictures = []
    for number in range(chance.randint(5, 9)):
        # Some pictures were put into the source twice or three times.
        motif, size = motifs[0] if chance.random() < 0.25 else motifs[min(number, 6)]
        pictures.append(Picture(image_id=str(101 + number), motif=motif, size=size))
    return tuple(pictures)


def _orders(chance: random.Random, pictures: tuple[Picture, ...]) -> tuple[Order, ...]:
    orders = []
    ids = [picture.image_id for picture in pictures]
    chance.shuffle(ids)
    together = chance.random() < 0.5
    count = chance.choice((2, 3))
    for number in range(count):
        # The same user may send two batches at once, from two windows.
        user = USERS[number] if chance.random() < 0.5 else USERS[0]
        mine = ids[number::count]
        if chance.random() < 0.3:
            mine.append(chance.choice(ids))
        mine = list(dict.fromkeys(mine))
        orders.append(
            Order(
                user=user,
                slices=tuple(_slices([an_item(image_id) for image_id in mine], chance)),
                begins=0.0 if together else chance.uniform(0, 60),
            )
        )
    return tuple(orders)


def _slices(items: list[Item], chance: random.Random) -> list[tuple[Item, ...]]:
    slices = []
    while items:
        length = chance.randint(1, 3)
        slices.append(tuple(items[:length]))
        del items[:length]
    return slices


def _limits(chance: random.Random) -> Limits:
    hits = chance.choice((0, 6, 20, 60))
    if not hits:
        return Limits(exempt=True)
    return Limits(limits=(Limit(action="upload", group="user", hits=hits, seconds=60),))
