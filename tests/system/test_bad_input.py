"""What goes wrong at the edges is said in a sentence, in the shell where it happens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from curator_core.domain.upload import UploadStatus
from tests.system.house import item_of, system_house
from tests.system.processes import Commands


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(folder=tmp_path)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


def _said(output: str, *words: str) -> None:
    assert "Traceback" not in output, output
    for word in words:
        assert word in output, output


@pytest.mark.parametrize("command", ["web", "sandbox"])
def test_a_port_in_use_is_named(commands: Commands, taken_port: int, command: str) -> None:
    ended = commands.run(command, "--port", str(taken_port))

    assert ended.returncode == 1
    _said(ended.stderr, str(taken_port), "in use")


@pytest.mark.parametrize("command", ["web", "worker"])
def test_missing_keys_are_all_named_at_once(commands: Commands, command: str) -> None:
    ended = commands.run(command, DB_URL="mysql://curator:hush@127.0.0.1/curator")

    assert ended.returncode == 2
    _said(ended.stderr, "SECRET_KEY", "TOKEN_ENCRYPTION_KEY", "CURATOR_OAUTH1_SECRET")
    assert "hush" not in ended.stderr


PRODUCTION = {
    "SECRET_KEY": "a long random text that nobody knows",
    "TOKEN_ENCRYPTION_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "CURATOR_OAUTH1_KEY": "consumer",
    "CURATOR_OAUTH1_SECRET": "hush-secret",
}


def test_a_database_that_is_not_there_is_named_without_its_password(commands: Commands) -> None:
    nowhere = PRODUCTION | {"DB_URL": "mysql://curator:hush@127.0.0.1:9/curator"}
    ended = commands.run("db", "upgrade", **nowhere)

    assert ended.returncode == 1
    _said(ended.stderr, "database", "127.0.0.1")
    assert "hush" not in ended.stderr


def test_a_worker_on_a_database_that_was_never_prepared_says_what_to_run(
    commands: Commands,
) -> None:
    ended = commands.run("worker")

    assert ended.returncode == 1
    _said(ended.stderr, "The worker cannot start", "run `curator db upgrade`")


def test_a_bad_database_address_is_refused(commands: Commands) -> None:
    ended = commands.run("db", "upgrade", **(PRODUCTION | {"DB_URL": "postgres://nobody"}))

    assert ended.returncode == 2
    _said(ended.stderr, "DB_URL")


def test_pictures_that_are_no_pictures_fail_with_a_sentence_and_the_others_arrive(
    tmp_path: Path,
) -> None:
    with system_house(tmp_path) as house:
        # The one left out comes as an error page, which is asked for again for 18 s.
        photographs = [one for n, one in enumerate(house.photographs("broken")) if n != 4]
        batch_id = house.accept("Sandbox bot", [item_of(one) for one in photographs])
        house.work_off(batch_id)
        states = house.ports.reports.states(batch_id)
        on_the_wiki = house.files()

    failed = [state for state in states if state.status is UploadStatus.FAILED]
    assert len(failed) == 3
    assert len(on_the_wiki) == 2
    for state in failed:
        assert state.failure is not None
        assert state.failure.message.startswith("What the source delivered is not the picture")
        assert f"Photograph {state.image_id}.jpg" in state.failure.message
