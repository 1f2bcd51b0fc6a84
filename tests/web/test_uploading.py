"""CREATE_BATCH, UPLOAD_SLICE, FETCH_BATCH_UPLOADS: batches and what is in them."""

import json

from tests.web.house import WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error, say


def test_each_batch_is_new(house: WebHouse) -> None:
    with house.socket() as socket:
        assert [a_batch(socket), a_batch(socket)] == [1, 2]


def test_a_slice_is_acknowledged_in_its_order(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        answer = ask(socket, "UPLOAD_SLICE", a_slice(batch, "3", "1", "2", slice_id=7))
    assert (answer["type"], answer["sliceid"]) == ("UPLOAD_SLICE_ACK", 7)
    assert answer["data"] == [{"id": each, "status": "queued"} for each in ("3", "1", "2")]
    assert house.queue.wakes == 1


def test_an_item_that_cannot_be_uploaded_does_not_sink_the_slice(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        slice_ = a_slice(batch, "1", "2", "3")
        slice_["items"][1]["title"] = "No extension"
        # JSON can hold half a character; no title can.
        slice_["items"][2]["title"] = "Half \ud83d.jpg"
        socket.send_text(json.dumps({"type": "UPLOAD_SLICE", "data": slice_}))
        answer = socket.receive_json()
        assert [each["status"] for each in answer["data"]] == ["queued", "failed", "failed"]
        uploads = ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]
    assert "extension" in uploads[1]["error"]["message"]
    assert uploads[1]["error"]["type"] == "error"
    assert "half a character" in uploads[2]["error"]["message"]


def test_slices_sent_at_once_are_added_in_their_order(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        for number in range(20):
            say(socket, "UPLOAD_SLICE", a_slice(batch, str(number), slice_id=number))
        answers = [socket.receive_json() for _ in range(20)]
        assert [answer["sliceid"] for answer in answers] == list(range(20))
        uploads = ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]
    assert [upload["key"] for upload in uploads] == [str(number) for number in range(20)]


def test_the_same_slice_again_creates_nothing(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        first = ask(socket, "UPLOAD_SLICE", a_slice(batch, "1", "2"))
    # A connection that broke off before the acknowledgement came is why it is sent again.
    with house.socket() as socket:
        again = ask(socket, "UPLOAD_SLICE", a_slice(batch, "1", "2"))
        assert {**again, "nonce": ""} == {**first, "nonce": ""}
        other = ask(socket, "UPLOAD_SLICE", a_slice(batch, "3"))
        assert "sent before with other pictures" in error(other)
        assert len(ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]) == 2


def test_a_slice_for_no_batch_is_refused(house: WebHouse) -> None:
    with house.socket() as socket:
        assert error(ask(socket, "UPLOAD_SLICE", a_slice(99, "1"))) == "There is no batch 99."


def test_somebody_elses_batch_can_be_read_but_not_added_to(house: WebHouse) -> None:
    with house.socket("Ada") as ada, house.socket("Grace") as grace:
        batch = a_batch(ada)
        ask(ada, "UPLOAD_SLICE", a_slice(batch, "1"))
        assert "somebody else's" in error(ask(grace, "UPLOAD_SLICE", a_slice(batch, "2")))
        shown = ask(grace, "FETCH_BATCH_UPLOADS", batch)["data"]
        assert [upload["key"] for upload in shown["uploads"]] == ["1"]
        say(grace, "SUBSCRIBE_BATCH", batch)
        assert grace.receive_json()["type"] == "SUBSCRIBED"


def test_a_batch_is_shown_whole(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        labels = {"language": "en", "value": "A bridge"}
        ask(socket, "UPLOAD_SLICE", a_slice(batch, "1", labels=labels))
        answer = ask(socket, "FETCH_BATCH_UPLOADS", batch)
    assert answer["type"] == "BATCH_UPLOADS_LIST"
    shown = answer["data"]["batch"]
    assert shown == {
        "id": batch,
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-01T12:00:00Z",
        "edit_group_id": shown["edit_group_id"],
        "username": "Ada",
        "userid": house.ada.id,
        "stats": {
            "total": 1,
            "queued": 1,
            "in_progress": 0,
            "completed": 0,
            "failed": 0,
            "cancelled": 0,
            "duplicate": 0,
        },
        "paused": False,
        "done_at": "2026-03-01T12:00:00Z",
    }
    assert answer["data"]["uploads"] == [
        {
            "id": 1,
            "status": "queued",
            "filename": "Bridge 1.jpg",
            "wikitext": "text",
            "batchid": batch,
            "userid": house.ada.id,
            "key": "1",
            "handler": "mapillary",
            "labels": labels,
            "created_at": "2026-03-01T12:00:00Z",
            "updated_at": "2026-03-01T12:00:00Z",
            "image_id": "1",
            "publish_at": "2026-03-01T12:00:00Z",
        }
    ]


def test_a_batch_that_does_not_exist_cannot_be_shown(house: WebHouse) -> None:
    with house.socket() as socket:
        assert error(ask(socket, "FETCH_BATCH_UPLOADS", 99)) == "There is no batch 99."
