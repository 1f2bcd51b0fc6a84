"""Whatever a wiki does by chance, each file is published once, with its statements."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from curator_adapters.sql.unit_of_work import SqlBegin
from curator_adapters.system import SystemClock
from curator_core.application import Application
from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Upload
from curator_core.ports.work import Begin
from curator_worker.tasks import Tasks
from tests.contracts.database_bench import let_pass
from tests.fakes.upload_queue import FakeQueue
from tests.system.house import SystemHouse, item_of, system_house

FILES = 40
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class HastyClock(SystemClock):
    """Waits for nothing: what is waited for in place is there at once."""

    def sleep(self, how_long: timedelta) -> None:
        pass


def uploads(begin: Begin, house: SystemHouse, batch_id: BatchId) -> list[Upload]:
    with begin() as work:
        found = [work.uploads.get(UploadId(s.id)) for s in house.ports.reports.states(batch_id)]
    return [each for each in found if each is not None]


def work_off(house: SystemHouse, batch_id: BatchId) -> list[Upload]:
    """Until every upload is finished; what waits in the queue is due a round later."""
    begin = house.ports.begin
    assert isinstance(begin, SqlBegin)
    queue = FakeQueue()
    hasty = replace(house.ports, clock=HastyClock(), queue=queue)
    # The time that passes here passes for the database's columns only, not for what is kept in a
    # checkpoint; and the sandbox has ended with a request before its answer is lost.
    policy = Policy(chunk_size=100_000, publish_for=timedelta(0))
    tasks = Tasks(Application.on(hasty, policy))
    for _ in range(_ROUNDS):
        if all(each.status.is_final for each in uploads(begin, house, batch_id)):
            break
        tasks.dispatch()
        while sent := queue.take():
            for upload_id in sent:
                tasks.process_upload(upload_id)
        let_pass(begin.engine, timedelta(minutes=20))
    return uploads(begin, house, batch_id)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_file_is_published_once_with_its_statements(seed: int, tmp_path: Path) -> None:
    with system_house(tmp_path) as house:
        photographs = sorted(house.photographs("bytes-random"), key=lambda one: one["size"])
        chosen = photographs[:FILES]
        batch_id = house.accept("Sandbox bot", [item_of(one) for one in chosen])
        faults = f"{house.sandbox_url}/sandbox/faults"
        asked = {"seed": seed, "rate": 0.2}
        requests.post(faults, json=asked, timeout=30).raise_for_status()
        done = work_off(house, batch_id)
        fired = requests.get(faults, timeout=30).json()
        files = house.files()

    assert sum(fired.values()) > FILES, fired
    assert len(fired) > 8, fired
    told = [each.failure.message for each in done if each.failure]
    assert Counter(each.status.value for each in done) == {"completed": FILES}, told
    assert {file["title"]: [each["sha1"] for each in file["revisions"]] for file in files} == {
        f"File:Photograph {one['id']}.jpg": [one["sha1"]] for one in chosen
    }
    assert all("P1947" in file["statements"] for file in files)
    assert all(len(each) == 1 for file in files for each in file["statements"].values())
