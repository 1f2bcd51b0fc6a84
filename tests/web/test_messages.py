"""Messages and their answers, over a WebSocket."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from structlog.testing import capture_logs

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import ImageProblem
from curator_web.config import Limits
from tests.fakes.sources import a_media_image
from tests.web.house import CONFIG, SECRETS, WebHouse


def ask(socket: WebSocketTestSession, name: str, data: object = None, **more: object) -> Any:
    """The next message after this one was sent."""
    say(socket, name, data, **more)
    return socket.receive_json()


def say(socket: WebSocketTestSession, name: str, data: object = None, **more: object) -> None:
    content = {} if data is None else {"data": data}
    socket.send_json({"type": name, **content, **more})


def a_slice(batch_id: int, *ids: str, slice_id: int = 1, **item: Any) -> dict[str, Any]:
    items = [
        {"id": each, "input": "a-sequence", "title": f"Bridge {each}.jpg", "wikitext": "text"}
        for each in ids
    ]
    return {"batchid": batch_id, "sliceid": slice_id, "items": [each | item for each in items]}


def a_batch(socket: WebSocketTestSession) -> int:
    created = ask(socket, "CREATE_BATCH")
    assert created["type"] == "BATCH_CREATED"
    batch_id: int = created["data"]
    return batch_id


def error(message: dict[str, Any]) -> str:
    assert message["type"] == "ERROR", message
    assert message["nonce"]
    sentence: str = message["data"]
    assert sentence.endswith("."), sentence
    assert not any(secret in sentence for secret in SECRETS)
    return sentence


# Who may connect


def test_a_stranger_is_refused_before_the_upgrade(house: WebHouse) -> None:
    with (
        house.visitor() as stranger,
        pytest.raises(WebSocketDenialResponse) as refused,
        stranger.websocket_connect("/ws"),
    ):
        pass
    assert refused.value.status_code == 403
    assert refused.value.json() == {"detail": "Please log in first."}


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_sites_page_gets_no_connection(house: WebHouse, origin: str) -> None:
    with house.visitor("Ada") as ada:
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            ada.websocket_connect("/ws", headers={"Origin": origin}),
        ):
            pass
        assert refused.value.status_code == 403
        for ours in ({"Origin": "http://testserver"}, {}):
            with ada.websocket_connect("/ws", headers=ours) as socket:
                assert a_batch(socket)


# Frames


def test_a_frame_that_does_not_fit_leaves_the_connection_open(house: WebHouse) -> None:
    with house.socket() as socket:
        socket.send_text("{")
        assert "not JSON" in error(socket.receive_json())
        socket.send_bytes(b'{"type": "CREATE_BATCH"}')
        assert "text frames" in error(socket.receive_json())
        assert "DANCE" in error(ask(socket, "DANCE"))
        assert "yet" in error(ask(socket, "FETCH_PRESETS", {"handler": "mapillary"}))
        assert a_batch(socket) == 1


def test_a_frame_that_is_too_large_leaves_the_connection_open() -> None:
    house = WebHouse(replace(CONFIG, limits=Limits(frame=1000)))
    with house.socket() as socket:
        assert "1000 characters" in error(ask(socket, "FETCH_IMAGES", "x" * 1000, handler="x"))
        assert a_batch(socket) == 1


def test_a_large_frame_is_taken(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        answer = ask(socket, "UPLOAD_SLICE", a_slice(batch, "1", "2", "3", wikitext="x" * 60_000))
        assert [each["status"] for each in answer["data"]] == ["queued"] * 3


# FETCH_IMAGES


def test_a_collection_comes_with_its_creator_and_its_problems(house: WebHouse) -> None:
    useless = ImageProblem(image_id=ImageId("3"), message="It has no place.")
    house.source.add("a-sequence", a_media_image("1"), a_media_image("2", place=None), useless)
    with house.socket() as socket:
        answer = ask(socket, "FETCH_IMAGES", "a-sequence", handler="mapillary")
    assert answer["type"] == "COLLECTION_IMAGES"
    data = answer["data"]
    assert list(data["images"]) == ["1", "2"]
    assert data["creator"]["username"] == "ada"
    assert data["problems"] == [{"id": "3", "message": "It has no place."}]
    first = data["images"]["1"]
    assert first == {
        "id": "1",
        "title": "Photo from Fake 2024-05-27 (1).jpg",
        "dates": {"taken": "2024-05-27T09:00:03Z"},
        "creator": first["creator"],
        "location": {"latitude": 52.5, "longitude": 13.4, "compass_angle": 84.5},
        "urls": {
            "url": "https://pictures.example/1",
            "original": "https://pictures.example/1/original.jpg",
            "preview": "https://pictures.example/1/1024.jpg",
            "thumbnail": "https://pictures.example/1/256.jpg",
        },
        "dimensions": {"width": 1024, "height": 768},
        "camera": {"make": "Apple", "model": "iPhone 13 Pro", "is_pano": False},
        "existing": [],
    }
    assert data["images"]["2"]["location"]["located"] is False


def test_a_collection_without_problems_says_nothing_of_them(house: WebHouse) -> None:
    house.source.add("a-sequence", a_media_image("1"))
    with house.socket() as socket:
        data = ask(socket, "FETCH_IMAGES", "a-sequence", handler="mapillary")["data"]
    assert set(data) == {"images", "creator"}


def test_a_large_collection_comes_in_hundreds_and_every_id_follows(house: WebHouse) -> None:
    ids = [str(1000 + number) for number in range(250)]
    useless = ImageProblem(image_id=ImageId("7"), message="It has no place.")
    house.source.add("a-sequence", *(a_media_image(each) for each in ids), useless)
    house.source.too_large.add("a-sequence")
    with house.socket() as socket:
        assert ask(socket, "FETCH_IMAGES", "a-sequence", handler="mapillary")["type"] == (
            "TRY_BATCH_RETRIEVAL"
        )
        listed = socket.receive_json()
        assert (listed["type"], listed["data"]) == ("COLLECTION_IMAGE_IDS", ids)
        parts = [socket.receive_json() for _ in range(3)]
    assert {part["type"] for part in parts} == {"PARTIAL_COLLECTION_IMAGES"}
    assert {part["data"]["collection"] for part in parts} == {"a-sequence"}
    assert [len(part["data"]["images"]) for part in parts] == [100, 100, 50]
    assert [image["id"] for part in parts for image in part["data"]["images"]] == ids
    told = [part["data"].get("problems") for part in parts]
    assert told == [[{"id": "7", "message": "It has no place."}], None, None]


def test_what_cannot_be_shown_is_told_in_a_sentence(house: WebHouse) -> None:
    useless = ImageProblem(image_id=ImageId("3"), message="It has no place.")
    house.source.add("useless", useless)
    with house.socket() as socket:
        assert "no pictures" in error(ask(socket, "FETCH_IMAGES", "unknown", handler="mapillary"))
        assert "It has no place" in error(
            ask(socket, "FETCH_IMAGES", "useless", handler="mapillary")
        )
        assert "names no collection" in error(
            ask(socket, "FETCH_IMAGES", "what is this?", handler="mapillary")
        )
        assert "no source called 'nobody'" in error(
            ask(socket, "FETCH_IMAGES", "x", handler="nobody")
        )
        trouble = Fault(kind=FaultKind.SOURCE_TROUBLE, info="It is tired.")
        house.source.fail_next(*[trouble] * 9)
        assert "did not deliver" in error(ask(socket, "FETCH_IMAGES", "x", handler="mapillary"))
        assert a_batch(socket)


def test_a_slow_source_holds_up_nothing_else(house: WebHouse) -> None:
    house.slow.add("a-sequence", a_media_image("1"))
    with house.socket() as socket:
        for _ in range(house.config.limits.at_once):
            say(socket, "FETCH_IMAGES", "a-sequence", handler="slow")
        assert house.slow.asked.wait(10)
        batch = a_batch(socket)
        assert ask(socket, "UPLOAD_SLICE", a_slice(batch, "1"))["type"] == "UPLOAD_SLICE_ACK"
        assert ask(socket, "FETCH_BATCH_UPLOADS", batch)["type"] == "BATCH_UPLOADS_LIST"
        house.slow.goes_on.set()
        for _ in range(house.config.limits.at_once):
            assert socket.receive_json()["type"] == "COLLECTION_IMAGES"


def test_who_leaves_while_a_source_is_slow_is_not_waited_for(house: WebHouse) -> None:
    with house.socket() as socket:
        say(socket, "FETCH_IMAGES", "a-sequence", handler="slow")
        assert house.slow.asked.wait(10)
        left = time.monotonic()
    assert time.monotonic() - left < 5
    house.slow.goes_on.set()


# CREATE_BATCH, UPLOAD_SLICE


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


# FETCH_BATCH_UPLOADS


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
        }
    ]


def test_a_batch_that_does_not_exist_cannot_be_shown(house: WebHouse) -> None:
    with house.socket() as socket:
        assert error(ask(socket, "FETCH_BATCH_UPLOADS", 99)) == "There is no batch 99."


# What goes wrong


def test_a_database_that_is_down_loses_nothing(house: WebHouse) -> None:
    with house.socket() as socket:
        batch = a_batch(socket)
        house.database.down = True
        sentence = error(ask(socket, "UPLOAD_SLICE", a_slice(batch, "1")))
        assert "database does not answer" in sentence
        assert "the fake is down" not in sentence
        assert "database" in error(ask(socket, "CREATE_BATCH"))
        assert "database" in error(ask(socket, "FETCH_BATCH_UPLOADS", batch))
        house.database.down = False
        assert ask(socket, "UPLOAD_SLICE", a_slice(batch, "1"))["type"] == "UPLOAD_SLICE_ACK"
        assert len(ask(socket, "FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]) == 1


def test_a_mistake_of_ours_is_logged_and_the_connection_lives(house: WebHouse) -> None:
    with house.socket() as socket, capture_logs() as logs:
        sentence = error(ask(socket, "FETCH_IMAGES", "a-sequence", handler="broken"))
        assert "on our side" in sentence
        assert "secret-sauce" not in sentence
        assert a_batch(socket)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "something unforeseen"
    ]
    assert any(entry.get("exc_info") for entry in logs)


def test_nothing_that_is_sent_holds_a_token(house: WebHouse) -> None:
    house.source.add("a-sequence", a_media_image("1"))
    with house.socket() as socket:
        batch = a_batch(socket)
        frames = [
            ask(socket, "UPLOAD_SLICE", a_slice(batch, "1")),
            ask(socket, "FETCH_BATCH_UPLOADS", batch),
            ask(socket, "FETCH_IMAGES", "a-sequence", handler="mapillary"),
        ]
    tokens = [house.ada_token, *house.wiki._tokens]  # noqa: SLF001 - all that could be shown
    shown = json.dumps(frames)
    assert not any(token.key in shown or token.secret in shown for token in tokens)
    assert not any(token.key[::-1] in shown for token in tokens)


def test_a_process_serves_many_connections(house: WebHouse) -> None:
    with house.visitor("Ada") as ada:
        client: TestClient = ada
        with client.websocket_connect("/ws") as first, client.websocket_connect("/ws") as second:
            assert [a_batch(first), a_batch(second)] == [1, 2]
