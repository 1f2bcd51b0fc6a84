"""A contributor looks at what a source offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from curator_core.domain.catalogue import sentence_for
from curator_core.domain.errors import Faulted
from curator_core.domain.ids import ImageId
from curator_core.domain.media import Collection, ImageProblem, MediaImage
from curator_core.domain.retry import Step
from curator_core.ports.sources import Source, Sources, TooLargeAtOnce
from curator_core.use_cases.persistence import Persistence

AT_ONCE = 100
"""How many pictures a source gives by id in one go, and a message holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingFound:
    """No picture can be offered; `reason` is a sentence."""

    reason: str
    problems: tuple[ImageProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InParts:
    """The collection is too large to come in one go: ask `BrowseCollection.parts`."""

    collection_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseCollection:
    """- The pictures come in the order they were taken.
    - A picture that cannot be used is named with the reason and does not sink the collection.
    - What is too large at once is fetched by ids, in hundreds.
    """

    sources: Sources
    persistence: Persistence

    def __call__(self, handler: str, address: str) -> Collection | InParts | NothingFound:
        """What stands at `address`; every trouble is told as `NothingFound`."""
        source = self.sources.named(handler)
        if source is None:
            return NothingFound(reason=f"Curator knows no source called {handler[:50]!r}.")
        collection_id = source.collection_id(address)
        if collection_id is None:
            return NothingFound(
                reason=f"{address[:100]!r} names no collection that {source.name} could have."
            )
        try:
            found = self.persistence.attempt(Step.BROWSE, lambda: source.collection(collection_id))
        except Faulted as faulted:
            return NothingFound(reason=sentence_for(Step.BROWSE, faulted.fault))
        if isinstance(found, TooLargeAtOnce):
            return InParts(collection_id=found.collection_id)
        return _worth_showing(source, found)

    def parts(self, handler: str, collection_id: str) -> Collection | NothingFound:
        """The whole of a collection that is too large to come in one go."""
        source = self.sources.named(handler)
        if source is None:
            return NothingFound(reason=f"Curator knows no source called {handler[:50]!r}.")
        images: list[MediaImage] = []
        problems: list[ImageProblem] = []
        try:
            ids = self.persistence.attempt(Step.BROWSE, lambda: source.image_ids(collection_id))
            for some in in_hundreds(ids):
                part = self.persistence.attempt(Step.BROWSE, partial(source.images, some))
                images += part.images
                problems += part.problems
        except Faulted as faulted:
            return NothingFound(reason=sentence_for(Step.BROWSE, faulted.fault))
        images.sort(key=lambda image: (image.taken, image.id))
        return _worth_showing(
            source, Collection(id=collection_id, images=tuple(images), problems=tuple(problems))
        )


def in_hundreds(ids: Sequence[ImageId]) -> Iterator[tuple[ImageId, ...]]:
    """`ids` in their order, a hundred at a time."""
    rest = iter(ids)
    while some := tuple(islice(rest, AT_ONCE)):
        yield some


def _worth_showing(source: Source, found: Collection) -> Collection | NothingFound:
    if found.images:
        return found
    if not found.problems:
        return NothingFound(reason=f"{source.name} has no pictures under {found.id!r}.")
    first = found.problems[0]
    return NothingFound(
        reason=f"None of the {len(found.problems)} pictures of {found.id!r} can be used; "
        f"the first, {first.image_id}: {first.message}",
        problems=found.problems,
    )
