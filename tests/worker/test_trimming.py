"""What is too old of the uploads' history is dropped by a worker's timer."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from curator_core.domain.history import EventKind
from curator_core.domain.ids import UploadId
from curator_core.domain.policy import Policy
from curator_worker.rounds import Rounds
from curator_worker.tasks import Tasks
from curator_worker.trimming import Trimming
from tests.builders import House


def kinds(house: House, upload_id: UploadId) -> list[EventKind]:
    told = house.app.show_history(upload_id)
    assert told is not None
    return [each.event.kind for each in told]


def test_what_is_older_than_it_is_kept_for_is_dropped_in_a_round_and_that_is_told() -> None:
    house = House(policy=Policy(history_days=7))
    old = house.an_accepted_upload("1001")
    house.work_to_the_end()
    house.clock.advance(timedelta(days=7, seconds=1))
    new = house.an_accepted_upload("1002")
    house.work_to_the_end()
    noted, of_the_new = len(kinds(house, old)) - 1, kinds(house, new)
    with capture_logs() as logs:
        Rounds(Tasks(house.app)).go()

    dropped = [entry["events"] for entry in logs if entry["event"] == "old events dropped"]
    assert dropped == [noted]
    # What the upload itself tells stays.
    assert kinds(house, old) == [EventKind.ACCEPTED, EventKind.ENDED]
    assert kinds(house, new) == of_the_new


def test_a_database_that_is_away_is_trimmed_later() -> None:
    house = House(policy=Policy(history_days=7))
    upload_id = house.an_accepted_upload()
    house.work_to_the_end()
    house.clock.advance(timedelta(days=8))
    trimming = Trimming(house.app.trim_history)
    house.database.down = True
    with capture_logs() as logs:
        trimming.go()
    house.database.down = False
    assert not logs
    assert len(kinds(house, upload_id)) > 2
    trimming.go()
    assert len(kinds(house, upload_id)) == 2
