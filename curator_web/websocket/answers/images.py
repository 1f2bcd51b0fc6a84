"""What stands at a source's address."""

from __future__ import annotations

from collections.abc import Iterator

from curator_core.domain.media import Collection
from curator_core.use_cases.browse_collection import AT_ONCE, InParts, NothingFound
from curator_web.protocol import mapping
from curator_web.protocol.client import FetchImages
from curator_web.protocol.server import (
    CollectionData,
    CollectionImageIds,
    CollectionImages,
    Error,
    PartialCollectionImages,
    PartialData,
    ServerMessage,
    TryBatchRetrieval,
)
from curator_web.websocket.answers.desk import Desk


def fetch_images(desk: Desk, message: FetchImages) -> Iterator[ServerMessage]:
    """The pictures at an address: at once, or in parts of a hundred."""
    found = desk.application.browse_collection(message.handler, message.data)
    if not isinstance(found, InParts):
        yield _nothing(found) if isinstance(found, NothingFound) else _whole(found)
        return
    yield TryBatchRetrieval(data="This collection is large: it comes in parts.")
    parts = desk.application.browse_collection.parts(message.handler, found.collection_id)
    if isinstance(parts, NothingFound):
        yield _nothing(parts)
    else:
        yield from _in_parts(parts)


def _nothing(nothing: NothingFound) -> Error:
    return Error(data=nothing.reason)


def _whole(found: Collection) -> CollectionImages:
    return CollectionImages(
        data=CollectionData(
            images={image.id: mapping.media_image(image) for image in found.images},
            creator=mapping.creator(found.images[0]),
            problems=mapping.problems(found.problems),
        )
    )


def _in_parts(found: Collection) -> Iterator[ServerMessage]:
    yield CollectionImageIds(data=tuple(image.id for image in found.images))
    problems = mapping.problems(found.problems)
    for first in range(0, len(found.images), AT_ONCE):
        yield PartialCollectionImages(
            data=PartialData(
                images=tuple(
                    mapping.media_image(image) for image in found.images[first : first + AT_ONCE]
                ),
                collection=found.id,
                # Once is enough: they belong to the collection, not to this part.
                problems=problems if first == 0 else None,
            )
        )
