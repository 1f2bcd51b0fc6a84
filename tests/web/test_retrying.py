"""RETRY_UPLOADS and RETRY_UPLOADS_SELECTED: copies of what failed."""

from typing import Any

from starlette.testclient import WebSocketTestSession

from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import UploadStatus
from tests.web.house import WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error

FAILURE = Failure(message="Oh.", code="oh", hint="", retryable=True)


def a_failed_batch(
    house: WebHouse, socket: WebSocketTestSession, *ids: str
) -> tuple[int, list[UploadId]]:
    """A batch of whoever speaks, all of whose uploads have failed."""
    batch = a_batch(socket)
    ask(socket, "UPLOAD_SLICE", a_slice(batch, *ids))
    uploads = [UploadId(each["id"]) for each in shown(socket, batch)]
    for upload_id in uploads:
        house.starts(upload_id)
        house.fails(upload_id, FAILURE)
    return batch, uploads


def shown(socket: WebSocketTestSession, batch: int) -> list[dict[str, Any]]:
    uploads: list[dict[str, Any]] = ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]
    return uploads


def retried(answer: dict[str, Any]) -> int:
    """The new batch's id."""
    assert answer["type"] == "RETRY_UPLOADS_RESPONSE", answer
    batch: int = answer["data"]
    return batch


def test_what_failed_is_copied_into_a_new_batch_of_the_visitors(house: WebHouse) -> None:
    with house.socket() as socket:
        batch, originals = a_failed_batch(house, socket, "1", "2")
        copies = shown(socket, retried(ask(socket, "RETRY_UPLOADS", batch)))
        assert [(copy["key"], copy["status"]) for copy in copies] == [
            ("1", "queued"),
            ("2", "queued"),
        ]
        assert {copy["userid"] for copy in copies} == {house.ada.id}
        assert [each["status"] for each in shown(socket, batch)] == ["failed", "failed"]
    assert [house.upload(UploadId(copy["id"])).retry_of for copy in copies] == originals


def test_a_batch_without_failures_is_not_retried(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        ask(socket, "UPLOAD_SLICE", a_slice(batch, "1"))
        assert "Nothing of batch" in error(ask(socket, "RETRY_UPLOADS", batch))
        assert error(ask(socket, "RETRY_UPLOADS", 99)) == "There is no batch 99."


def test_what_is_being_retried_is_not_retried_twice(house: WebHouse) -> None:
    with house.socket() as socket:
        batch, _ = a_failed_batch(house, socket, "1")
        retried(ask(socket, "RETRY_UPLOADS", batch))
        assert "already" in error(ask(socket, "RETRY_UPLOADS", batch))


def test_somebody_elses_batch_is_not_retried(house: WebHouse) -> None:
    house.wiki.add_account("Linus")
    with house.socket("Ada") as ada, house.socket("Linus") as linus:
        batch, uploads = a_failed_batch(house, ada, "1")
        before = house.database.committed
        for answer in (
            ask(linus, "RETRY_UPLOADS", batch),
            ask(linus, "RETRY_UPLOADS_SELECTED", {"batchid": batch, "upload_ids": uploads}),
        ):
            assert "somebody else's" in error(answer)
        assert house.database.committed.uploads == before.uploads
        assert len(house.database.committed.batches) == 1


def test_an_upload_of_somebody_elses_is_not_retried_by_way_of_ones_own_batch(
    house: WebHouse,
) -> None:
    house.wiki.add_account("Linus")
    with house.socket("Ada") as ada, house.socket("Linus") as linus:
        _, adas = a_failed_batch(house, ada, "1")
        own, _ = a_failed_batch(house, linus, "2")
        chosen = {"batchid": own, "upload_ids": adas}
        assert "Nothing of batch" in error(ask(linus, "RETRY_UPLOADS_SELECTED", chosen))
    assert len(house.database.committed.uploads) == 2


def test_an_administrator_retries_anybodys_batch_in_their_own_name(house: WebHouse) -> None:
    with house.socket("Ada") as ada, house.socket("Grace") as grace:
        batch, _ = a_failed_batch(house, ada, "1")
        (copy,) = shown(grace, retried(ask(grace, "RETRY_UPLOADS", batch)))
    assert copy["userid"] == house.grace.id


def test_only_the_chosen_ones_are_retried(house: WebHouse) -> None:
    with house.socket() as socket:
        batch, (_, second, third) = a_failed_batch(house, socket, "1", "2", "3")
        chosen = {"batchid": batch, "upload_ids": [third, second]}
        copies = shown(socket, retried(ask(socket, "RETRY_UPLOADS_SELECTED", chosen)))
        assert [copy["key"] for copy in copies] == ["2", "3"]
        none = {"batchid": batch, "upload_ids": []}
        assert "Nothing of batch" in error(ask(socket, "RETRY_UPLOADS_SELECTED", none))


def test_changes_go_to_the_copies(house: WebHouse) -> None:
    with house.socket() as socket:
        batch, (first, second) = a_failed_batch(house, socket, "1", "2")
        changes = {
            first: {"title": "Another name.jpg", "wikitext": "other"},
            second: {
                "labels": {"language": "en", "value": "A bridge"},
                "captions": [{"language": "de", "value": "Eine Brücke"}],
            },
        }
        wish = {"batchid": batch, "changes": {str(each): what for each, what in changes.items()}}
        copies = shown(socket, retried(ask(socket, "RETRY_UPLOADS_SELECTED", wish)))
        assert [each["filename"] for each in shown(socket, batch)] == [
            "Bridge 1.jpg",
            "Bridge 2.jpg",
        ]
    assert (copies[0]["filename"], copies[0]["wikitext"]) == ("Another name.jpg", "other")
    assert (copies[1]["filename"], copies[1]["wikitext"]) == ("Bridge 2.jpg", "text")
    stored = house.upload(UploadId(copies[1]["id"])).captions
    assert [(each.language, each.text) for each in stored] == [
        ("en", "A bridge"),
        ("de", "Eine Brücke"),
    ]


def test_a_copy_under_a_title_that_will_not_do_fails_with_a_sentence(house: WebHouse) -> None:
    with house.socket() as socket:
        batch, (first,) = a_failed_batch(house, socket, "1")
        wish = {"batchid": batch, "changes": {str(first): {"title": "No extension"}}}
        (copy,) = shown(socket, retried(ask(socket, "RETRY_UPLOADS_SELECTED", wish)))
    assert copy["status"] == UploadStatus.FAILED
    assert "extension" in copy["error"]["message"]


def test_a_copy_is_uploaded_with_the_token_of_whoever_retries(house: WebHouse) -> None:
    house.a_picture("1")
    with house.socket() as socket:
        batch, _ = a_failed_batch(house, socket, "1")
        (copy,) = shown(socket, retried(ask(socket, "RETRY_UPLOADS", batch)))
    house.work_to_the_end()
    assert house.upload(UploadId(copy["id"])).status is UploadStatus.COMPLETED


def test_nothing_is_retried_while_the_database_is_down(house: WebHouse) -> None:
    with house.socket() as socket:
        batch, _ = a_failed_batch(house, socket, "1")
        house.database.down = True
        assert "database does not answer" in error(ask(socket, "RETRY_UPLOADS", batch))
        house.database.down = False
        assert retried(ask(socket, "RETRY_UPLOADS", batch))
