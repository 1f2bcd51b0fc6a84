"""Sources in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import (
    Camera,
    Collection,
    Creator,
    ImageAddresses,
    ImageProblem,
    MediaImage,
    Place,
)
from curator_core.domain.statement import Day, Item, Snak, Statement, Text
from curator_core.ports.sources import Images, Source, TooLargeAtOnce

HOST = "pictures.example"
"""Where the fake's pictures are downloaded from."""

AT_ONCE = 100


def a_media_image(image_id: str = "1001", **changes: Any) -> MediaImage:
    """A usable picture; name only what matters."""
    picture = MediaImage(
        id=ImageId(image_id),
        title=f"Photo from Fake 2024-05-27 ({image_id}).jpg",
        taken=datetime(2024, 5, 27, 9, 0, 3, tzinfo=UTC),
        creator=Creator(id="7", username="ada", profile_url=f"https://{HOST}/user/ada"),
        place=Place(latitude=52.5, longitude=13.4, compass_angle=84.5),
        addresses=ImageAddresses(
            page=f"https://{HOST}/{image_id}",
            original=f"https://{HOST}/{image_id}/original.jpg",
            preview=f"https://{HOST}/{image_id}/1024.jpg",
            thumbnail=f"https://{HOST}/{image_id}/256.jpg",
        ),
        width=1024,
        height=768,
        camera=Camera(make="Apple", model="iPhone 13 Pro"),
    )
    return replace(picture, **changes)


class FakeSource:
    """Holds what `add` gave it. `too_large` names collections that do not come in one go, and
    `fail_next` scripts faults for the next calls; while it `is_down` none succeeds. `calls` keeps
    what was asked."""

    hosts = frozenset({HOST})

    def __init__(self, name: str = "mapillary") -> None:
        self.name = name
        self.too_large: set[str] = set()
        self.calls: list[str] = []
        self.is_down = False
        self._collections: dict[str, list[MediaImage | ImageProblem]] = {}
        self._faults: deque[Fault] = deque()

    def add(self, collection_id: str, *pictures: MediaImage | ImageProblem) -> None:
        """Puts pictures, and unusable ones, at the end of a collection."""
        self._collections.setdefault(collection_id, []).extend(pictures)

    def remove(self, image_id: ImageId) -> None:
        """Takes a picture away, as a photographer may."""
        for pictures in self._collections.values():
            pictures[:] = [each for each in pictures if _id(each) != image_id]

    def fail_next(self, *faults: Fault) -> None:
        """The next requests end in these, one each."""
        self._faults.extend(faults)

    def collection_id(self, address: str) -> str | None:
        last = address.strip().rstrip("/").rpartition(f"https://{HOST}/sequence/")[2]
        return last if last and all(each.isalnum() or each in "-_" for each in last) else None

    def collection(self, collection_id: str) -> Collection | TooLargeAtOnce:
        self._ask("collection", collection_id)
        if collection_id in self.too_large:
            return TooLargeAtOnce(collection_id=collection_id)
        images, problems = _sorted_out(self._collections.get(collection_id, []))
        images.sort(key=lambda image: (image.taken, image.id))
        return Collection(id=collection_id, images=tuple(images), problems=tuple(problems))

    def image_ids(self, collection_id: str) -> tuple[ImageId, ...]:
        self._ask("image_ids", collection_id)
        return tuple(_id(each) for each in self._collections.get(collection_id, []))

    def images(self, image_ids: Sequence[ImageId]) -> Images:
        if len(image_ids) > AT_ONCE:
            raise ValueError(f"{len(image_ids)} images at once")
        self._ask("images", ",".join(image_ids))
        asked = dict.fromkeys(image_ids)
        images, problems = _sorted_out(
            self._find(each) or ImageProblem(image_id=each, message="It is gone.") for each in asked
        )
        return Images(images=tuple(images), problems=tuple(problems))

    def image(self, image_id: ImageId) -> MediaImage:
        self._ask("image", image_id)
        found = self._find(image_id)
        if not isinstance(found, MediaImage):
            told = found.message if found else "It is gone."
            raise Faulted(Fault(kind=FaultKind.IMAGE_MISSING, info=told))
        return found

    def statements(self, image: MediaImage, *, copyright_override: bool) -> tuple[Statement, ...]:
        photo_id = Statement(main=Snak("P1947", Text(image.id)))
        inception = Statement(main=Snak("P571", Day(image.taken.date())))
        license_ = Statement(main=Snak("P275", Item("Q18199165")))
        return (photo_id, inception, *(() if copyright_override else (license_,)))

    def credit(self, image: MediaImage) -> str:
        return f"Fake image {image.id}"

    def _ask(self, call: str, about: str) -> None:
        self.calls.append(f"{call} {about}")
        if self.is_down:
            raise Faulted(Fault(kind=FaultKind.SOURCE_TROUBLE, code="http-500"))
        if self._faults:
            raise Faulted(self._faults.popleft())

    def _find(self, image_id: ImageId) -> MediaImage | ImageProblem | None:
        everything = (each for pictures in self._collections.values() for each in pictures)
        return next((each for each in everything if _id(each) == image_id), None)


class FakeSources:
    """The given sources by name."""

    def __init__(self, *sources: Source) -> None:
        self._by_name = {source.name: source for source in sources}

    def named(self, handler: str) -> Source | None:
        return self._by_name.get(handler)


def _id(picture: MediaImage | ImageProblem) -> ImageId:
    return picture.id if isinstance(picture, MediaImage) else picture.image_id


def _sorted_out(
    pictures: Iterable[MediaImage | ImageProblem],
) -> tuple[list[MediaImage], list[ImageProblem]]:
    images: list[MediaImage] = []
    problems: list[ImageProblem] = []
    for each in pictures:
        if isinstance(each, MediaImage):
            images.append(each)
        else:
            problems.append(each)
    return images, problems
