"""Real worker processes that are told to end, or end of their own accord."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.upload import Upload, UploadStatus
from curator_worker.lifecycle import LEAVE_AFTER
from tests.system.house import SystemHouse, item_of, system_house
from tests.system.workers import a_worker, open_files

pytestmark = pytest.mark.system

CHUNK = 200_000
POOLS = ("threads", "prefork")
IN_GOOD_TIME = LEAVE_AFTER.total_seconds() / 2


def settings(pool: str, **more: str) -> dict[str, str]:
    return {"CURATOR_WORKER_POOL": pool, "CURATOR_CHUNK_SIZE": str(CHUNK)} | more


def a_large_photograph(house: SystemHouse) -> dict[str, Any]:
    largest = max(house.photographs("bytes-random"), key=lambda one: one["size"])
    assert largest["size"] > 3 * CHUNK
    return largest


def some_uploads(house: SystemHouse, count: int) -> BatchId:
    photographs = house.photographs("demo")[:count]
    return house.accept("Sandbox bot", [item_of(each) for each in photographs])


def statuses(house: SystemHouse, batch_id: BatchId) -> list[UploadStatus]:
    return [state.status for state in house.ports.reports.states(batch_id)]


def holds_database(pid: int) -> bool:
    return any("curator.db" in name for name in open_files(pid))


def goes_wrong(house: SystemHouse, **fault: Any) -> None:
    requests.post(f"{house.sandbox_url}/sandbox/faults", json=fault, timeout=10).raise_for_status()


def asked(house: SystemHouse, kind: str) -> int:
    told = requests.get(f"{house.sandbox_url}/sandbox/requests", timeout=10).json()
    return int(told["actions"].get(kind, 0))


def stored(house: SystemHouse, upload_id: UploadId) -> Upload:
    with house.ports.begin() as work:
        upload = work.uploads.get(upload_id)
    assert upload is not None
    return upload


def finish(
    folder: Path, house: SystemHouse, photograph: dict[str, Any], batch_id: BatchId, pool: str
) -> None:
    """Another worker goes on; the wiki has the file once, and whole."""
    with a_worker(folder, house, **settings(pool)) as successor:
        successor.until(lambda: statuses(house, batch_id) == [UploadStatus.COMPLETED])
    (file,) = house.files()
    assert (file["sha1"], len(file["revisions"])) == (photograph["sha1"], 1)
    assert asked(house, "upload:publish") == 1


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(
    "told", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGINT, signal.SIGTERM], [signal.SIGHUP]]
)
def test_a_worker_ends_at_the_next_checkpoint_and_another_goes_on_from_there(
    tmp_path: Path, pool: str, told: list[signal.Signals]
) -> None:
    with system_house(tmp_path) as house:
        photograph = a_large_photograph(house)
        batch_id = house.accept("Sandbox bot", [item_of(photograph)])
        upload_id = UploadId(house.ports.reports.states(batch_id)[0].id)
        goes_wrong(house, kind="upload:chunk", seconds=1.5)
        with a_worker(tmp_path, house, **settings(pool)) as worker:
            worker.until(lambda: asked(house, "upload:chunk") == 1)
            worker.told(*told)
            code = worker.ended(within=IN_GOOD_TIME)
            left, said, remaining = stored(house, upload_id), worker.said(), worker.session()

        assert (code, remaining) == (0, []), said
        assert (left.status, left.attempts, left.lease) == (UploadStatus.QUEUED, 0, None), said
        assert left.checkpoint.offset == CHUNK
        assert asked(house, "upload:chunk") == 1
        assert "Traceback" not in said
        assert "SecurityWarning" not in said
        finish(tmp_path, house, photograph, batch_id, pool)
        assert asked(house, "upload:chunk") == -(-photograph["size"] // CHUNK), "none sent twice"


@pytest.mark.slow
@pytest.mark.parametrize("pool", POOLS)
def test_a_worker_leaves_a_request_that_hangs_to_lease_and_settling(
    tmp_path: Path, pool: str
) -> None:
    with system_house(tmp_path, CURATOR_LEASE_SECONDS="3") as house:
        photograph = a_large_photograph(house)
        batch_id = house.accept("Sandbox bot", [item_of(photograph)])
        goes_wrong(house, kind="upload:chunk", seconds=40)
        with a_worker(tmp_path, house, **settings(pool, CURATOR_LEASE_SECONDS="3")) as worker:
            worker.until(lambda: asked(house, "upload:chunk") == 1)
            began = time.monotonic()
            worker.told(signal.SIGTERM)
            code = worker.ended(within=LEAVE_AFTER.total_seconds() + 5)
            took = time.monotonic() - began
            worker.until(lambda: worker.session() == [], alive=False)
            said = worker.said()

        assert statuses(house, batch_id) == [UploadStatus.IN_PROGRESS], said
        assert LEAVE_AFTER.total_seconds() <= took, said
        assert code == 0, said
        assert "ended with work under way" in said
        finish(tmp_path, house, photograph, batch_id, pool)


@pytest.mark.parametrize("pool", POOLS)
def test_an_impatient_third_signal_ends_it_at_once(tmp_path: Path, pool: str) -> None:
    with system_house(tmp_path) as house:
        house.accept("Sandbox bot", [item_of(a_large_photograph(house))])
        goes_wrong(house, kind="upload:chunk", seconds=30)
        with a_worker(tmp_path, house, **settings(pool)) as worker:
            worker.until(lambda: asked(house, "upload:chunk") == 1)
            worker.told(signal.SIGINT, signal.SIGINT)
            assert worker.process.poll() is None, "two are no reason"
            worker.told(signal.SIGINT)
            code = worker.ended(within=2)
            worker.until(lambda: worker.session() == [], alive=False)

        assert code == 128 + signal.SIGINT


@pytest.mark.parametrize("pool", POOLS)
def test_a_worker_without_work_ends_soon(tmp_path: Path, pool: str) -> None:
    with system_house(tmp_path) as house:
        batch_id = some_uploads(house, 1)
        with a_worker(tmp_path, house, **settings(pool)) as worker:
            worker.until(lambda: statuses(house, batch_id) == [UploadStatus.COMPLETED])
            worker.told(signal.SIGTERM)
            code = worker.ended(within=IN_GOOD_TIME)

            assert (code, worker.session()) == (0, []), worker.said()


def test_forked_processes_do_not_outlive_one_that_is_killed(tmp_path: Path) -> None:
    with system_house(tmp_path) as house:
        batch_id = house.accept("Sandbox bot", [item_of(a_large_photograph(house))])
        goes_wrong(house, kind="upload:chunk", seconds=15)
        with a_worker(tmp_path, house, **settings("prefork")) as worker:
            worker.until(lambda: asked(house, "upload:chunk") == 1)
            assert len(worker.children()) == 2
            os.kill(worker.process.pid, signal.SIGKILL)
            began = time.monotonic()
            worker.until(lambda: worker.session() == [], alive=False)

        assert time.monotonic() - began < 5
        assert statuses(house, batch_id) == [UploadStatus.IN_PROGRESS], "its lease brings it back"


def test_a_worker_ends_in_good_order_after_its_share_of_tasks(tmp_path: Path) -> None:
    with system_house(tmp_path) as house:
        batch_id = some_uploads(house, 8)
        goes_wrong(house, kind="upload:chunk", seconds=1.5)
        given = settings("threads", CELERY_TASKS_PER_WORKER="3")
        with a_worker(tmp_path, house, **given) as worker:
            assert worker.ended(within=30) == 0
            said = worker.said()
        reached = statuses(house, batch_id)

        assert "ending after its share of tasks" in said
        # What was begun is finished, also what takes longer; the rest is for another worker.
        assert 2 <= reached.count(UploadStatus.COMPLETED) < 8, said
        assert set(reached) == {UploadStatus.COMPLETED, UploadStatus.QUEUED}, said


def test_a_forked_process_is_replaced_after_its_share_of_tasks(tmp_path: Path) -> None:
    with system_house(tmp_path) as house:
        batch_id = some_uploads(house, 3)
        given = settings("prefork", CELERY_TASKS_PER_WORKER="1", CELERY_CONCURRENCY="1")
        with a_worker(tmp_path, house, **given) as worker:
            worker.until(lambda: len(worker.children()) == 1)
            first = set(worker.children())
            worker.until(lambda: set(statuses(house, batch_id)) == {UploadStatus.COMPLETED})
            # Locks of a database do not survive a fork: a fresh process has none open, though its
            # parent's dispatcher has.
            worker.until(lambda: [holds_database(pid) for pid in worker.children()] == [False])
            replacement = set(worker.children())
            worker.until(lambda: holds_database(worker.process.pid))
            worker.told(signal.SIGTERM)
            code = worker.ended(within=IN_GOOD_TIME)

        assert not first & replacement
        assert code == 0, worker.said()
        assert len(house.files()) == 3


@pytest.mark.parametrize("pool", POOLS)
def test_a_worker_ends_for_want_of_work_once_what_it_had_is_done(tmp_path: Path, pool: str) -> None:
    with system_house(tmp_path) as house:
        batch_id = some_uploads(house, 1)
        # Longer than the pause: who works does not wait.
        goes_wrong(house, kind="upload:chunk", seconds=4)
        given = settings(pool, CELERY_MAXIMUM_WAIT_TIME=str(3 / 60))
        with a_worker(tmp_path, house, **given) as worker:
            code = worker.ended(within=30)
            said = worker.said()

        assert "ending for want of work" in said
        assert code == 0
        assert statuses(house, batch_id) == [UploadStatus.COMPLETED], said
