"""A real worker process that is told to end in the middle of an upload."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Upload, UploadStatus
from curator_worker.lifecycle import LEAVE_AFTER
from tests.system.house import SystemHouse, item_of, system_house

pytestmark = [pytest.mark.slow, pytest.mark.system]

CHUNK = 200_000


@contextmanager
def a_worker(folder: Path, house: SystemHouse, **given: str) -> Iterator[subprocess.Popen[str]]:
    """A worker process beside `house`."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "CURATOR_DATA_DIR": str(folder / "curator"),
        "CURATOR_SANDBOX_PORT": str(urlsplit(house.sandbox_url).port),
        "CURATOR_CHUNK_SIZE": str(CHUNK),
        "CURATOR_DISPATCH_SECONDS": "0.1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "curator_worker"],
        cwd=folder,
        env=environment | given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def a_large_upload(house: SystemHouse) -> UploadId:
    """An accepted picture of several chunks."""
    largest = max(house.photographs("bytes-random"), key=lambda one: one["size"])
    assert largest["size"] > 3 * CHUNK
    batch_id = house.accept("Sandbox bot", [item_of(largest)])
    return UploadId(house.ports.reports.states(batch_id)[0].id)


def goes_wrong(house: SystemHouse, **fault: Any) -> None:
    requests.post(f"{house.sandbox_url}/sandbox/faults", json=fault, timeout=10).raise_for_status()


def stored(house: SystemHouse, upload_id: UploadId) -> Upload:
    with house.ports.begin() as work:
        upload = work.uploads.get(upload_id)
    assert upload is not None
    return upload


def sent_chunks(house: SystemHouse) -> int:
    told = requests.get(f"{house.sandbox_url}/sandbox/requests", timeout=10).json()
    return int(told["actions"].get("upload:chunk", 0))


def eventually(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_at_the_next_checkpoint_and_puts_the_rest_back(
    tmp_path: Path, how: signal.Signals
) -> None:
    with system_house(tmp_path) as house:
        upload_id = a_large_upload(house)
        goes_wrong(house, kind="upload:chunk", seconds=2)
        with a_worker(tmp_path, house) as worker:
            eventually(lambda: sent_chunks(house) == 1, worker)
            began = time.monotonic()
            worker.send_signal(how)
            said = worker.communicate(timeout=40)[1]
        left = stored(house, upload_id)

        assert time.monotonic() - began < LEAVE_AFTER.total_seconds() / 2, said
        assert worker.returncode == 0, said
        assert (left.status, left.attempts) == (UploadStatus.QUEUED, 0), said
        assert left.checkpoint.offset == CHUNK
        assert sent_chunks(house) == 1
        assert "Traceback" not in said
        assert "SecurityWarning" not in said


def test_a_worker_leaves_a_request_that_hangs_to_lease_and_settling(tmp_path: Path) -> None:
    with system_house(tmp_path) as house:
        upload_id = a_large_upload(house)
        goes_wrong(house, kind="upload:chunk", seconds=90)
        with a_worker(tmp_path, house) as worker:
            eventually(lambda: sent_chunks(house) == 1, worker)
            began = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            said = worker.communicate(timeout=60)[1]
        took = time.monotonic() - began

        assert stored(house, upload_id).status is UploadStatus.IN_PROGRESS
        assert LEAVE_AFTER.total_seconds() <= took < LEAVE_AFTER.total_seconds() + 5
        assert worker.returncode == 0, said
        assert "ended with work under way" in said
