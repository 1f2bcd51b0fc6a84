"""Worker processes beside a house of this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.system.house import SystemHouse

_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker in a session of its own, with the processes that it forks."""

    process: subprocess.Popen[str]
    log: Path

    def said(self) -> str:
        """All that it wrote."""
        return self.log.read_text()

    def children(self) -> list[int]:
        """The processes that carry its tasks out, where it forks any."""
        return [
            pid
            for pid in self.session()
            if pid != self.process.pid and "curator_worker" in _command(pid)
        ]

    def session(self) -> list[int]:
        """Every process of its session that still runs, itself among them."""
        return [pid for pid in _processes() if _session(pid) == self.process.pid]

    def told(self, *numbers: signal.Signals) -> None:
        """Sends these signals to all its processes, as a terminal or a service manager does."""
        for number in numbers:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            time.sleep(0.2)

    def ended(self, within: float) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(timeout=within)

    def until(self, true: Callable[[], bool], *, alive: bool = True) -> None:
        """Waits for something that comes while it runs."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not true():
            assert not alive or self.process.poll() is None, self.said()
            assert time.monotonic() < until, f"it did not come: {self.said()}"
            time.sleep(0.02)


@contextmanager
def a_worker(folder: Path, house: SystemHouse, **given: str) -> Iterator[Worker]:
    """A worker on the data of `house`, which lives in `folder`."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CURATOR_DATA_DIR": str(folder / "curator"),
        "CURATOR_SANDBOX_PORT": str(urlsplit(house.sandbox_url).port),
        "CURATOR_DISPATCH_SECONDS": "0.1",
    }
    log = folder / f"worker-{time.monotonic_ns()}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "curator_worker"],
            cwd=folder,
            env=environment | given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )
    worker = Worker(process=process, log=log)
    try:
        yield worker
    finally:
        for pid in worker.session():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def open_files(pid: int) -> list[str]:
    """The names of the files that a process has open."""
    names = []
    with suppress(OSError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                names.append(str(each.readlink()))
    return names


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _session(pid: int) -> int:
    """0 where there is no such process; a zombie is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[3])


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
