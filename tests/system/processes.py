"""Commands of ours as their users start them, and proof that they left nothing behind."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from curator_cli.bootstrap import variables

_MARK = "CURATOR_TEST_RUN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Runs `curator …` in a folder of its own, with nothing configured but `environment`."""

    folder: Path
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command's output and exit code, once it has ended."""
        return subprocess.run(
            self._command(arguments),
            env=self._env(environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            # A worker killed while it holds a hash costs 60 s more.
            timeout=170,
            check=False,
        )

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The command while it runs; its output can be read line by line."""
        return subprocess.Popen(
            self._command(arguments),
            env=self._env(environment),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def left_behind(self) -> list[str]:
        """Every process that descends from these commands and still runs."""
        return [command for _, command in self._running()]

    def _running(self) -> Iterator[tuple[Path, str]]:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes()
                if f"{_MARK}={self.mark}".encode() in environment.split(b"\0"):
                    yield process, (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue

    def kill(self, part: str) -> None:
        """Kills every process of these commands whose command line holds `part`."""
        for process, command in self._running():
            if part in command:
                os.kill(int(process.name), signal.SIGKILL)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "curator_cli", *arguments]

    def _env(self, environment: dict[str, str]) -> dict[str, str]:
        configured = variables()
        inherited = {name: value for name, value in os.environ.items() if name not in configured}
        return inherited | environment | {_MARK: self.mark, "TMPDIR": str(self.folder)}
