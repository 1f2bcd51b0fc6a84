"""Redirects are followed one by one, each address checked like the first."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from curator_adapters.downloads.downloader import MAX_REDIRECTS, Downloader
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, http_server

PICTURE = b"\xff\xd8\xff\xe0 a picture"
HOSTS = frozenset({"trap.test", "metadata.test"})
ADDRESSES = {
    "cdn.test": LOOPBACK,
    "trap.test": LOOPBACK,
    "metadata.test": "169.254.169.254",
}


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        running.answers["/picture"] = Answer(body=PICTURE)
        yield running


@pytest.fixture
def downloader(tmp_path: Path) -> Downloader:
    """The operator allows cdn.test alone."""
    return Downloader(
        user_agent="Curator/test",
        allowed_hosts={"cdn.test"},
        temp_dir=tmp_path,
        resolve=lambda host, _port: [ADDRESSES[host]],
    )


def to(location: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": location})


def fault_of(downloader: Downloader, server: HttpServer, path: str) -> Fault:
    address = server.address(path, host="cdn.test")
    with pytest.raises(Faulted) as caught, downloader.fetch(address, HOSTS, 99):
        pass
    return caught.value.fault


def fetched(downloader: Downloader, server: HttpServer, path: str) -> bytes:
    with downloader.fetch(server.address(path, host="cdn.test"), HOSTS, 99) as file:
        return file.path.read_bytes()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(downloader: Downloader, server: HttpServer, status: int) -> None:
    server.answers["/1"] = to(server.address("/picture", host="cdn.test"), status)
    assert fetched(downloader, server, "/1") == PICTURE


@pytest.mark.parametrize(
    "location", ["/picture", "picture", "./x/../picture", "//cdn.test:{}/picture"]
)
def test_a_relative_redirect_is_followed(
    downloader: Downloader, server: HttpServer, location: str
) -> None:
    server.answers["/1"] = to(location.format(server.port))
    assert fetched(downloader, server, "/1") == PICTURE


def test_as_many_redirects_as_allowed_are_followed(
    downloader: Downloader, server: HttpServer
) -> None:
    for number in range(1, MAX_REDIRECTS):
        server.answers[f"/{number}"] = to(f"/{number + 1}")
    server.answers[f"/{MAX_REDIRECTS}"] = to("/picture")
    assert fetched(downloader, server, "/1") == PICTURE


def test_more_redirects_are_trouble(downloader: Downloader, server: HttpServer) -> None:
    server.answers["/1"] = to("/1")
    assert fault_of(downloader, server, "/1").kind is FaultKind.SOURCE_TROUBLE
    assert len(server.requests) == MAX_REDIRECTS + 1


def test_a_redirect_to_nowhere_is_trouble(downloader: Downloader, server: HttpServer) -> None:
    server.answers["/1"] = Answer(status=302)
    assert fault_of(downloader, server, "/1").kind is FaultKind.SOURCE_TROUBLE


@pytest.mark.parametrize(
    "location",
    [
        "http://elsewhere.test/picture",
        "http://trap.test:{}/picture",
        "http://metadata.test/latest/meta-data",
        "http://127.0.0.1:{}/picture",
        "http://[::1]/picture",
        "http://ada:secret@cdn.test:{}/picture",
        "file:///etc/passwd",
        "ftp://cdn.test/picture",
        "//169.254.169.254/latest",
        "http://[broken/",
    ],
)
def test_a_redirect_leads_nowhere_that_may_not_be_asked(
    downloader: Downloader, server: HttpServer, location: str
) -> None:
    server.answers["/1"] = to(location.format(server.port))
    fault = fault_of(downloader, server, "/1")
    assert fault.kind in (FaultKind.ADDRESS_FORBIDDEN, FaultKind.SOURCE_TROUBLE)
    assert (fault.kind is FaultKind.SOURCE_TROUBLE) == ("[broken" in location)
    assert [request.path for request in server.requests] == ["/1"]


def test_the_same_redirect_works_where_the_operator_allows_its_host(
    server: HttpServer, tmp_path: Path
) -> None:
    downloader = Downloader(
        user_agent="Curator/test",
        allowed_hosts={"cdn.test", "trap.test"},
        temp_dir=tmp_path,
        resolve=lambda host, _port: [ADDRESSES[host]],
    )
    server.answers["/1"] = to(server.address("/picture", host="trap.test"))
    assert fetched(downloader, server, "/1") == PICTURE


def test_a_redirects_body_is_not_read(downloader: Downloader, server: HttpServer) -> None:
    def redirect_and_never_end(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /picture\r\n\r\n")
        while not ending.is_set():
            connection.sendall(bytes(100_000))

    server.raw["/1"] = redirect_and_never_end
    assert fetched(downloader, server, "/1") == PICTURE
