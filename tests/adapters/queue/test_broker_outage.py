"""A worker whose broker goes away while it is busy works on when the broker is back."""

from __future__ import annotations

import itertools
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from celery import Celery

from curator_adapters.queue.celery_app import PROCESS_UPLOAD, QUEUE, make_celery
from curator_adapters.queue.upload_queue import CeleryQueue
from curator_core.domain.ids import UploadId
from tests.chaos.servers import Valkey

THREADS = 2
_PATIENCE_SECONDS = 30.0


@dataclass(slots=True)
class Workplace:
    """Tasks that tell when they begin, and end when they are told to."""

    app: Celery
    numbers: Iterator[int] = field(default_factory=itertools.count)
    begun: dict[int, threading.Event] = field(default_factory=dict)
    told: dict[int, threading.Event] = field(default_factory=dict)

    def process(self, upload_id: int) -> None:
        self.begun[upload_id].set()
        self.told[upload_id].wait(_PATIENCE_SECONDS)

    def send(self) -> list[int]:
        """As many as can be at work at once."""
        uploads = list(itertools.islice(self.numbers, THREADS))
        self.begun |= {each: threading.Event() for each in uploads}
        self.told |= {each: threading.Event() for each in uploads}
        CeleryQueue(self.app).send([UploadId(each) for each in uploads])
        return uploads

    def end(self, uploads: Iterable[int]) -> None:
        for each in uploads:
            self.told[each].set()

    def all_begin(self, uploads: Iterable[int]) -> bool:
        return all(self.begun[each].wait(_PATIENCE_SECONDS) for each in uploads)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    folder = tmp_path_factory.mktemp("broker")
    server = Valkey(folder=folder, environment=os.environ, password=secrets.token_hex(8))
    server.start()
    yield server
    if server.child is not None:
        server.child.kill()


# One for all tests: Celery keeps some of a worker's app for the whole process.
@pytest.fixture(scope="module")
def workplace(broker: Valkey) -> Iterator[Workplace]:
    app = make_celery(f"redis://:{broker.password}@127.0.0.1:{broker.port}/0", "test:")
    place = Workplace(app)
    app.task(name=PROCESS_UPLOAD)(place.process)
    worker = app.WorkController(
        pool="threads",
        concurrency=THREADS,
        queues=[QUEUE],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    thread = threading.Thread(target=worker.start, daemon=True)
    thread.start()
    yield place
    place.end(place.told)
    worker.stop()
    thread.join(_PATIENCE_SECONDS)


@pytest.fixture
def an_acknowledgement_fails(caplog: pytest.LogCaptureFixture) -> Callable[[], None]:
    """Waits for the first one. Celery acknowledges in the thread that receives, one task after
    another: how many it tries before it sees that its connection is gone is left to chance, and
    the others follow once it has another."""

    def wait() -> None:
        pause = threading.Event()
        while not any("Couldn't ack" in record.getMessage() for record in caplog.records):
            pause.wait(0.02)

    return wait


def kill(broker: Valkey) -> None:
    """Returns once it is dead: it takes no acknowledgement any more."""
    assert broker.child is not None
    broker.child.kill()
    pause = threading.Event()
    while broker.child.is_alive():
        pause.wait(0.02)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("ending_in_the_outage", [1, THREADS])
def test_a_worker_that_was_all_busy_when_the_broker_went_is_as_busy_again_afterwards(
    broker: Valkey,
    workplace: Workplace,
    an_acknowledgement_fails: Callable[[], None],
    ending_in_the_outage: int,
) -> None:
    first = workplace.send()
    assert workplace.all_begin(first)
    kill(broker)
    workplace.end(first[:ending_in_the_outage])
    an_acknowledgement_fails()
    broker.start()
    workplace.end(first)

    # None of them ends: they are at work all at once.
    second = workplace.send()
    assert workplace.all_begin(second)
    workplace.end(second)
