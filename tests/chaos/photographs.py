"""The photographs of a chaos run, the same in every process."""

from __future__ import annotations

import hashlib
import random

from curator_cli.sandbox.mapillary.sequences import Photograph, Sequence
from curator_cli.sandbox.photographs.padding import PaddedJpeg

CHUNK_BYTES = 64 * 1024

SEQUENCE = "chaos"

_FIRST_CAPTURE_MS = 1_716_800_403_000  # 2024-05-27T09:00:03Z
# How many of a hundred, and between which sizes: most in one chunk, some in a few, a few in many.
_SIZES = ((85, 4_000, 40_000), (12, 70_000, 200_000), (3, 300_000, 600_000))


def photographs(count: int) -> tuple[Photograph, ...]:
    """`count` photographs, no two with the same bytes; their SHA-1s are computed when asked for."""
    chance = random.Random("curator: chaos")
    return tuple(_photograph(number, _size(chance)) for number in range(count))


def sequence(count: int) -> Sequence:
    """They as a sequence of the sandbox's Mapillary."""
    return Sequence(
        name=SEQUENCE, about="Many small ones, for chaos", photographs=photographs(count)
    )


def _size(chance: random.Random) -> int:
    weights = [weight for weight, _, _ in _SIZES]
    _, least, most = chance.choices(_SIZES, weights)[0]
    return chance.randint(least, most)


def _photograph(number: int, size: int) -> Photograph:
    digest = hashlib.sha256(f"{SEQUENCE}/{number}".encode()).digest()
    identity = str(10**15 + int.from_bytes(digest[:6], "big"))
    return Photograph(
        id=identity,
        file=PaddedJpeg(seed=identity, base="tiny.jpg", size=size),
        captured_at=_FIRST_CAPTURE_MS + number * 7_000,
        geometry=(round(13.3762 + number * 0.000142, 9), 52.5193),
        creator="sandbox_walker",
        compass_angle=84.5,
    )
