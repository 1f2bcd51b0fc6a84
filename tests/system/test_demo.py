"""The demonstration as a newcomer runs it, disturbed and undisturbed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.system.processes import Commands

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(folder=tmp_path)


def test_a_worker_killed_in_the_middle_costs_no_file_and_doubles_none(commands: Commands) -> None:
    demo = commands.run("demo", "--kill-worker-after", "7")

    rows = [line for line in demo.stdout.splitlines() if " completed " in line]
    assert len(rows) == 24
    assert all(".jpg" in row and "http://127.0.0.1:" in row and " s " in row for row in rows)
    assert "The worker was killed" in demo.stdout
    assert "yes  the wiki holds 24 files, and no others" in demo.stdout
    assert "yes  every file was published once" in demo.stdout
    assert "NO " not in demo.stdout
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert commands.left_behind() == []
    assert list(commands.folder.glob("curator-*")) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_demonstration_that_is_interrupted_leaves_nothing_behind(
    commands: Commands, how: signal.Signals
) -> None:
    demo = commands.start("demo")
    assert demo.stdout is not None
    for line in demo.stdout:
        if "uploads accepted" in line:
            break
    assert len(commands.left_behind()) >= 4, "sandbox, Redis, web and worker should be running"
    # Whoever is impatient presses Ctrl-C again.
    for _ in range(3):
        os.kill(demo.pid, how)
        time.sleep(0.2)
    said, _ = demo.communicate(timeout=60)

    assert demo.returncode == 130, said
    assert commands.left_behind() == []
    assert list(commands.folder.glob("curator-*")) == []


def test_a_demonstration_that_is_kept_runs_on_until_it_is_stopped(commands: Commands) -> None:
    kept = commands.run("demo", "--keep")
    running = commands.left_behind()
    stopped = commands.run("demo", "--stop")

    assert kept.returncode == 0, kept.stdout + kept.stderr
    assert "Left running:" in kept.stdout
    assert sum("curator" in command for command in running) >= 3
    assert "sandbox" in stopped.stdout
    assert commands.left_behind() == []


@pytest.mark.parametrize("part", ["curator_worker", "curator_cli sandbox"])
def test_a_part_that_dies_ends_the_demonstration_with_a_sentence(
    commands: Commands, part: str
) -> None:
    demo = commands.start("demo")
    assert demo.stdout is not None
    for line in demo.stdout:
        if "uploads accepted" in line:
            break
    commands.kill(part)
    said, _ = demo.communicate(timeout=60)

    assert demo.returncode == 1, said
    assert " ended:" in said or "does not answer" in said
    assert commands.left_behind() == []


def test_a_closed_terminal_leaves_nothing_behind(commands: Commands) -> None:
    demo = commands.start("demo")
    assert demo.stdout is not None
    for line in demo.stdout:
        if "Checked on the wiki" in line:
            break
    # In the midst of the cleaning up, or right before it.
    for _ in range(5):
        os.kill(demo.pid, signal.SIGHUP)
        time.sleep(0.2)
    demo.communicate(timeout=60)

    assert commands.left_behind() == []
    assert list(commands.folder.glob("curator-*")) == []
