"""Whatever its size and however it is sent, a picture arrives byte for byte, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import random
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from curator_adapters.downloads.body import Rate
from curator_adapters.downloads.downloader import Downloader
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, Raw, http_server

NO_HURRY = Rate(bytes=0, within=timedelta(minutes=1))
NO_HOSTS: frozenset[str] = frozenset()
ROOMY = 10_000_000
BODY = b"\xff\xd8\xff" + random.Random(7).randbytes(200_000)
MEBIBYTE = 1024 * 1024


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        yield running


def a_downloader(
    folder: Path,
    *,
    silence: timedelta = timedelta(seconds=30),
    slowest: Rate = NO_HURRY,
) -> Downloader:
    return Downloader(
        user_agent="Curator/test",
        allowed_hosts={LOOPBACK},
        temp_dir=folder,
        silence=silence,
        slowest=slowest,
    )


def fault_of(downloader: Downloader, address: str, max_size: int = ROOMY) -> Fault:
    with pytest.raises(Faulted) as caught, downloader.fetch(address, NO_HOSTS, max_size):
        pass
    return caught.value.fault


def sizes() -> list[int]:
    chance = random.Random(2026)
    drawn = [chance.randint(1_000, 3_000_000) for _ in range(60)]
    edges = [
        8192 * pages + extra for pages in (1, 2, 16, 128) for extra in (0, 1, 4095, 4096, 8191)
    ]
    return [*edges, *drawn]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_pictures_of_any_size_arrive_byte_for_byte(
    server: HttpServer, tmp_path: Path, chunked: bool
) -> None:
    downloader = a_downloader(tmp_path)
    for size in sizes():
        body = random.Random(size).randbytes(size)
        if chunked:
            server.raw["/1"] = _in_chunks(body)
        else:
            server.answers["/1"] = Answer(body=body)
        with downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY) as file:
            assert file.path.read_bytes() == body
            assert (file.size, file.sha1) == (size, hashlib.sha1(body).hexdigest())


def _in_chunks(body: bytes, length: int = 30_011) -> Raw:
    def send(connection: socket.socket, _ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), length):
            chunk = body[start : start + length]
            connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        connection.sendall(b"0\r\n\r\n")

    return send


def _says(head: bytes, body: bytes) -> Raw:
    def send(connection: socket.socket, _ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)

    return send


def test_no_compression_is_asked_for(server: HttpServer, tmp_path: Path) -> None:
    server.answers["/1"] = Answer(body=BODY)
    with a_downloader(tmp_path).fetch(server.address("/1"), NO_HOSTS, ROOMY):
        pass
    assert server.requests[0].headers["Accept-Encoding"] == "identity"
    assert server.requests[0].headers["User-Agent"] == "Curator/test"


@pytest.mark.parametrize("parts", [1, 3], ids=["one member", "three members"])
def test_a_picture_that_comes_gzipped_all_the_same_is_unpacked(
    server: HttpServer, tmp_path: Path, parts: int
) -> None:
    third = len(BODY) // parts + 1
    zipped = b"".join(
        gzip.compress(BODY[start : start + third]) for start in range(0, len(BODY), third)
    )
    server.answers["/1"] = Answer(body=zipped, headers={"Content-Encoding": "gzip"})
    with a_downloader(tmp_path).fetch(server.address("/1"), NO_HOSTS, ROOMY) as file:
        assert file.path.read_bytes() == BODY
        assert file.sha1 == hashlib.sha1(BODY).hexdigest()


def test_a_gzipped_picture_counts_by_its_unpacked_size(server: HttpServer, tmp_path: Path) -> None:
    zipped = gzip.compress(b"\0" * 5_000_000)
    server.answers["/1"] = Answer(body=zipped, headers={"Content-Encoding": "gzip"})
    fault = fault_of(a_downloader(tmp_path), server.address("/1"), max_size=4_999_999)
    assert fault.kind is FaultKind.TOO_LARGE


@pytest.mark.parametrize(
    "body",
    [gzip.compress(BODY)[:-2000], b"not gzip at all", b""],
    ids=["cut off", "no gzip", "nothing"],
)
def test_broken_gzip_is_trouble(server: HttpServer, tmp_path: Path, body: bytes) -> None:
    server.answers["/1"] = Answer(body=body, headers={"Content-Encoding": "gzip"})
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert fault.kind is FaultKind.SOURCE_TROUBLE


def test_an_unknown_encoding_is_trouble(server: HttpServer, tmp_path: Path) -> None:
    server.answers["/1"] = Answer(body=BODY, headers={"Content-Encoding": "br"})
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert fault.kind is FaultKind.SOURCE_TROUBLE


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 1000000\r\n", BODY),
        (b"Transfer-Encoding: chunked\r\n", b"ffff\r\n" + BODY[:500]),
        (b"Transfer-Encoding: chunked\r\n", b"zzzz\r\n" + BODY[:500]),
    ],
    ids=["shorter than said", "cut off in a chunk", "no chunk"],
)
def test_a_picture_that_breaks_off_is_trouble_and_leaves_nothing(
    server: HttpServer, tmp_path: Path, head: bytes, body: bytes
) -> None:
    server.raw["/1"] = _says(head, body)
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert fault.kind is FaultKind.SOURCE_TROUBLE
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_is_no_http_is_trouble(server: HttpServer, tmp_path: Path) -> None:
    server.raw["/1"] = lambda connection, _ending: connection.sendall(b"SSH-2.0-OpenSSH\r\n")
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert fault.kind is FaultKind.SOURCE_TROUBLE


def test_a_server_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    with http_server() as gone:
        address = gone.address("/1")
    assert fault_of(a_downloader(tmp_path), address).kind is FaultKind.SOURCE_TROUBLE


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234"])
def test_a_silent_source_is_given_up(server: HttpServer, tmp_path: Path, head: bytes) -> None:
    def fall_silent(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(head)
        ending.wait(60)

    server.raw["/1"] = fall_silent
    downloader = a_downloader(tmp_path, silence=timedelta(seconds=0.2))
    fault = fault_of(downloader, server.address("/1"))
    assert (fault.kind, fault.code) == (FaultKind.SOURCE_TROUBLE, "late")


def a_trickle(connection: socket.socket, ending: threading.Event) -> None:
    """100 bytes, some two seconds long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _ in range(100):
        ending.wait(0.02)
        connection.sendall(b"1")


A_SHORT_WHILE = timedelta(seconds=0.3)


def test_a_trickle_is_given_up_after_a_while(server: HttpServer, tmp_path: Path) -> None:
    server.raw["/1"] = a_trickle
    downloader = a_downloader(tmp_path, slowest=Rate(bytes=1000, within=A_SHORT_WHILE))
    fault = fault_of(downloader, server.address("/1"))
    assert (fault.kind, fault.code) == (FaultKind.SOURCE_TROUBLE, "late")


def test_a_slow_source_may_take_as_long_as_it_takes(server: HttpServer, tmp_path: Path) -> None:
    server.raw["/1"] = a_trickle
    downloader = a_downloader(tmp_path, slowest=Rate(bytes=3, within=A_SHORT_WHILE))
    with downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY) as file:
        assert file.path.read_bytes() == b"1" * 100


def test_whoever_listens_is_told_whenever_bytes_come(server: HttpServer, tmp_path: Path) -> None:
    # The server goes on only once it was heard.
    heard = threading.Semaphore(0)

    def wait_for_a_listener(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
        for _ in range(3):
            connection.sendall(b"1")
            assert heard.acquire(timeout=30)

    server.raw["/1"] = wait_for_a_listener
    downloader = a_downloader(tmp_path)
    with downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY, heard.release) as file:
        assert file.size == 3


def test_what_is_declared_too_large_is_refused_before_its_body(
    server: HttpServer, tmp_path: Path
) -> None:
    # The body never comes: only the declaration can decide.
    def declare(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
        ending.wait(60)

    server.raw["/1"] = declare
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert fault.kind is FaultKind.TOO_LARGE
    assert "5,000,000,000" in fault.info


def test_what_turns_out_too_large_is_given_up_at_once(server: HttpServer, tmp_path: Path) -> None:
    def never_end(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not ending.is_set():
            connection.sendall(BODY)

    server.raw["/1"] = never_end
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert fault.kind is FaultKind.TOO_LARGE


@pytest.mark.parametrize("status", [202, 204, 206, 300, 304])
def test_an_answer_that_is_not_a_whole_picture_is_trouble(
    server: HttpServer, tmp_path: Path, status: int
) -> None:
    server.answers["/1"] = Answer(status=status)
    fault = fault_of(a_downloader(tmp_path), server.address("/1"))
    assert (fault.kind, fault.code) == (FaultKind.SOURCE_TROUBLE, f"http-{status}")


def test_an_error_page_is_known_whatever_the_spelling_of_its_type(
    server: HttpServer, tmp_path: Path
) -> None:
    headers = {"Content-Type": "Application/X-PHP; charset=utf-8"}
    server.answers["/1"] = Answer(body=b"<html>", headers=headers)
    assert fault_of(a_downloader(tmp_path), server.address("/1")).code == "x-php"


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("99999999999999", timedelta(days=7)),
    ],
)
def test_odd_waits_do_no_harm(
    server: HttpServer, tmp_path: Path, said: str, understood: timedelta | None
) -> None:
    server.answers["/1"] = Answer(status=503, headers={"Retry-After": said})
    assert fault_of(a_downloader(tmp_path), server.address("/1")).retry_after == understood


def test_a_large_picture_takes_no_more_memory_than_a_small_one(
    server: HttpServer, tmp_path: Path
) -> None:
    piece = random.Random(3).randbytes(MEBIBYTE)

    def send(connection: socket.socket, _ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MEBIBYTE))
        for _ in range(64):
            connection.sendall(piece)

    server.raw["/1"] = send
    tracemalloc.start()
    try:
        with a_downloader(tmp_path).fetch(server.address("/1"), NO_HOSTS, 99 * MEBIBYTE) as file:
            _now, peak = tracemalloc.get_traced_memory()
            assert file.size == 64 * MEBIBYTE
    finally:
        tracemalloc.stop()
    assert peak < 2 * MEBIBYTE


def test_a_gzip_bomb_takes_no_more_memory_either(server: HttpServer, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 * MEBIBYTE))
    server.answers["/1"] = Answer(body=bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with a_downloader(tmp_path).fetch(server.address("/1"), NO_HOSTS, 99 * MEBIBYTE) as file:
            _now, peak = tracemalloc.get_traced_memory()
            assert file.size == 64 * MEBIBYTE
    finally:
        tracemalloc.stop()
    assert peak < 2 * MEBIBYTE
