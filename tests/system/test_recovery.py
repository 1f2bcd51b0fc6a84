"""Redis lost everything: real web processes bring back what waits, once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import event
from sqlalchemy.engine import Engine

from curator_core.domain.ids import BatchId
from curator_core.domain.upload import UploadStatus
from tests.builders import some_items
from tests.services import free_port
from tests.system.house import SystemHouse, system_house
from tests.system.processes import Commands
from tests.system.webs import a_web
from tests.system.workers import a_worker

pytestmark = pytest.mark.system

RECOVERED = "queue recovered, since Redis had lost it"
CHECKED = "waiting uploads checked"
UNCHECKED = "waiting uploads could not be checked"

QUEUED, FAILED = UploadStatus.QUEUED, UploadStatus.FAILED


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SystemHouse]:
    """A Redis that has just started."""
    with system_house(tmp_path) as house:
        yield house


def waiting(house: SystemHouse, folder: Path, account: str, count: int) -> BatchId:
    """A batch of so many uploads that wait since long before today."""
    batch_id = house.accept(account, some_items(count))
    with closing(sqlite3.connect(folder / "curator" / "curator.db")) as database:
        # A login of a moment ago, which the wiki's replicas may not know yet, would not do.
        database.execute("UPDATE upload_requests SET created_at = '2026-01-01 00:00:00.000000'")
        database.commit()
    return batch_id


def revoke(house: SystemHouse, account: str) -> None:
    answer = requests.post(
        f"{house.sandbox_url}/sandbox/tokens/revoke", json={"account": account}, timeout=30
    )
    assert answer.json()["revoked"]


def statuses(house: SystemHouse, batch_id: BatchId) -> set[UploadStatus]:
    return {state.status for state in house.ports.reports.states(batch_id)}


def test_two_webs_that_start_at_once_recover_once(house: SystemHouse, tmp_path: Path) -> None:
    ended = waiting(house, tmp_path, "Sandbox photographer", 3)
    valid = waiting(house, tmp_path, "Second photographer", 2)
    revoke(house, "Sandbox photographer")
    with a_web(tmp_path, house) as one, a_web(tmp_path, house) as other:
        both = (one, other)
        for web in both:
            assert requests.get(f"{web.address()}/healthz", timeout=10).status_code == 200
        one.until(lambda: sum(web.said().count(CHECKED) for web in both) == 2)
        for web in both:
            assert web.ends() == 0
        said = one.said() + other.said()
    assert said.count(RECOVERED) == 1
    assert said.count(CHECKED) == 2
    assert statuses(house, ended) == {FAILED}
    assert statuses(house, valid) == {QUEUED}

    # What kept the second one from it is the mark: without it the next one recovers again.
    with a_web(tmp_path, house) as third:
        assert third.address()
        assert third.ends() == 0
    assert RECOVERED not in third.said()
    house.ports.recovery_mark.drop()
    with a_web(tmp_path, house) as fourth:
        fourth.until(lambda: CHECKED in fourth.said())
    assert fourth.said().count(CHECKED) == 1, "the group that failed waits no more"


def test_a_group_whose_session_ended_is_told_so_in_a_sentence(
    house: SystemHouse, tmp_path: Path
) -> None:
    ended = waiting(house, tmp_path, "Sandbox photographer", 1)
    revoke(house, "Sandbox photographer")
    with a_web(tmp_path, house) as web:
        web.until(lambda: CHECKED in web.said())
        (state,) = house.ports.reports.states(ended)
    assert state.failure is not None
    assert state.failure.message == "Your session has expired. Please log in and retry."


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_worker_recovers_where_no_web_starts(
    house: SystemHouse, tmp_path: Path, pool: str
) -> None:
    ended = waiting(house, tmp_path, "Sandbox photographer", 3)
    # Else an upload that is carried out may meet the end of the session first.
    with house.ports.begin() as work:
        work.batches.pause(ended, paused=True)
    revoke(house, "Sandbox photographer")
    with a_worker(tmp_path, house, CURATOR_WORKER_POOL=pool) as worker:
        worker.until(lambda: CHECKED in worker.said())
        worker.until(lambda: statuses(house, ended) == {FAILED})
    assert worker.said().count(RECOVERED) == 1


def test_an_unreachable_wiki_leaves_everything_queued(house: SystemHouse, tmp_path: Path) -> None:
    batches = [
        waiting(house, tmp_path, account, 2)
        for account in ("Sandbox photographer", "Second photographer", "Sandbox bot")
    ]
    with a_web(tmp_path, house, CURATOR_SANDBOX_PORT=str(free_port())) as web:
        web.until(lambda: web.said().count(UNCHECKED) == 3)
        assert requests.get(f"{web.address()}/healthz", timeout=10).status_code == 200
        assert web.ends() == 0
    assert {status for each in batches for status in statuses(house, each)} == {QUEUED}


@contextmanager
def writes_to_uploads() -> Iterator[list[str]]:
    """The statements that change uploads, as they are executed."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith(("UPDATE upload_requests", "DELETE", "INSERT INTO upload_")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("count", [2, 60])
def test_a_group_fails_in_one_statement_however_large(
    house: SystemHouse, tmp_path: Path, count: int
) -> None:
    batch_id = waiting(house, tmp_path, "Sandbox photographer", count)
    revoke(house, "Sandbox photographer")
    with writes_to_uploads() as statements:
        house.application.recover_queue()
    # The first forgets all messages; however many uploads, one statement fails them.
    assert len(statements) == 2, statements
    assert ["status" in each.partition(" WHERE ")[0] for each in statements] == [False, True]
    assert statuses(house, batch_id) == {FAILED}


# The command


def command(house: SystemHouse, folder: Path, *arguments: str) -> Any:
    return Commands(folder=folder).run(
        "recover",
        *arguments,
        CURATOR_DATA_DIR=str(folder / "curator"),
        CURATOR_SANDBOX_PORT=str(urlsplit(house.sandbox_url).port),
    )


def test_the_command_tells_first_and_acts_then(house: SystemHouse, tmp_path: Path) -> None:
    nothing = command(house, tmp_path)
    assert (nothing.returncode, nothing.stdout) == (3, ""), nothing.stderr

    batch_id = waiting(house, tmp_path, "Sandbox photographer", 2)
    revoke(house, "Sandbox photographer")
    dry = command(house, tmp_path, "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    (group,) = json.loads(dry.stdout)["groups"]
    assert (group["username"], group["uploads"], group["session"]) == (
        "Sandbox photographer",
        2,
        "ended",
    )
    assert statuses(house, batch_id) == {QUEUED}

    done = command(house, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "failed: the session has ended" in done.stdout
    assert statuses(house, batch_id) == {FAILED}
    assert Commands(folder=tmp_path).left_behind() == []


def test_the_command_fails_where_the_wiki_does_not_answer(
    house: SystemHouse, tmp_path: Path
) -> None:
    batch_id = waiting(house, tmp_path, "Sandbox photographer", 1)
    away = Commands(folder=tmp_path).run(
        "recover",
        CURATOR_DATA_DIR=str(tmp_path / "curator"),
        CURATOR_SANDBOX_PORT=str(free_port()),
    )
    assert away.returncode == 1
    assert "not checked, stays queued" in away.stdout
    assert "1 upload could not be checked" in away.stderr
    assert statuses(house, batch_id) == {QUEUED}
