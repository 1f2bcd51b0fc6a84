"""Mapillary as one of the sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from curator_adapters.sources.mapillary.addresses import sequence_in
from curator_adapters.sources.mapillary.api import TIMED_OUT, Entry, GraphApi
from curator_adapters.sources.mapillary.images import FIELDS, picture
from curator_adapters.sources.mapillary.statements import statements_of
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import Collection, ImageProblem, MediaImage
from curator_core.domain.statement import Statement
from curator_core.ports.sources import Images, TooLargeAtOnce

ROOT = "https://graph.mapillary.com"
"""Where Mapillary's own Graph API answers."""

AT_ONCE = 100
_MOST_IN_A_COLLECTION = 2000
"""What Graph gives at most in one answer; as many may be a cut-off collection."""

_IMAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIELDS = ",".join(FIELDS)
_TOO_MUCH_FOR_IT = frozenset({TIMED_OUT, "http-500", "http-504"})
_GONE = "Mapillary does not have this image any more."


class Mapillary:
    """Sequences as collections. `root` is where its Graph API, or a stand-in, answers;
    `patience` is how long an answer may take. Several threads may use it at once."""

    name = "mapillary"

    # Pictures' addresses are of the form https://scontent-….xx.fbcdn.net/m1/v/…, signed and
    # short-lived (https://www.mapillary.com/developer/api-documentation, image fields, and
    # mapillary-js's recorded answers); images.mapillary.com served them before 2021.
    hosts = frozenset({"*.fbcdn.net", "*.mapillary.com"})

    def __init__(
        self,
        *,
        token: str | None,
        user_agent: str,
        root: str = ROOT,
        patience: timedelta = timedelta(seconds=30),
    ) -> None:
        self._api = GraphApi(root, token, user_agent, patience)

    def collection_id(self, address: str) -> str | None:
        return sequence_in(address)

    def collection(self, collection_id: str) -> Collection | TooLargeAtOnce:
        try:
            found = self._api.listing(
                "images",
                sequence_ids=collection_id,
                fields=_FIELDS,
                limit=str(_MOST_IN_A_COLLECTION),
            )
        except Faulted as faulted:
            if faulted.fault.code in _TOO_MUCH_FOR_IT:
                return TooLargeAtOnce(collection_id=collection_id)
            raise
        if found.paging.next or len(found.data) >= _MOST_IN_A_COLLECTION:
            return TooLargeAtOnce(collection_id=collection_id)
        images, problems = _sorted_out(found.data)
        images.sort(key=lambda image: (image.taken, image.id))
        return Collection(id=collection_id, images=tuple(images), problems=tuple(problems))

    def image_ids(self, collection_id: str) -> tuple[ImageId, ...]:
        ids: list[str] = []
        page = self._api.listing("image_ids", sequence_id=collection_id)
        ids += (entry.id for entry in page.data)
        while page.data and page.paging.next and page.paging.cursors.after:
            page = self._api.listing(
                "image_ids", sequence_id=collection_id, after=page.paging.cursors.after
            )
            ids += (entry.id for entry in page.data)
        return tuple(ImageId(each) for each in dict.fromkeys(ids))

    def images(self, image_ids: Sequence[ImageId]) -> Images:
        if len(image_ids) > AT_ONCE:
            raise ValueError(f"{len(image_ids)} images at once; Mapillary gives {AT_ONCE}")
        askable = [each for each in image_ids if _IMAGE_ID.fullmatch(each)]
        entries: dict[str, Entry] = {}
        if askable:
            found = self._api.listing("images", image_ids=",".join(askable), fields=_FIELDS)
            entries = {entry.id: entry for entry in found.data}
        there = [entries[each] for each in dict.fromkeys(image_ids) if each in entries]
        images, problems = _sorted_out(there)
        problems += [
            ImageProblem(image_id=each, message=_GONE)
            for each in dict.fromkeys(image_ids)
            if each not in entries
        ]
        return Images(images=tuple(images), problems=tuple(problems))

    def image(self, image_id: ImageId) -> MediaImage:
        if not _IMAGE_ID.fullmatch(image_id):
            raise _missing("That is no id of an image of Mapillary.")
        found = picture(image_id, self._api.entry(image_id, fields=_FIELDS).model_dump())
        if isinstance(found, ImageProblem):
            raise _missing(found.message)
        return found

    def statements(self, image: MediaImage, *, copyright_override: bool) -> tuple[Statement, ...]:
        return statements_of(image, copyright_override=copyright_override)

    def credit(self, image: MediaImage) -> str:
        return f"Mapillary image {image.id}"


def _sorted_out(entries: Iterable[Entry]) -> tuple[list[MediaImage], list[ImageProblem]]:
    images: list[MediaImage] = []
    problems: list[ImageProblem] = []
    for entry in entries:
        found = picture(ImageId(entry.id), entry.model_dump())
        if isinstance(found, MediaImage):
            images.append(found)
        else:
            problems.append(found)
    return images, problems


def _missing(info: str) -> Faulted:
    return Faulted(Fault(kind=FaultKind.IMAGE_MISSING, info=info))
