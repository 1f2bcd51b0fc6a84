"""FETCH_BATCH_UPLOADS_PAGE: a large batch part by part."""

from typing import Any

import pytest
from starlette.testclient import WebSocketTestSession

from tests.web.house import WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error


def page(socket: WebSocketTestSession, **asked: Any) -> dict[str, Any]:
    answer = ask(socket, "FETCH_BATCH_UPLOADS_PAGE", asked)
    assert answer["type"] == "BATCH_UPLOADS_PAGE", answer
    data: dict[str, Any] = answer["data"]
    return data


def keys(page: dict[str, Any]) -> list[str]:
    return [each["key"] for each in page["uploads"]]


@pytest.fixture
def batch(house: WebHouse) -> int:
    """Ada's, with five pictures of which the second and fourth cannot be uploaded; another batch
    lies between them."""
    with house.socket() as socket:
        made = a_batch(socket)
        sent = a_slice(made, *"1234")
        for at in (1, 3):
            sent["items"][at]["title"] = "No extension"
        ask(socket, "UPLOAD_SLICE", sent)
        ask(socket, "UPLOAD_SLICE", a_slice(a_batch(socket), "other"))
        ask(socket, "UPLOAD_SLICE", a_slice(made, "5", slice_id=2))
    return made


def test_a_batch_comes_in_parts_that_say_where_the_next_begins(house: WebHouse, batch: int) -> None:
    with house.socket("Grace") as socket:
        whole = ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]
        first = page(socket, batchid=batch, limit=2)
        second = page(socket, batchid=batch, limit=2, after=first["next"])
        third = page(socket, batchid=batch, limit=2, after=second["next"])
    assert [keys(each) for each in (first, second, third)] == [["1", "2"], ["3", "4"], ["5"]]
    assert [each["next"] for each in (first, second)] == [2, 4]
    assert "next" not in third
    assert {each["batchid"] for each in (first, second, third)} == {batch}
    assert [*first["uploads"], *second["uploads"], *third["uploads"]] == whole


def test_a_part_that_ends_with_the_batch_names_no_next(house: WebHouse, batch: int) -> None:
    with house.socket() as socket:
        for asked in ({}, {"limit": 5}, {"after": None, "status": None}, {"status": ""}):
            whole = page(socket, batchid=batch, **asked)
            assert (keys(whole), "next" in whole) == (list("12345"), False)
        assert page(socket, batchid=batch, after=99) == {"batchid": batch, "uploads": []}


def test_uploads_in_one_state_come_alone(house: WebHouse, batch: int) -> None:
    with house.socket() as socket:
        first = page(socket, batchid=batch, limit=2, status="queued")
        second = page(socket, batchid=batch, limit=2, status="queued", after=first["next"])
        assert [keys(first), keys(second)] == [["1", "3"], ["5"]]
        assert "next" not in second
        assert keys(page(socket, batchid=batch, limit=2, status="failed")) == ["2", "4"]
        assert keys(page(socket, batchid=batch, status="completed")) == []


def test_an_empty_batch_has_an_empty_part(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        assert page(socket, batchid=batch) == {"batchid": batch, "uploads": []}


def test_a_batch_that_does_not_exist_has_no_part(house: WebHouse) -> None:
    with house.socket() as socket:
        answer = ask(socket, "FETCH_BATCH_UPLOADS_PAGE", {"batchid": 99})
        assert error(answer) == "There is no batch 99."


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"status": "lost"}, "data.status"),
        ({"limit": 0}, "data.limit"),
        ({"limit": 501}, "data.limit"),
        ({"after": "1.5"}, "data.after"),
        ({"batchid": None}, "data.batchid"),
    ],
)
def test_what_does_not_fit_is_refused(
    house: WebHouse, batch: int, asked: dict[str, Any], told: str
) -> None:
    with house.socket() as socket:
        answer = ask(socket, "FETCH_BATCH_UPLOADS_PAGE", {"batchid": batch} | asked)
        assert told in error(answer)
        assert len(page(socket, batchid=batch)["uploads"]) == 5


def test_an_upload_is_shown_with_all_of_its_captions(house: WebHouse) -> None:
    english, german = {"language": "en", "value": "A"}, {"language": "de", "value": "Ein A"}
    with house.socket() as socket:
        batch = a_batch(socket)
        ask(socket, "UPLOAD_SLICE", a_slice(batch, "1", labels=english, captions=[german]))
        (shown,) = page(socket, batchid=batch)["uploads"]
    assert (shown["labels"], shown["captions"]) == (english, [german])
    assert shown["publish_at"] == "2026-03-01T12:00:00Z"
