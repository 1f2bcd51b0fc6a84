"""What a worker does with a message, whatever comes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from curator_core.domain.errors import ServiceDown
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from curator_worker.tasks import Tasks
from tests.builders import House


class Surprise(Exception):
    """Nothing that anybody foresaw."""


@pytest.fixture
def house() -> House:
    return House()


def test_a_message_brings_an_upload_to_its_end(house: House) -> None:
    upload_id = house.an_accepted_upload()

    Tasks(house.app).process_upload(upload_id)

    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_a_doubled_message_does_nothing(house: House) -> None:
    upload_id = house.an_accepted_upload()
    tasks = Tasks(house.app)
    tasks.process_upload(upload_id)
    asked = len(house.asked())

    tasks.process_upload(upload_id)

    assert len(house.asked()) == asked


def test_a_message_for_an_upload_that_is_not_there_does_nothing(house: House) -> None:
    Tasks(house.app).process_upload(4711)

    assert house.asked() == []


def test_the_next_due_upload_is_dispatched_when_one_ends(house: House) -> None:
    first = house.an_accepted_upload("1001")
    second = house.an_accepted_upload("1002")
    house.clock.advance(timedelta(minutes=10))

    Tasks(house.app).process_upload(first)

    assert second in house.queue.sent


def test_something_unforeseen_fails_the_upload_with_its_type_and_is_logged_with_its_trace(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = house.an_accepted_upload()

    def stumble(*_: object) -> None:
        raise Surprise("out of cheese")

    house.downloads.fetch = stumble  # type: ignore[method-assign, assignment]
    with capture_logs() as logged:
        Tasks(house.app).process_upload(upload_id)

    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.FAILED
    assert upload.failure is not None
    assert "Surprise: out of cheese" in upload.failure.message
    assert any(entry.get("exc_info") for entry in logged)


def test_an_upload_that_a_moments_outage_stopped_is_given_back_at_once(house: House) -> None:
    upload_id = house.an_accepted_upload()

    def database_is_away_for_a_moment() -> None:
        raise ServiceDown("database", "gone away")

    house.fate.strike("send", lambda: house.fate.strike(1, database_is_away_for_a_moment))
    Tasks(house.app).process_upload(upload_id)

    upload = house.upload(upload_id)
    assert (upload.status, upload.attempts) == (UploadStatus.QUEUED, 0)
    house.clock.advance(timedelta(seconds=10))
    Tasks(house.app).process_upload(upload_id)
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_an_end_whose_answer_was_lost_is_not_taken_back(house: House) -> None:
    upload_id = house.an_accepted_upload()

    def answer_is_lost() -> None:
        raise ServiceDown("database", "gone away")

    house.fate.strike(
        "refresh", lambda: house.fate.strike(1, answer_is_lost, after=True), after=True
    )
    Tasks(house.app).process_upload(upload_id)

    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_an_upload_is_left_to_its_lease_where_the_database_stays_away(house: House) -> None:
    upload_id = house.an_accepted_upload()

    def database_goes_away() -> None:
        house.database.down = True

    house.fate.strike("send", database_goes_away)
    Tasks(house.app).process_upload(upload_id)

    assert house.upload(upload_id).status is UploadStatus.IN_PROGRESS


@pytest.mark.parametrize("size", [3000, 10_000])
@pytest.mark.parametrize(
    "call", ["blacklist_reason", "image", "max_size", "fetch", "look", "hold", "send", "publish"]
)
def test_a_worker_that_is_to_end_stores_how_far_it_got_and_puts_the_rest_back(
    call: str, size: int
) -> None:
    house = House(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=size)
    tasks = Tasks(house.app)
    house.fate.strike(call, tasks.stopping.set, after=True)
    tasks.process_upload(upload_id)

    upload = house.upload(upload_id)
    assert (upload.status, upload.attempts, upload.lease) == (UploadStatus.QUEUED, 0, None)
    assert upload.checkpoint.offset == {"send": 1024, "publish": size}.get(call, 0)
    assert (upload.checkpoint.published_url is not None) == (call == "publish")

    tasks.process_upload(upload_id)
    assert house.upload(upload_id) == upload, "nothing is begun any more"

    Tasks(house.app).process_upload(upload_id)
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert [len(versions) for versions in house.wiki.files.values()] == [1]


def test_a_worker_that_is_to_end_finishes_what_needs_only_a_word_more(house: House) -> None:
    upload_id = house.an_accepted_upload()
    tasks = Tasks(house.app)
    house.fate.strike("write", tasks.stopping.set, after=True)
    tasks.process_upload(upload_id)

    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(house: House) -> None:
    tasks = Tasks(house.app)
    with capture_logs() as logged:
        for down in (False, True, True, True, False, False, True):
            house.database.down = down
            tasks.dispatch()

    told = [entry["event"] for entry in logged]
    assert told == ["nothing dispatched", "dispatching again", "nothing dispatched"]
