"""Bodies, frames and addresses that are larger than anything that is sent in earnest."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from curator_web.body_limit import BodyLimit
from curator_web.config import Limits
from tests.web.house import CONFIG, WebHouse, connected, serving
from tests.web.security.planted import without
from tests.web.speaking import a_batch, ask, error

CANCEL = "/api/admin/upload_requests/bulk-cancel"
TOLD = {"detail": "The request is too large."}
SMALL = Limits(body=1000)


@pytest.fixture
def small() -> WebHouse:
    """Takes bodies of 1,000 bytes."""
    return WebHouse(replace(CONFIG, limits=SMALL))


def a_body(size: int) -> bytes:
    return json.dumps({"ids": []}).encode().ljust(size)


def in_pieces(size: int) -> Iterator[bytes]:
    """Sent in chunks, without a length."""
    whole = a_body(size)
    yield from (whole[at : at + 100] for at in range(0, size, 100))


BODIES = [a_body, in_pieces]


@pytest.mark.parametrize("body", BODIES)
def test_without_the_limit_a_body_of_any_size_is_read(small: WebHouse, body: Any) -> None:
    without(small.web, BodyLimit)
    answer = small.visitor("Grace").post(CANCEL, content=body(50_000))
    assert answer.json() == {"cancelled_count": 0}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413), (50_000, 413)])
def test_a_body_beyond_the_limit_is_refused_with_a_sentence(
    small: WebHouse, body: Any, size: int, status: int
) -> None:
    answer = small.visitor("Grace").post(CANCEL, content=body(size))
    assert answer.status_code == status
    if status == 413:
        assert answer.json() == TOLD
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/auth/register", "/api/admin/retry", "/nowhere"])
def test_a_body_beyond_the_limit_is_refused_wherever_it_is_sent(small: WebHouse, path: str) -> None:
    answer = small.visitor().post(path, content=a_body(2000))
    assert (answer.status_code, answer.json()) == (413, TOLD)


def test_a_person_reads_it_on_a_page(small: WebHouse) -> None:
    headers = {"Accept": "text/html"}
    answer = small.visitor("Grace").post(CANCEL, content=a_body(2000), headers=headers)
    assert answer.status_code == 413
    assert TOLD["detail"] in answer.text
    assert answer.headers["content-type"].startswith("text/html")


# Behind the real server


def said_to(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        came = b""
        while some := connection.recv(65536):
            came += some
        return came


def head(house: WebHouse, path: str, *headers: str, method: str = "POST") -> bytes:
    cookie = f"Cookie: {house.cookie('Grace')}"
    lines = [f"{method} {path} HTTP/1.1", "Host: testserver", cookie, *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def test_what_says_that_it_is_too_long_is_not_waited_for(small: WebHouse) -> None:
    with serving(small.web) as (port, _):
        # Nothing of the body was sent.
        came = said_to(port, head(small, CANCEL, "Content-Length: 999999999999"))
    assert came.startswith(b"HTTP/1.1 413 ")
    assert came.endswith(json.dumps(TOLD, separators=(",", ":")).encode())
    assert b"connection: close" in came.lower()


def test_a_chunked_body_is_cut_off_where_it_is_too_long(small: WebHouse) -> None:
    piece = b"64\r\n" + b" " * 100 + b"\r\n"
    with serving(small.web) as (port, _):
        # And it goes on, without an end.
        came = said_to(port, head(small, CANCEL, "Transfer-Encoding: chunked"), piece * 11)
    assert came.startswith(b"HTTP/1.1 413 ")
    assert came.endswith(json.dumps(TOLD, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: -1",),
        ("Content-Length: 1e3",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Transfer-Encoding: gzip, x"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_not_read(
    house: WebHouse, headers: tuple[str, ...]
) -> None:
    with serving(house.web) as (port, _):
        came = said_to(port, head(house, CANCEL, *headers))
        assert came.split(b" ")[1] in (b"400", b"431", b"501"), came
        assert TestClient(house.web).get("/healthz").status_code == 200


def test_headers_without_an_end_are_not_kept(house: WebHouse) -> None:
    begun = head(house, CANCEL)[:-4] + b"\r\nX: "
    with serving(house.web) as (port, _):
        came = said_to(port, begun, b"x" * 70_000)
    assert came.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 ")), came


# Frames


def test_a_frame_beyond_the_limit_is_answered_and_the_connection_lives() -> None:
    large = {"type": "FETCH_IMAGES", "data": "x" * 2000, "handler": "x"}
    text = json.dumps(large)
    for frame, told in ((len(text), "no source"), (len(text) - 1, "A message has at most")):
        house = WebHouse(replace(CONFIG, limits=Limits(frame=frame)))
        with house.socket() as connection:
            connection.send_text(text)
            assert told in error(connection.receive_json())
            assert a_batch(connection)


def test_a_message_in_many_small_fragments_is_no_way_around(house: WebHouse) -> None:
    with serving(house.web) as (port, _), connected(house, port) as client:
        client.socket.send("x" * 1024 for _ in range(5 * 1024))
        assert "A message has at most" in client.expect("ERROR")


def test_a_compressed_frame_counts_by_what_it_holds(house: WebHouse) -> None:
    with serving(house.web) as (port, _), connected(house, port, compression="deflate") as client:
        client.socket.send("x" * (5 * 1024 * 1024))
        assert "A message has at most" in client.expect("ERROR")
        client.send("CREATE_BATCH")
        client.expect("BATCH_CREATED")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"type": "CREATE_BATCH", "x": ' + "[" * 100_000,
        '{"type": "SUBSCRIBE_BATCH", "data": ' + "9" * 10_000 + "}",
        '{"type": "SUBSCRIBE_BATCH", "data": 1e999}',
        '{"type": "\\ud800", "data": "\\udfff"}',
    ],
)
def test_what_makes_parsers_stumble_is_an_error_and_no_more(house: WebHouse, text: str) -> None:
    with house.socket() as socket:
        socket.send_text(text)
        error(socket.receive_json())
        assert ask(socket, "CREATE_BATCH")["type"] == "BATCH_CREATED"
