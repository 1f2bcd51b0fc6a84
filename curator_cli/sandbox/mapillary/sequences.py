"""The sequences of photographs that the sandbox's Mapillary knows."""

import base64
import hashlib
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from curator_cli.sandbox.photographs.padding import HERE, PaddedJpeg, base_bytes

_FIRST_CAPTURE_MS = 1_716_800_403_000  # 2024-05-27T09:00:03Z
_TINY = "tiny.jpg"
_MEBIBYTE = 1024 * 1024


class Body(StrEnum):
    """What the CDN sends for a photograph's original."""

    JPEG = "jpeg"
    HTML = "html"
    EMPTY = "empty"
    PNG = "png"
    PHP_ERROR = "php-error"


class Mood(StrEnum):
    """How the Graph API answers a request for a whole sequence."""

    FINE = "fine"
    TOO_LARGE = "too-large"
    HANGS = "hangs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One image of Mapillary; `None` stands for a field that the answer leaves out.

    `captured_at` is in milliseconds since 1970, `geometry` is (longitude, latitude) in degrees,
    `compass_angle` in degrees.
    """

    id: str
    file: PaddedJpeg
    captured_at: int | None
    geometry: tuple[float, float] | None
    creator: str | None
    creator_id: str = "102744321098765"
    compass_angle: float | None = None
    make: str | None = "Apple"
    model: str | None = "iPhone 13 Pro"
    is_pano: bool = False
    body: Body = Body.JPEG

    @property
    def width(self) -> int:
        return 32 if self.file.base == _TINY else 1024

    @property
    def height(self) -> int:
        return 24 if self.file.base == _TINY else 768


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A named sequence; `name` is ours, `id` looks like one of Mapillary's.

    `about` says to people what it is good for.
    """

    name: str
    about: str
    photographs: tuple[Photograph, ...]
    mood: Mood = Mood.FINE

    @property
    def id(self) -> str:
        return sequence_id(self.name)


def sequence_id(name: str) -> str:
    """Returns the 22 characters by which the sequence called `name` is asked for."""
    digest = hashlib.sha256(f"curator sandbox {name}".encode()).digest()
    text = base64.urlsafe_b64encode(digest).decode().translate(str.maketrans("-_", "kQ"))
    return text[:22]


@lru_cache(maxsize=1)
def scenes() -> tuple[str, ...]:
    """The committed photographs of 1024 × 768, in their order."""
    return tuple(sorted(path.name for path in HERE.glob("??-*[!6].jpg") if ".256" not in path.name))


def _image_id(name: str, number: int) -> str:
    digest = hashlib.sha256(f"{name}/{number}".encode()).digest()
    return str(10**15 + int.from_bytes(digest[:6], "big") * 29 % (9 * 10**15))


def _base_for(size: int, number: int) -> str:
    scene = scenes()[number % len(scenes())]
    return scene if size >= len(base_bytes(scene)) + 64 else _TINY


def _track(number: int) -> tuple[float, float]:
    # A walk along the Spree in Berlin, some ten metres a step.
    longitude = 13.3762 + number * 0.000142
    latitude = 52.5193 + 0.0004 * math.sin(number / 5)
    return round(longitude, 9), round(latitude, 9)


def _photograph(name: str, number: int, size: int) -> Photograph:
    identity = _image_id(name, number)
    return Photograph(
        id=identity,
        file=PaddedJpeg(seed=identity, base=_base_for(size, number), size=size),
        captured_at=_FIRST_CAPTURE_MS + number * 7_000 + number * 137 % 1000,
        geometry=_track(number),
        creator="sandbox_walker",
        compass_angle=round((84.5 + 11 * math.cos(number / 5)) % 360, 6),
    )


def _photographs(name: str, sizes: list[int]) -> list[Photograph]:
    return [_photograph(name, number, size) for number, size in enumerate(sizes)]


def _sequence(name: str, about: str, photographs: list[Photograph]) -> Sequence:
    return Sequence(name=name, about=about, photographs=tuple(photographs))


_DEMO_KB = (
    100, 640, 1_210, 820, 2_350, 9_000, 1_480, 560, 3_000, 1_950, 730, 20_000,
    1_120, 2_640, 510, 1_730, 2_080, 940, 245, 1_390, 2_870, 1_660, 2_210, 3_145,
)  # fmt: skip


def _demo() -> Sequence:
    sizes = [kilobytes * 1000 + 37 * number for number, kilobytes in enumerate(_DEMO_KB)]
    sizes[11] = 20_000_000
    pictures = _photographs("demo", sizes)
    pictures[3] = replace(pictures[3], compass_angle=None)
    pictures[8] = replace(pictures[8], make="none", model="none")
    pictures[14] = replace(pictures[14], compass_angle=None, make=None, model=None)
    return _sequence("demo", "A walk to begin with: 100 kB to 20 MB", pictures)


def _empty() -> Sequence:
    pictures = _photographs("empty", [2_000] * 4)
    lacking = [replace(picture, geometry=None, creator=None) for picture in pictures]
    return _sequence("empty", "Nothing usable: no place, no creator", lacking)


def _mixed() -> Sequence:
    pictures = _photographs("mixed", [60_000 + 500 * number for number in range(8)])
    pictures[1] = replace(pictures[1], geometry=None)
    pictures[3] = replace(pictures[3], creator=None)
    pictures[6] = replace(pictures[6], captured_at=None)
    return _sequence("mixed", "Three of eight lack place, creator or time", pictures)


def _broken() -> Sequence:
    pictures = _photographs("broken", [40_000 + 500 * number for number in range(6)])
    for number, body in enumerate((Body.HTML, Body.EMPTY, Body.PNG, Body.PHP_ERROR), start=1):
        pictures[number] = replace(pictures[number], body=body)
    return _sequence("broken", "Four of six are no JPEG, whatever they say", pictures)


def _large() -> Sequence:
    pictures = _photographs("large", [1_000 + number for number in range(1_200)])
    about = "Too much to be asked for at once: an error instead"
    return replace(_sequence("large", about, pictures), mood=Mood.TOO_LARGE)


def _hangs() -> Sequence:
    pictures = _photographs("hangs", [1_500] * 3)
    return replace(
        _sequence("hangs", "Asked for as a whole, it never answers", pictures), mood=Mood.HANGS
    )


def _random_sizes() -> Sequence:
    chance = random.Random("curator: two hundred sizes")
    sizes = [chance.randint(1_000, 3_000_000) for _ in range(200)]
    return _sequence("bytes-random", "Sizes from 1 kB to 3 MB", _photographs("bytes-random", sizes))


def _edge_sizes() -> Sequence:
    sizes = [
        8192 * pages + extra
        for pages in (1, 2, 3, 16, 128, 256)
        for extra in (0, 1, 4095, 4096, 8191)
    ]
    about = "Sizes at the edges of a buffer of 8,192 bytes"
    return _sequence("bytes-edges", about, _photographs("bytes-edges", sizes))


def _sizes() -> Sequence:
    sizes = [4 * _MEBIBYTE, 5_000_000, 50_000_000, 64 * _MEBIBYTE, 1024 * _MEBIBYTE,
             4096 * _MEBIBYTE, 64 * _MEBIBYTE]  # fmt: skip
    return _sequence("sizes", "From 4 MiB to 4 GiB, for measuring", _photographs("sizes", sizes))


_MAKERS: tuple[Callable[[], Sequence], ...] = (
    _demo,
    _empty,
    _mixed,
    _broken,
    _large,
    _hangs,
    _random_sizes,
    _edge_sizes,
    _sizes,
)


@lru_cache(maxsize=1)
def default_sequences() -> tuple[Sequence, ...]:
    """The sequences of a sandbox that was told nothing else.

    `demo` (24 photographs of 100 kB to 20 MB), `empty` (none usable), `mixed` (three of eight
    lack geometry, creator or time), `broken` (four of six are no JPEG: an HTML page, nothing, a
    PNG, an error page of PHP), `large` (1,200, never given as a whole), `hangs` (a request for
    the whole gets no answer), `bytes-random` and `bytes-edges` (exact sizes),
    `sizes` (4 MiB, 5 MB, 50 MB, 64 MiB, 1 GiB and 4 GiB; made as they are read).
    """
    return tuple(make() for make in _MAKERS)
