"""What a source offers: pictures with their dates, creators, places and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.clockwork import utc
from curator_core.domain.ids import ImageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """Who took a picture, as the source knows them."""

    id: str
    username: str
    profile_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the camera stood, in WGS 84 degrees; `compass_angle` in degrees from north."""

    latitude: float
    longitude: float
    compass_angle: float | None = None

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90 or not -180 <= self.longitude <= 180:
            raise ValueError(f"{self.latitude}, {self.longitude} is nowhere on Earth")
        if self.compass_angle is not None and not 0 < self.compass_angle < 360:
            raise ValueError("a compass angle lies strictly between 0 and 360 degrees")


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What took the picture; `make` and `model` are missing where unknown."""

    make: str | None = None
    model: str | None = None
    is_pano: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAddresses:
    """Web addresses: the page at the source, the original bytes, and two smaller pictures."""

    page: str
    original: str
    preview: str
    thumbnail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaImage:
    """One picture that a source offers; sizes in pixels. `place` is missing where unknown."""

    id: ImageId
    title: str
    taken: datetime
    creator: Creator
    place: Place | None
    addresses: ImageAddresses
    width: int
    height: int
    camera: Camera = Camera()
    existing: tuple[str, ...] = ()
    description: str | None = None
    license: str | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        utc(self.taken)
        if self.width < 1 or self.height < 1:
            raise ValueError("a picture has a width and a height")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProblem:
    """A picture that cannot be used, and why."""

    image_id: ImageId
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The pictures of a sequence or album in the order they were taken, and the unusable ones."""

    id: str
    images: tuple[MediaImage, ...]
    problems: tuple[ImageProblem, ...] = ()
