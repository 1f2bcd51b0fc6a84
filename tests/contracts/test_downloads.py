"""What every `Downloads` promises, asked of the fake and of the real one alike."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from curator_adapters.downloads.downloader import Downloader
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.ports.downloads import Downloads
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, http_server
from tests.fakes.downloads import FakeDownloads

JPEG = b"\xff\xd8\xff\xe0"
ROOMY = 10_000_000


class Host(Protocol):
    """Somewhere to download from."""

    @property
    def downloads(self) -> Downloads: ...

    @property
    def hosts(self) -> frozenset[str]:
        """The source's own."""
        ...

    def offer(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: str = "image/jpeg",
        retry_after: timedelta | None = None,
    ) -> str:
        """The address where this is to be had."""
        ...


@dataclass
class FakeHost:
    """The fake, which is its own host."""

    downloads: FakeDownloads
    hosts = frozenset({"pictures.example"})

    def offer(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: str = "image/jpeg",
        retry_after: timedelta | None = None,
    ) -> str:
        address = "https://pictures.example/1"
        self.downloads.offer(
            address, body, status=status, media_type=media_type, retry_after=retry_after
        )
        return address


@dataclass
class HttpHost:
    """A server on loopback, allowed by the operator."""

    downloads: Downloader
    server: HttpServer
    hosts = frozenset({"pictures.example"})

    def offer(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: str = "image/jpeg",
        retry_after: timedelta | None = None,
    ) -> str:
        headers = {"Content-Type": media_type}
        if retry_after is not None:
            headers["Retry-After"] = str(int(retry_after.total_seconds()))
        self.server.answers["/1"] = Answer(body=body, status=status, headers=headers)
        return self.server.address("/1")


@pytest.fixture(params=["fake", "http"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    if request.param == "fake":
        yield FakeHost(FakeDownloads(folder=tmp_path))
        return
    with http_server() as server:
        downloader = Downloader(
            user_agent="Curator/test", allowed_hosts={LOOPBACK}, temp_dir=tmp_path
        )
        yield HttpHost(downloader, server)


def fault_of(host: Host, address: str, max_size: int = ROOMY) -> Fault:
    with pytest.raises(Faulted) as caught, host.downloads.fetch(address, host.hosts, max_size):
        pass
    return caught.value.fault


def test_the_file_holds_the_sources_bytes_with_their_size_sha1_and_beginning(host: Host) -> None:
    body = JPEG + random.Random(1).randbytes(300_000)
    with host.downloads.fetch(host.offer(body), host.hosts, ROOMY) as file:
        assert file.path.read_bytes() == body
        assert file.size == len(body)
        assert file.sha1 == hashlib.sha1(body).hexdigest()
        assert len(file.head) >= 512
        assert body.startswith(file.head)


def test_the_file_is_gone_after_the_block(host: Host, tmp_path: Path) -> None:
    with host.downloads.fetch(host.offer(JPEG), host.hosts, ROOMY) as file:
        assert file.path.exists()
    assert not file.path.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_gone_after_an_exception_in_the_block(host: Host, tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        host.downloads.fetch(host.offer(JPEG), host.hosts, ROOMY),
    ):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_two_files_can_be_held_at_once(host: Host) -> None:
    first = host.downloads.fetch(host.offer(JPEG + b"1"), host.hosts, ROOMY)
    with first as one, host.downloads.fetch(host.offer(JPEG + b"2"), host.hosts, ROOMY) as two:
        assert one.path.read_bytes() == JPEG + b"1"
        assert two.path.read_bytes() == JPEG + b"2"


def test_an_empty_body_is_no_image(host: Host) -> None:
    assert fault_of(host, host.offer(b"")).kind is FaultKind.NOT_AN_IMAGE


def test_a_file_of_exactly_the_largest_size_is_taken(host: Host) -> None:
    with host.downloads.fetch(host.offer(JPEG * 10), host.hosts, 40) as file:
        assert file.size == 40


def test_a_larger_file_is_refused(host: Host, tmp_path: Path) -> None:
    assert fault_of(host, host.offer(JPEG * 10), max_size=39).kind is FaultKind.TOO_LARGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_trouble_at_the_source_may_pass(host: Host, status: int) -> None:
    assert fault_of(host, host.offer(b"sorry", status=status)).kind is FaultKind.SOURCE_TROUBLE


def test_the_wait_that_the_source_asks_for_is_told(host: Host) -> None:
    address = host.offer(b"", status=429, retry_after=timedelta(seconds=90))
    assert fault_of(host, address).retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_refusal_by_the_source_is_final(host: Host, status: int) -> None:
    assert fault_of(host, host.offer(b"no", status=status)).kind is FaultKind.SOURCE_REFUSED


def test_an_address_that_nothing_stands_at_is_refused(host: Host) -> None:
    address = host.offer(JPEG) + "/nothing"
    assert fault_of(host, address).kind is FaultKind.SOURCE_REFUSED


def test_an_error_page_by_its_type_counts_as_trouble(host: Host) -> None:
    address = host.offer(b"<html>Fatal error</html>", media_type="application/x-php")
    assert fault_of(host, address).kind is FaultKind.SOURCE_TROUBLE


def test_an_error_page_by_its_bytes_counts_as_trouble(host: Host) -> None:
    address = host.offer(b"<?php die('no'); ?>", media_type="image/jpeg")
    assert fault_of(host, address).kind is FaultKind.SOURCE_TROUBLE


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/1",
        "https://pictures.example.evil.example/1",
        "https://ada:secret@pictures.example/1",
        "ftp://pictures.example/1",
        "file:///etc/passwd",
        "data:image/jpeg;base64,/9j/",
        "/etc/passwd",
        "",
    ],
)
def test_only_web_addresses_of_the_sources_hosts_are_asked(host: Host, address: str) -> None:
    fault = fault_of(host, address)
    assert fault.kind is FaultKind.ADDRESS_FORBIDDEN
    assert "secret" not in fault.detail
