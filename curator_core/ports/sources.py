"""Where collections of photographs come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from curator_core.domain.ids import ImageId
from curator_core.domain.media import Collection, ImageProblem, MediaImage
from curator_core.domain.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLargeAtOnce:
    """The source cannot give the collection in one go: fetch its ids, then images by id."""

    collection_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Some pictures of a collection and the unusable ones among those asked for."""

    images: tuple[MediaImage, ...]
    problems: tuple[ImageProblem, ...] = ()


class Source(Protocol):
    """One source of pictures. Calls raise `Faulted` (`SOURCE_TROUBLE`, `SOURCE_REFUSED`)."""

    @property
    def name(self) -> str:
        """What the contract calls the handler."""
        ...

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that its pictures are downloaded from; `*.example.org` for any below."""
        ...

    def collection_id(self, address: str) -> str | None:
        """The id of the collection that a contributor named; None where it names none."""
        ...

    def collection(self, collection_id: str) -> Collection | TooLargeAtOnce:
        """A whole collection, in the order the pictures were taken; empty where unknown."""
        ...

    def image_ids(self, collection_id: str) -> tuple[ImageId, ...]:
        """The ids of a collection's pictures."""
        ...

    def images(self, image_ids: Sequence[ImageId]) -> Images:
        """Up to 100 pictures by id, in the order asked."""
        ...

    def image(self, image_id: ImageId) -> MediaImage:
        """One picture. Raises `Faulted`, `IMAGE_MISSING` where it is gone or unusable."""
        ...

    def statements(self, image: MediaImage, *, copyright_override: bool) -> tuple[Statement, ...]:
        """What is known about the picture, as structured data."""
        ...

    def credit(self, image: MediaImage) -> str:
        """Source and id for an edit summary, such as `Mapillary 1234`."""
        ...


class Sources(Protocol):
    """All sources by name."""

    def named(self, handler: str) -> Source | None: ...
