"""What the Graph API says of an image, checked, and turned into a picture that we can offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from curator_core.domain.ids import ImageId
from curator_core.domain.media import (
    Camera,
    Creator,
    ImageAddresses,
    ImageProblem,
    MediaImage,
    Place,
)

FIELDS = (
    "captured_at",
    "compass_angle",
    "creator",
    "geometry",
    "height",
    "is_pano",
    "make",
    "model",
    "thumb_256_url",
    "thumb_1024_url",
    "thumb_original_url",
    "width",
)
"""What is asked of every image; the id comes by itself."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class WireCreator(_Wire):
    """`creator`."""

    id: str | None = None
    username: str | None = None


class WirePoint(_Wire):
    """`geometry`: a GeoJSON point, longitude first, in degrees."""

    coordinates: tuple[float, float] | tuple[float, float, float]


class WireImage(_Wire):
    """An image with the fields asked for; Mapillary leaves out those it does not know.

    `captured_at` is in milliseconds since 1970, `compass_angle` in degrees.
    """

    id: str
    captured_at: int | None = None
    compass_angle: float | None = None
    creator: WireCreator | None = None
    geometry: WirePoint | None = None
    height: int | None = None
    is_pano: bool | None = None
    make: str | None = None
    model: str | None = None
    thumb_256_url: str | None = None
    thumb_1024_url: str | None = None
    thumb_original_url: str | None = None
    width: int | None = None


class _Unusable(Exception):
    """Its text says why, in a sentence."""


def picture(image_id: ImageId, entry: object) -> MediaImage | ImageProblem:
    """The picture that `entry` of an answer describes, or why it cannot be used."""
    try:
        return _picture(WireImage.model_validate(entry))
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        message = f"Mapillary's answer for this image is broken at {field!r}."
    except _Unusable as reason:
        message = str(reason)
    return ImageProblem(image_id=image_id, message=message)


def _picture(wire: WireImage) -> MediaImage:
    taken = _taken(wire)
    if not wire.width or not wire.height or wire.width < 0 or wire.height < 0:
        raise _Unusable("Mapillary does not know the image's width and height.")
    return MediaImage(
        id=ImageId(wire.id),
        title=f"Photo from Mapillary {taken:%Y-%m-%d} ({wire.id}).jpg",
        taken=taken,
        creator=_creator(wire),
        place=_place(wire),
        addresses=_addresses(wire),
        width=wire.width,
        height=wire.height,
        camera=Camera(make=_known(wire.make), model=_known(wire.model), is_pano=bool(wire.is_pano)),
    )


def _taken(wire: WireImage) -> datetime:
    if wire.captured_at is None or wire.captured_at <= 0:
        raise _Unusable("Mapillary does not know when the image was taken.")
    try:
        return _EPOCH + timedelta(milliseconds=wire.captured_at)
    except OverflowError:
        raise _Unusable("Mapillary gives an impossible time for the image.") from None


def _creator(wire: WireImage) -> Creator:
    if wire.creator is None or not (username := _folded(wire.creator.username)):
        raise _Unusable("Mapillary does not say who took the image.")
    return Creator(
        id=wire.creator.id or username,
        username=username,
        profile_url=f"https://www.mapillary.com/app/user/{quote(username, safe='')}",
    )


def _place(wire: WireImage) -> Place:
    if wire.geometry is None:
        raise _Unusable("Mapillary does not know where the image was taken.")
    longitude, latitude, *_height = wire.geometry.coordinates
    angle = wire.compass_angle
    try:
        return Place(
            latitude=latitude,
            longitude=longitude,
            # Cameras without a compass send 0 or -1.
            compass_angle=angle if angle is not None and 0 < angle < 360 else None,
        )
    except ValueError:
        raise _Unusable("Mapillary gives an impossible place for the image.") from None


def _addresses(wire: WireImage) -> ImageAddresses:
    if not wire.thumb_original_url:
        raise _Unusable("Mapillary does not offer the image's original.")
    preview = wire.thumb_1024_url or wire.thumb_original_url
    return ImageAddresses(
        page=f"https://www.mapillary.com/app/?pKey={wire.id}&focus=photo",
        original=wire.thumb_original_url,
        preview=preview,
        thumbnail=wire.thumb_256_url or preview,
    )


def _known(text: str | None) -> str | None:
    cleaned = _folded(text)
    return None if cleaned.casefold() in ("", "none") else cleaned


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())
