"""Ctrl-C on a command that is still loading."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.system.processes import Commands

pytestmark = pytest.mark.system


WEB, WORKER = ("web", "--port", "0"), ("worker",)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("curator_cli", WEB),
        ("curator_cli", WORKER),
        ("curator_cli", ("sandbox", "--port", "0")),
        ("curator_cli", ("db", "upgrade")),
        # What the first two turn into.
        ("curator_web", WEB),
        ("curator_worker", WORKER),
    ],
)
def test_it_ends_without_a_trace(tmp_path: Path, module: str, arguments: tuple[str, ...]) -> None:
    command = Commands(folder=tmp_path).start(*arguments)
    status, until = Path(f"/proc/{command.pid}"), time.monotonic() + 60
    # In the midst of it: a library that comes late in the first half is there already.
    while not (
        module in (status / "cmdline").read_text()
        and "pydantic_core" in (status / "maps").read_text()
    ):
        assert command.poll() is None
        assert time.monotonic() < until
    command.send_signal(signal.SIGINT)
    said, _ = command.communicate(timeout=60)

    assert command.returncode == -signal.SIGINT, said
    assert said == ""
