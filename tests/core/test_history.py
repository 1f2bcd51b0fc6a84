"""The story of an upload, as whoever asks is told it."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.history import EventKind
from curator_core.domain.ids import UploadId
from curator_core.domain.user import Actor
from curator_core.use_cases.show_history import Told
from tests.builders import House, a_house
from tests.fakes.sources import a_media_image


def told(house: House, upload_id: UploadId) -> tuple[Told, ...]:
    found = house.app.show_history(upload_id)
    assert found is not None
    return found


def story(house: House, upload_id: UploadId) -> list[tuple[int, EventKind, str]]:
    return [(each.attempt, each.event.kind, each.event.what) for each in told(house, upload_id)]


def test_an_upload_that_goes_well_is_a_short_story() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload(size=3000)
    house.work_to_the_end()
    assert story(house, upload_id) == [
        (0, EventKind.ACCEPTED, "Accepted."),
        (1, EventKind.ATTEMPT, "A worker took it on."),
        (1, EventKind.STEP, "Downloaded 3000 bytes from the source."),
        (1, EventKind.STEP, "The wiki holds the whole file in its stash."),
        (1, EventKind.STEP, "Publishing began."),
        (1, EventKind.STEP, f"Published as {house.upload(upload_id).filename}."),
        (1, EventKind.ENDED, "Ended: completed."),
    ]


def test_faults_and_waits_are_told_with_their_codes_and_times() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    address = a_media_image("1001").addresses.original
    trouble = Fault(kind=FaultKind.SOURCE_TROUBLE, code="http-503", info="Try again.")
    house.downloads.fail_next(address, *[trouble] * 4)
    house.process(upload_id)
    faults = [each.event for each in told(house, upload_id) if each.event.kind is EventKind.FAULT]
    assert len(faults) == 4
    assert {(each.step, each.code) for each in faults} == {("download", "http-503")}
    assert "Try again." in faults[0].what
    wait = told(house, upload_id)[-1].event
    assert wait.kind is EventKind.WAIT
    assert wait.until == wait.at + timedelta(seconds=600)
    house.work_to_the_end()
    assert told(house, upload_id)[-1].attempt == 2
    assert story(house, upload_id)[-1][2] == "Ended: completed."


def test_a_worker_that_fell_silent_is_told() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    with house.database.begin() as work:
        work.uploads.claim(upload_id, house.chance.lease_token(), timedelta(seconds=60), 2)
    house.clock.advance(timedelta(minutes=2))
    house.app.dispatch_due_uploads()
    assert story(house, upload_id)[-1][1] is EventKind.RESCUED


def test_what_ended_with_many_others_says_so_itself() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    actor = Actor(user=house.ada)
    house.app.stop_uploads.cancel_batch(actor, house.upload(upload_id).batch_id)
    assert house.database.committed.history == {}
    assert [each[2] for each in story(house, upload_id)] == ["Accepted.", "Ended: cancelled."]


def test_a_retry_says_what_it_retries() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    actor = Actor(user=house.ada)
    batch_id = house.upload(upload_id).batch_id
    house.app.stop_uploads.fail(Actor(user=house.grace, administers=True), [upload_id])
    house.app.retry_uploads(actor=actor, token=house.ada_token, batch_id=batch_id)
    copy = max(house.database.committed.uploads)
    assert story(house, copy)[0][2] == f"Accepted, as a retry of upload {upload_id}."
    assert "Manually marked as failed" in story(house, upload_id)[-1][2]


def test_no_secret_is_told() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.work_to_the_end()
    told_words = " ".join(each.event.what for each in told(house, upload_id))
    assert house.ada_token.secret not in told_words
    assert house.ada_token.key not in told_words


def test_nobody_is_told_of_what_is_not_there() -> None:
    assert a_house().app.show_history(UploadId(7)) is None
