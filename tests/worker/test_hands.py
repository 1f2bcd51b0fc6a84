"""What Celery calls, in whichever process it does."""

from __future__ import annotations

from structlog.testing import capture_logs

from curator_core.domain.errors import ServiceDown
from curator_core.domain.upload import UploadStatus
from curator_worker.hands import Hands
from curator_worker.tasks import Tasks
from tests.builders import House


def test_its_tasks_are_found_when_the_first_is_carried_out_and_kept() -> None:
    house, found = House(), []

    def find() -> Tasks:
        found.append(Tasks(house.app))
        return found[-1]

    hands = Hands(find)
    assert found == [], "a fork may still come"
    upload_id = house.an_accepted_upload()
    hands.dispatch()
    hands.process_upload(upload_id)

    assert len(found) == 1
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_tasks_that_cannot_be_found_are_looked_for_again_with_the_next_message() -> None:
    house, answers = House(), iter([False, True])

    def find() -> Tasks:
        if not next(answers):
            raise ServiceDown("Redis", "the embedded server does not start")
        return Tasks(house.app)

    hands = Hands(find)
    upload_id = house.an_accepted_upload()
    with capture_logs() as logged:
        hands.process_upload(upload_id)
    assert [entry["event"] for entry in logged] == ["nothing can be done"]
    assert house.upload(upload_id).status is UploadStatus.QUEUED

    hands.process_upload(upload_id)
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
