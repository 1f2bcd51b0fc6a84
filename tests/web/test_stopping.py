"""CANCEL_BATCH, PAUSE_BATCH and RESUME_BATCH: a batch ends before its time, or waits."""

from dataclasses import replace

import pytest

from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Stop, UploadStatus
from tests.web.house import CONFIG, QUICK, WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error, say
from tests.web.watching import a_batch as a_queued_batch
from tests.web.watching import watching


@pytest.fixture
def watched() -> WebHouse:
    """A house whose server reads nothing again by itself."""
    return WebHouse(replace(CONFIG, rhythm=QUICK))


def statuses(house: WebHouse) -> list[UploadStatus]:
    return [upload.status for _, upload in sorted(house.database.committed.uploads.items())]


# Cancelling


def test_who_watches_a_batch_sees_it_cancelled(watched: WebHouse) -> None:
    batch, uploads = a_queued_batch(watched, 3)
    with watching(watched) as client:
        client.subscribe(batch.id)
        client.send("CANCEL_BATCH", batch.id)
        told = client.expect("UPLOADS_UPDATE")
        assert {each["id"]: each["status"] for each in told} == dict.fromkeys(uploads, "cancelled")
        assert client.expect("UPLOADS_COMPLETE") == batch.id


def test_what_is_at_work_is_asked_to_stop(house: WebHouse) -> None:
    batch, (first, second) = a_queued_batch(house, 2)
    house.starts(first)
    with house.socket() as socket:
        say(socket, "CANCEL_BATCH", batch.id)
        # The next answer on the same lane: what was asked for before is done.
        a_batch(socket)
    assert statuses(house) == [UploadStatus.IN_PROGRESS, UploadStatus.CANCELLED]
    assert house.upload(first).stop == Stop()
    assert house.upload(second).sealed_token is None


def test_where_nothing_is_left_to_cancel_that_is_said(house: WebHouse) -> None:
    batch, _ = a_queued_batch(house, 1)
    with house.socket() as socket:
        say(socket, "CANCEL_BATCH", batch.id)
        assert "Nothing of batch" in error(ask(socket, "CANCEL_BATCH", batch.id))
        assert error(ask(socket, "CANCEL_BATCH", 99)) == "There is no batch 99."
        empty = a_batch(socket)
        assert "Nothing of batch" in error(ask(socket, "CANCEL_BATCH", empty))


@pytest.mark.parametrize("message", ["CANCEL_BATCH", "PAUSE_BATCH", "RESUME_BATCH"])
def test_somebody_elses_batch_is_let_alone(house: WebHouse, message: str) -> None:
    house.wiki.add_account("Linus")
    batch, _ = a_queued_batch(house, 2)
    with house.socket("Linus") as linus:
        before = house.database.committed
        assert "somebody else's" in error(ask(linus, message, batch.id))
    assert house.database.committed.uploads == before.uploads
    assert house.database.committed.batches == before.batches


def test_an_administrator_cancels_anybodys_batch(house: WebHouse) -> None:
    batch, _ = a_queued_batch(house, 2)
    with house.socket("Grace") as grace:
        say(grace, "CANCEL_BATCH", batch.id)
        a_batch(grace)
    assert statuses(house) == [UploadStatus.CANCELLED] * 2


def test_another_batch_of_the_same_user_goes_on(house: WebHouse) -> None:
    batch, _ = a_queued_batch(house, 1)
    other, _ = a_queued_batch(house, 1)
    with house.socket() as socket:
        say(socket, "CANCEL_BATCH", batch.id)
        a_batch(socket)
    assert [upload.status for upload in house.uploads(other)] == [UploadStatus.QUEUED]


# Pausing


def test_a_paused_batch_says_so_and_gets_no_work(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        ask(socket, "UPLOAD_SLICE", a_slice(batch, "1"))
        answer = ask(socket, "PAUSE_BATCH", batch)
        assert answer["type"] == "BATCH_CHANGED"
        assert (answer["data"]["id"], answer["data"]["paused"]) == (batch, True)
        # Nobody can know.
        assert "done_at" not in answer["data"]
        assert answer["data"]["stats"]["queued"] == 1
        shown = ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["batch"]
        assert shown["paused"] is True
    assert house.app.dispatch_due_uploads().sent == 0


def test_a_resumed_batch_goes_on_and_says_when_it_will_be_done(house: WebHouse) -> None:
    house.a_picture("1")
    with house.socket() as socket:
        batch = a_batch(socket)
        ask(socket, "UPLOAD_SLICE", a_slice(batch, "1"))
        ask(socket, "PAUSE_BATCH", batch)
        answer = ask(socket, "RESUME_BATCH", batch)
        assert answer["type"] == "BATCH_CHANGED"
        assert answer["data"]["paused"] is False
        assert answer["data"]["done_at"].endswith("Z")
    house.work_to_the_end()
    assert house.upload(UploadId(1)).status is UploadStatus.COMPLETED


def test_pausing_twice_is_pausing_once(house: WebHouse) -> None:
    batch, _ = a_queued_batch(house, 1)
    with house.socket() as socket:
        for _ in range(2):
            assert ask(socket, "PAUSE_BATCH", batch.id)["data"]["paused"] is True


def test_there_is_no_pausing_what_is_not_there(house: WebHouse) -> None:
    with house.socket() as socket:
        assert error(ask(socket, "PAUSE_BATCH", 99)) == "There is no batch 99."
        assert error(ask(socket, "RESUME_BATCH", 99)) == "There is no batch 99."
