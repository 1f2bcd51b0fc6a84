"""`/api/admin/…`: what an administrator can have done, and that nobody else can."""

from typing import Any

import pytest

from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import UploadStatus
from curator_core.use_cases.stop_uploads import BY_HAND
from curator_web.operations import ADMINISTRATION
from tests.builders import an_item
from tests.web.house import SECRETS, WebHouse
from tests.web.watching import a_batch

CANCEL = "/api/admin/upload_requests/bulk-cancel"
FAIL = "/api/admin/upload_requests/bulk-fail"
RETRY = "/api/admin/retry"

POSTS = [each.path for each in ADMINISTRATION if each.method == "POST"]

FAILURE = Failure(message="Oh.", code="oh", hint="", retryable=True)


def a_failed_upload(house: WebHouse) -> UploadId:
    upload_id = house.an_accepted_upload("1001")
    house.starts(upload_id)
    house.fails(upload_id, FAILURE)
    return upload_id


def status(house: WebHouse, upload_id: int) -> UploadStatus:
    return house.upload(UploadId(upload_id)).status


# Who may


def bodies(uploads: list[UploadId]) -> dict[str, dict[str, Any]]:
    return {CANCEL: {"ids": uploads}, FAIL: {"ids": uploads}, RETRY: {"upload_ids": uploads}}


def test_every_path_is_tried_here() -> None:
    assert set(bodies([])) == set(POSTS)


@pytest.mark.parametrize("path", POSTS)
def test_strangers_and_contributors_change_nothing(house: WebHouse, path: str) -> None:
    _, (waiting,) = a_batch(house, 1)
    body = bodies([waiting, a_failed_upload(house)])[path]
    ada = house.visitor("Ada")
    before = house.database.committed
    for visitor, code in ((house.visitor(), 401), (ada, 403)):
        answer = visitor.post(path, json=body)
        assert answer.status_code == code
        assert answer.json()["detail"].endswith(".")
        # Nobody learns whether a body would do.
        assert visitor.post(path, content=b"{").status_code == code
    assert house.database.committed.uploads == before.uploads
    assert house.database.committed.batches == before.batches


@pytest.mark.parametrize("path", POSTS)
def test_another_sites_page_cannot_use_an_administrators_session(
    house: WebHouse, path: str
) -> None:
    _, (waiting,) = a_batch(house, 1)
    body = bodies([waiting, failed := a_failed_upload(house)])[path]
    grace = house.visitor("Grace")
    before = house.database.committed
    for origin in ("https://evil.example", "null"):
        answer = grace.post(path, json=body, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "another site" in answer.json()["detail"]
    assert house.database.committed.uploads == before.uploads
    assert grace.post(path, json=body, headers={"Origin": "http://testserver"}).status_code == 200
    assert house.database.committed.uploads != before.uploads
    assert status(house, failed) is UploadStatus.FAILED


@pytest.mark.parametrize("path", POSTS)
def test_only_posts_are_taken(house: WebHouse, path: str) -> None:
    answer = house.visitor("Grace").get(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


# What does not fit


def faults(answer: Any) -> list[list[object]]:
    assert answer.status_code == 422, answer.text
    found = answer.json()["detail"]
    assert all(set(each) == {"loc", "msg", "type"} for each in found)
    return [each["loc"] for each in found]


@pytest.mark.parametrize(
    ("path", "body", "at_fault"),
    [
        (CANCEL, {}, [["body", "ids"]]),
        (FAIL, [], [["body"]]),
        (CANCEL, {"ids": "all"}, [["body", "ids"]]),
        (CANCEL, {"ids": ["x", 1, None]}, [["body", "ids", 0], ["body", "ids", 2]]),
        (CANCEL, {"ids": [2**31]}, [["body", "ids", 0]]),
        (CANCEL, {"ids": [1] * 10_001}, [["body", "ids"]]),
        (RETRY, {"ids": [1]}, [["body", "upload_ids"]]),
        (
            RETRY,
            {"upload_ids": 1, "changes": {"x": {"title": 2}}},
            [["body", "upload_ids"], ["body", "changes", "x", "[key]"]],
        ),
    ],
)
def test_each_field_at_fault_is_named(
    house: WebHouse, path: str, body: object, at_fault: list[list[object]]
) -> None:
    named = faults(house.visitor("Grace").post(path, json=body))
    assert all(each in named for each in at_fault)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"ids": [' + b"9" * 5000])
def test_a_body_that_is_no_json_is_said_to_be_none(house: WebHouse, body: bytes) -> None:
    answer = house.visitor("Grace").post(CANCEL, content=body)
    assert faults(answer) == [["body"]]
    assert "not JSON" in answer.json()["detail"][0]["msg"]


def test_what_is_said_of_a_body_repeats_nothing_of_it(house: WebHouse) -> None:
    answer = house.visitor("Grace").post(CANCEL, json={"ids": ["secret-sauce"]})
    assert answer.status_code == 422
    assert "secret-sauce" not in answer.text


def test_a_body_that_is_too_large_is_refused(house: WebHouse) -> None:
    answer = house.visitor("Grace").post(CANCEL, content=b" " * (house.config.limits.body + 1))
    assert answer.status_code == 413


# What is done


def test_unfinished_uploads_of_anybody_are_cancelled(house: WebHouse) -> None:
    _, (waiting, at_work, untouched) = a_batch(house, 3)
    house.starts(at_work)
    failed = a_failed_upload(house)
    answer = house.visitor("Grace").post(CANCEL, json={"ids": [waiting, at_work, failed, 4711]})
    assert (answer.status_code, answer.json()) == (200, {"cancelled_count": 2})
    assert status(house, waiting) is UploadStatus.CANCELLED
    assert house.upload(at_work).stop is not None
    assert status(house, failed) is UploadStatus.FAILED
    assert status(house, untouched) is UploadStatus.QUEUED


def test_unfinished_uploads_of_anybody_are_marked_as_failed(house: WebHouse) -> None:
    _, (waiting, at_work) = a_batch(house, 2)
    house.starts(at_work)
    answer = house.visitor("Grace").post(FAIL, json={"ids": [waiting, at_work]})
    assert (answer.status_code, answer.json()) == (200, {"failed_count": 2})
    upload = house.upload(waiting)
    assert (upload.status, upload.failure) == (UploadStatus.FAILED, BY_HAND.failure)
    assert upload.failure is not None
    assert upload.failure.message == "Manually marked as failed"
    assert house.upload(at_work).stop == BY_HAND


def test_nothing_chosen_is_nothing_done(house: WebHouse) -> None:
    a_batch(house, 1)
    grace = house.visitor("Grace")
    assert grace.post(CANCEL, json={"ids": []}).json() == {"cancelled_count": 0}
    assert grace.post(FAIL, json={"ids": []}).json() == {"failed_count": 0}


def test_failed_and_cancelled_uploads_are_retried_in_the_administrators_name(
    house: WebHouse,
) -> None:
    failed, (_, (cancelled, waiting)) = a_failed_upload(house), a_batch(house, 2)
    grace = house.visitor("Grace")
    grace.post(CANCEL, json={"ids": [cancelled]})
    answer = grace.post(RETRY, json={"upload_ids": [failed, cancelled, waiting]})
    assert answer.status_code == 200
    new = answer.json()["new_batch_id"]
    assert answer.json() == {
        "message": f"Retrying 2 of 3 uploads in batch {new}.",
        "retried_count": 2,
        "requested_count": 3,
        "new_batch_id": new,
    }
    copies = [each for each in house.database.committed.uploads.values() if each.batch_id == new]
    assert [copy.retry_of for copy in copies] == [failed, cancelled]
    assert {copy.user_id for copy in copies} == {house.grace.id}
    # Not paced by slots.
    assert {copy.publish_at for copy in copies} == {None}


def test_changes_go_to_the_administrators_copies(house: WebHouse) -> None:
    failed = a_failed_upload(house)
    change = {"title": "Another name.jpg", "labels": {"language": "en", "value": "Other"}}
    body = {"upload_ids": [failed], "changes": {str(failed): change}}
    new = house.visitor("Grace").post(RETRY, json=body).json()["new_batch_id"]
    (copy,) = (each for each in house.database.committed.uploads.values() if each.batch_id == new)
    assert copy.filename == "Another name.jpg"
    assert [(each.language, each.text) for each in copy.captions] == [("en", "Other")]


def test_where_nothing_can_be_retried_there_is_no_new_batch(house: WebHouse) -> None:
    _, (waiting,) = a_batch(house, 1)
    before = len(house.database.committed.batches)
    answer = house.visitor("Grace").post(RETRY, json={"upload_ids": [waiting, 4711]})
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "None of these failed or was cancelled, or all are being retried.",
        "retried_count": 0,
        "requested_count": 2,
        "new_batch_id": None,
    }
    assert len(house.database.committed.batches) == before


def test_a_service_that_is_down_is_named(house: WebHouse) -> None:
    grace = house.visitor("Grace")
    house.database.down = True
    answer = grace.post(CANCEL, json={"ids": [1]})
    assert answer.status_code == 503
    assert "database does not answer" in answer.json()["detail"]


def test_a_mistake_of_ours_shows_no_trace(house: WebHouse) -> None:
    failed = a_failed_upload(house)
    grace = house.visitor("Grace", raise_server_exceptions=False)

    def stumble(*_: object) -> None:
        raise RuntimeError("a mistake beside secret-sauce")

    house.vault.seal = stumble  # type: ignore[method-assign, assignment]
    answer = grace.post(RETRY, json={"upload_ids": [failed]})
    assert answer.status_code == 500
    assert "on our side" in answer.json()["detail"]
    assert not any(each in answer.text for each in ("secret-sauce", "Traceback", *SECRETS))


def test_who_watches_sees_what_an_administrator_cancels(house: WebHouse) -> None:
    batch = house.a_batch()
    house.add(batch, an_item("1"))
    (upload,) = house.uploads(batch)
    house.visitor("Grace").post(CANCEL, json={"ids": [upload.id]})
    assert house.progress.announced[-1].status is UploadStatus.CANCELLED
