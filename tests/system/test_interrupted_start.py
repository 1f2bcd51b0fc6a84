"""Ctrl-C on a command that is still loading."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.system.processes import Commands

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    "arguments",
    [("web", "--port", "0"), ("worker",), ("sandbox", "--port", "0"), ("db", "upgrade")],
)
@pytest.mark.parametrize("module", ["curator_cli", "curator_web", "curator_worker"])
def test_it_ends_without_a_trace(tmp_path: Path, module: str, arguments: tuple[str, ...]) -> None:
    if module != "curator_cli" and arguments[0] not in module:
        pytest.skip("that command does not become this module")
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
