"""Web processes beside a house of this process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.system.house import SystemHouse

_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WebProcess:
    """A web on a free port; `said` is what it logged."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def address(self) -> str:
        """Where it listens, once it serves."""
        self.until(lambda: "serving" in self.said())
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said())
        assert found is not None
        return found[0]

    def until(self, true: Callable[[], bool]) -> None:
        """Waits for something that comes while it runs."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not true():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, f"it did not come: {self.said()}"
            time.sleep(0.02)

    def ends(self) -> int:
        """Its exit code, once it was told to end."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)


@contextmanager
def a_web(folder: Path, house: SystemHouse, **given: str) -> Iterator[WebProcess]:
    """A web on the data of `house`, which lives in `folder`; it may not serve yet."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CURATOR_DATA_DIR": str(folder / "curator"),
        "CURATOR_SANDBOX_PORT": str(urlsplit(house.sandbox_url).port),
    }
    log = folder / f"web-{time.monotonic_ns()}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "curator_web", "--port", "0"],
            cwd=folder,
            env=environment | given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield WebProcess(process=process, log=log)
    finally:
        process.kill()
        process.wait()
