"""Somebody who watches a batch, over a real server."""

from collections.abc import Iterator
from contextlib import contextmanager

from curator_core.domain.batch import Batch
from curator_core.domain.ids import UploadId
from curator_web.live import Live
from tests.builders import an_item
from tests.web.house import Client, WebHouse, connected, serving, until


@contextmanager
def watching(house: WebHouse) -> Iterator[Client]:
    """Ada's connection to a server that hears what is announced."""
    with serving(house.web) as (port, _), connected(house, port) as client:
        until(lambda: live(house).is_listening)
        yield client


def live(house: WebHouse) -> Live:
    found: Live = house.web.state.live
    return found


def a_batch(house: WebHouse, count: int) -> tuple[Batch, list[UploadId]]:
    """Ada's batch with so many queued uploads."""
    batch = house.a_batch()
    house.add(batch, *(an_item(str(number)) for number in range(count)))
    return batch, [upload.id for upload in house.uploads(batch)]
