"""FETCH_IMAGES: what a source offers."""

import time

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import ImageProblem
from tests.fakes.sources import a_media_image
from tests.web.house import WebHouse
from tests.web.speaking import a_batch, a_slice, ask, error, say


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
