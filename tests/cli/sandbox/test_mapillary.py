"""Mapillary's Graph API and the server of its photographs."""

import hashlib
import io
from typing import Any

import pytest
import requests
from PIL import Image

from curator_cli.sandbox.mapillary.sequences import default_sequences
from curator_cli.sandbox.photographs.padding import PaddedJpeg
from tests.cli.sandbox.client import TIMEOUT, Json

FIELDS = (
    "id,captured_at,compass_angle,creator,geometry,height,is_pano,make,model,"
    "thumb_256_url,thumb_1024_url,thumb_original_url,width"
)
TOKEN = {"Authorization": "OAuth MLY|1|token"}


class Graph:
    """Asks the Graph API; `sequences` is what the sandbox tells of them."""

    def __init__(self, base: str) -> None:
        self.base = base

    def sequence(self, name: str) -> Json:
        address = f"{self.base}/sandbox/sequences"
        found = requests.get(address, params={"name": name}, timeout=TIMEOUT).json()
        sequence: Json = found[0]
        return sequence

    def ask(self, path: str, status: int = 200, **parameters: Any) -> Any:
        address = f"{self.base}/mapillary/{path}"
        answer = requests.get(address, params=parameters, headers=TOKEN, timeout=TIMEOUT)
        assert answer.status_code == status, answer.text
        return answer.json()

    def images(self, name: str, fields: str = FIELDS) -> list[Json]:
        asked: Json = {"sequence_ids": self.sequence(name)["id"], "fields": fields}
        data: list[Json] = self.ask("images", **asked)["data"]
        return data


@pytest.fixture(scope="module")
def graph(base: str) -> Graph:
    return Graph(base)


def test_the_demonstration_has_24_photographs_of_100_kb_to_20_mb(graph: Graph) -> None:
    sizes = sorted(image["size"] for image in graph.sequence("demo")["images"])
    assert (len(sizes), sizes[0], sizes[-1]) == (24, 100_000, 20_000_000)
    assert sum(500_000 <= size <= 3_200_000 for size in sizes) >= 18
    assert 50e6 < sum(sizes) < 90e6


def test_an_image_has_the_fields_that_were_asked_for(graph: Graph) -> None:
    first, *_ = graph.images("demo")
    assert set(first) == set(FIELDS.split(","))
    assert first["geometry"]["type"] == "Point"
    assert set(first["creator"]) == {"username", "id"}
    assert isinstance(first["captured_at"], int)
    assert (first["width"], first["height"]) == (1024, 768)
    assert set(graph.images("demo", "captured_at")[0]) == {"id", "captured_at"}


def test_a_value_that_is_not_there_is_left_out(graph: Graph) -> None:
    images = graph.images("demo")
    assert sum("compass_angle" not in image for image in images) == 2
    assert any(image.get("make") == "none" for image in images)
    assert all("geometry" not in image for image in graph.images("empty"))
    lacking = [{"geometry", "creator", "captured_at"} - set(one) for one in graph.images("mixed")]
    assert sorted(len(one) for one in lacking) == [0, 0, 0, 0, 0, 1, 1, 1]


def test_images_are_given_by_their_ids(graph: Graph) -> None:
    ids = [image["id"] for image in graph.sequence("large")["images"]]
    listed = graph.ask("image_ids", sequence_id=graph.sequence("large")["id"])
    assert listed["data"] == [{"id": one} for one in ids]
    asked: Json = {"image_ids": ",".join([*ids[:100], "12345"]), "fields": "id,captured_at"}
    assert [one["id"] for one in graph.ask("images", **asked)["data"]] == ids[:100]
    assert graph.ask(ids[5], fields="id,captured_at")["id"] == ids[5]


def test_a_sequence_that_is_too_large_is_an_error(graph: Graph) -> None:
    asked: Json = {"sequence_ids": graph.sequence("large")["id"], "fields": FIELDS}
    error = graph.ask("images", 500, **asked)["error"]
    assert (error["type"], error["code"]) == ("OAuthException", 1)
    assert error["message"].startswith("Please reduce the amount of data")


def test_a_sequence_may_never_answer(graph: Graph) -> None:
    address = f"{graph.base}/mapillary/images"
    asked = {"sequence_ids": graph.sequence("hangs")["id"]}
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(address, params=asked, headers=TOKEN, timeout=(TIMEOUT, 0.3))


def test_an_unknown_sequence_is_empty(graph: Graph) -> None:
    assert graph.ask("images", sequence_ids="a" * 22) == {"data": []}
    assert graph.ask("image_ids", sequence_id="a" * 22) == {"data": []}


def test_errors_have_the_shape_of_facebooks_graph(graph: Graph) -> None:
    for answer in (
        graph.ask("images", 400, sequence_ids="x", fields="id,nonsense"),
        graph.ask("999", 400, fields="id"),
    ):
        assert set(answer["error"]) == {"message", "type", "code", "fbtrace_id"}


@pytest.mark.parametrize(
    ("headers", "parameters", "status"),
    [
        ({}, {}, 401),
        ({"Authorization": "OAuth "}, {}, 401),
        ({"Authorization": "OAuth x"}, {}, 200),
        ({"Authorization": "Bearer x"}, {}, 200),
        ({}, {"access_token": "x"}, 200),
    ],
)
def test_a_token_is_wanted(
    base: str, headers: dict[str, str], parameters: dict[str, str], status: int
) -> None:
    asked = {"sequence_id": "x"} | parameters
    address = f"{base}/mapillary/image_ids"
    answer = requests.get(address, params=asked, headers=headers, timeout=TIMEOUT)
    assert answer.status_code == status


def download(address: str) -> requests.Response:
    return requests.get(address, timeout=TIMEOUT)


def test_a_photograph_is_served_byte_for_byte_as_announced(graph: Graph) -> None:
    announced = {one["id"]: one for one in graph.sequence("demo")["images"]}
    for image in graph.images("demo")[9:13]:
        answer = download(image["thumb_original_url"])
        told = announced[image["id"]]
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert int(answer.headers["Content-Length"]) == len(answer.content) == told["size"]
        assert hashlib.sha1(answer.content).hexdigest() == told["sha1"]


def test_photographs_and_previews_are_pictures(graph: Graph) -> None:
    first, *_ = graph.images("demo")
    for field, size in (
        ("thumb_original_url", (1024, 768)),
        ("thumb_1024_url", (1024, 768)),
        ("thumb_256_url", (256, 192)),
    ):
        with Image.open(io.BytesIO(download(first[field]).content)) as picture:
            picture.load()
            assert picture.size == size


def test_some_pictures_are_none(graph: Graph) -> None:
    bodies = [download(image["thumb_original_url"]) for image in graph.images("broken")]
    kinds = [answer.headers["Content-Type"].partition(";")[0] for answer in bodies]
    assert kinds == ["image/jpeg"] * 4 + ["application/x-php", "image/jpeg"]
    assert bodies[1].content.startswith(b"<!DOCTYPE html")
    assert bodies[2].content == b""
    assert bodies[3].content.startswith(b"\x89PNG")


def test_an_unknown_picture_is_refused(base: str) -> None:
    assert download(f"{base}/photographs/1/original.jpg").status_code == 403


def test_all_photographs_differ_and_have_exactly_their_size() -> None:
    edges = next(one for one in default_sequences() if one.name == "bytes-edges")
    sizes = [photograph.file.size for photograph in edges.photographs]
    assert {size % 8192 for size in sizes} == {0, 1, 4095, 4096, 8191}
    contents = [b"".join(photograph.file.stream()) for photograph in edges.photographs]
    assert [len(content) for content in contents] == sizes
    assert len({photograph.file.sha1 for photograph in edges.photographs}) == len(sizes)
    ids = [one.id for sequence in default_sequences() for one in sequence.photographs]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("extra", [24, 25, 65_537, 65_538, 65_540, 65_541, 131_075, 200_000])
def test_a_picture_is_padded_to_any_size(extra: int) -> None:
    size = 307 + extra
    file = PaddedJpeg(seed="x", base="tiny.jpg", size=size)
    content = b"".join(file.stream())
    assert len(content) == size
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()


def test_a_picture_too_large_for_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        PaddedJpeg(seed="x", base="tiny.jpg", size=200)
