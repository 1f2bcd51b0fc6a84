"""A disk without room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from curator_adapters.downloads.downloader import Downloader, open_for_writing
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from tests.adapters.downloads.server import LOOPBACK, Answer, HttpServer, http_server

FULL = Path("/dev/full")
"""Linux's device that answers every write with ENOSPC."""


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with http_server() as running:
        yield running


def always_full(_path: Path) -> BinaryIO:
    return FULL.open("wb")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("size", [10, 500_000], ids=["seen at the end", "seen on the way"])
def test_a_full_disk_is_told_as_such_and_leaves_nothing(
    server: HttpServer, tmp_path: Path, size: int
) -> None:
    server.answers["/1"] = Answer(body=b"1" * size)
    downloader = Downloader(
        user_agent="Curator/test", allowed_hosts={LOOPBACK}, temp_dir=tmp_path, create=always_full
    )
    with (
        pytest.raises(Faulted) as caught,
        downloader.fetch(server.address("/1"), frozenset(), 1_000_000),
    ):
        pass
    assert caught.value.fault.kind is FaultKind.DISK_FULL
    assert list(tmp_path.iterdir()) == []


def test_the_same_picture_fits_where_there_is_room(server: HttpServer, tmp_path: Path) -> None:
    server.answers["/1"] = Answer(body=b"1" * 500_000)
    downloader = Downloader(
        user_agent="Curator/test",
        allowed_hosts={LOOPBACK},
        temp_dir=tmp_path,
        create=open_for_writing,
    )
    with downloader.fetch(server.address("/1"), frozenset(), 1_000_000) as file:
        assert file.path.stat().st_size == 500_000
