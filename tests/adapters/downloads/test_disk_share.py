"""All downloads of a worker together take no more of the disk than their share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from curator_adapters.downloads.disk_share import DiskShare
from curator_adapters.downloads.downloader import Downloader
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, http_server

NO_HOSTS: frozenset[str] = frozenset()
BODY = b"\xff\xd8\xff" + bytes(997)
ROOMY = 10_000


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        running.answers["/1"] = Answer(body=BODY)
        yield running


def a_downloader(folder: Path, share: int) -> Downloader:
    return Downloader(
        user_agent="Curator/test",
        allowed_hosts={LOOPBACK},
        temp_dir=folder,
        share=DiskShare(share),
    )


def test_a_picture_that_others_leave_no_room_for_has_to_wait(
    server: HttpServer, tmp_path: Path
) -> None:
    downloader = a_downloader(tmp_path, share=1999)
    with downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY):
        with (
            pytest.raises(Faulted) as caught,
            downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY),
        ):
            pass
        assert caught.value.fault.kind is FaultKind.DISK_SHARED
        assert len(list(tmp_path.iterdir())) == 1


def test_two_that_fit_are_fetched_side_by_side(server: HttpServer, tmp_path: Path) -> None:
    downloader = a_downloader(tmp_path, share=2000)
    with (
        downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY) as one,
        downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY) as other,
    ):
        assert one.path.read_bytes() == other.path.read_bytes() == BODY


def test_room_is_given_back_however_a_fetch_ends(server: HttpServer, tmp_path: Path) -> None:
    downloader = a_downloader(tmp_path, share=1000)
    for _ in range(3):
        with (
            pytest.raises(ZeroDivisionError),
            downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY),
        ):
            raise ZeroDivisionError
    with downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY) as file:
        assert file.size == len(BODY)


def test_a_picture_larger_than_the_share_passes_alone(server: HttpServer, tmp_path: Path) -> None:
    downloader = a_downloader(tmp_path, share=10)
    with downloader.fetch(server.address("/1"), NO_HOSTS, ROOMY) as file:
        assert file.size == len(BODY)
