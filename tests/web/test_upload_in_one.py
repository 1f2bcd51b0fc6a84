"""UPLOAD: a batch with all of its pictures in one message."""

from typing import Any

import pytest

from tests.web.house import WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error, say


def an_upload(*ids: str, **item: Any) -> dict[str, Any]:
    return {"items": a_slice(0, *ids, **item)["items"]}


def test_a_batch_and_its_uploads_are_created(house: WebHouse) -> None:
    with house.socket() as socket:
        answer = ask(socket, "UPLOAD", an_upload("2", "1") | {"handler": "mapillary"})
        assert answer["type"] == "UPLOAD_CREATED"
        common = {"status": "queued", "input": "a-sequence", "batchid": 1}
        assert answer["data"] == [
            common | {"id": 1, "image_id": "2"},
            common | {"id": 2, "image_id": "1"},
        ]
        shown = ask(socket, "FETCH_BATCH_UPLOADS", 1)["data"]
        assert shown["batch"]["userid"] == house.ada.id
        assert [each["key"] for each in shown["uploads"]] == ["2", "1"]
    assert house.queue.wakes == 1


def test_an_item_that_cannot_be_uploaded_does_not_sink_the_others(house: WebHouse) -> None:
    sent = an_upload("1", "2", "1")
    sent["items"][1]["title"] = "No extension"
    with house.socket() as socket:
        created = ask(socket, "UPLOAD", sent)["data"]
        assert [(each["image_id"], each["status"]) for each in created] == [
            ("1", "queued"),
            ("2", "failed"),
        ]
        uploads = ask(socket, "FETCH_BATCH_UPLOADS", created[0]["batchid"])["data"]["uploads"]
    assert "extension" in uploads[1]["error"]["message"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"items": []}, "no pictures"),
        (an_upload("1", "") | {}, "1 to 255 characters"),
        (an_upload("1") | {"handler": "nowhere"}, "'nowhere'"),
        (an_upload(*(str(each) for each in range(501))), "500 pictures; this one has 501"),
        (an_upload("1", title=7), "data.items.0.title"),
        ({}, "data.items"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    house: WebHouse, sent: dict[str, Any], told: str
) -> None:
    with house.socket() as socket:
        assert told in error(ask(socket, "UPLOAD", sent))
        assert house.database.committed.batches == {}
        assert house.queue.wakes == 0
        assert a_batch(socket) == 1


def test_a_database_that_is_down_leaves_nothing_behind(house: WebHouse) -> None:
    with house.socket() as socket:
        house.database.down = True
        assert "database" in error(ask(socket, "UPLOAD", an_upload("1")))
        house.database.down = False
        assert house.database.committed.batches == {}
        assert ask(socket, "UPLOAD", an_upload("1"))["data"][0]["batchid"] == 1


def test_the_new_batch_can_be_watched(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = ask(socket, "UPLOAD", an_upload("1"))["data"][0]["batchid"]
        say(socket, "SUBSCRIBE_BATCH", batch)
        assert socket.receive_json()["type"] == "SUBSCRIBED"
        assert [each["key"] for each in socket.receive_json()["data"]] == ["1"]


def test_nulls_in_an_item_count_as_absent(house: WebHouse) -> None:
    absent = {"labels": None, "captions": None, "copyright_override": None}
    with house.socket() as socket:
        (created,) = ask(socket, "UPLOAD", an_upload("1", **absent) | {"handler": None})["data"]
        assert created["status"] == "queued"
        (shown,) = ask(socket, "FETCH_BATCH_UPLOADS", created["batchid"])["data"]["uploads"]
    assert shown["handler"] == "mapillary"
    assert "labels" not in shown
