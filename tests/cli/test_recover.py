"""`curator recover`: what it tells, and what it leaves alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import typer

from curator_cli.bootstrap import Office
from curator_cli.commands.recover import recovering
from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import UploadId
from curator_core.domain.retry import LOGINS_ARE_YOUNG_FOR
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import User
from tests.builders import House, a_house, an_item

QUEUED, FAILED = UploadStatus.QUEUED, UploadStatus.FAILED


@pytest.fixture
def house() -> House:
    """Two uploads of Ada's and one of Grace's wait since yesterday."""
    house = a_house()
    house.add(house.a_batch(), an_item("1"), an_item("2"))
    house.add(house.a_batch(house.grace), an_item("3"), user=house.grace)
    house.clock.advance(LOGINS_ARE_YOUNG_FOR + timedelta(days=1))
    return house


def told(house: House, *, dry_run: bool = False, as_json: bool = False) -> int:
    """The exit code."""
    desk = Office(application=house.app, begin=house.database.begin)
    try:
        recovering(desk, dry_run=dry_run, as_json=as_json)
    except typer.Exit as ended:
        return ended.exit_code
    return 0


def statuses(house: House) -> list[UploadStatus]:
    return [upload.status for upload in house.database.committed.uploads.values()]


def test_each_group_is_a_row(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(house) == 0
    rows = capsys.readouterr().out
    ada, grace = (line for line in rows.splitlines() if "waits for its slots" in line)
    assert "Ada" in ada
    assert " 2 " in ada
    batch = house.database.committed.batches[house.upload(UploadId(1)).batch_id]
    assert str(batch.edit_group_id) in ada
    assert "Grace" in grace
    assert statuses(house) == [QUEUED] * 3


def test_a_group_whose_session_ended_has_failed(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])
    assert told(house) == 0
    assert "failed: the session has ended" in capsys.readouterr().out
    assert statuses(house) == [FAILED, FAILED, QUEUED]


def test_a_dry_run_changes_nothing(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])
    before, wakes = house.database.committed, house.queue.wakes
    assert told(house, dry_run=True) == 0
    assert "would fail: the session has ended" in capsys.readouterr().out
    assert house.database.committed.uploads == before.uploads
    assert house.queue.wakes == wakes


def test_what_could_not_be_checked_is_a_failure_that_loses_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.wiki.down = True
    assert told(house) == 1
    said = capsys.readouterr()
    assert "not checked, stays queued" in said.out
    assert "3 uploads could not be checked" in said.err
    assert statuses(house) == [QUEUED] * 3


def test_where_nothing_waits_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(a_house()) == 3
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Nothing waits.\n")


def test_programs_get_json_and_nothing_else(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.wiki.revoke(house.wiki.accounts["Ada"])
    assert told(house, as_json=True) == 0
    answer: Any = json.loads(capsys.readouterr().out)
    assert answer["dry_run"] is False
    ada, grace = answer["groups"]
    assert set(ada) == {"user_id", "username", "edit_group_id", "uploads", "session", "reason"}
    assert (ada["username"], ada["uploads"], ada["session"]) == ("Ada", 2, "ended")
    assert (grace["user_id"], grace["session"]) == (house.grace.id, "valid")

    assert told(a_house(), as_json=True) == 3
    assert json.loads(capsys.readouterr().out) == {"dry_run": False, "groups": []}


def test_a_name_is_text_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    house = a_house()
    account = house.wiki.add_account("[red]Eve[/]")
    eve = User(id=account.user_id, username=account.name)
    house.add(house.a_batch(eve), an_item("1"), user=eve)
    told(house)
    assert "[red]Eve[/]" in capsys.readouterr().out


def test_a_database_that_is_down_is_no_empty_queue(house: House) -> None:
    house.database.down = True
    with pytest.raises(ServiceDown):
        told(house)
