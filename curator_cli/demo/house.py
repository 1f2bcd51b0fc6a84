"""Everything that a Curator needs, as separate processes with throw-away data."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from curator_cli.bootstrap import private_redis, variables
from curator_cli.demo.processes import Child, DidNotStart, keep_record, recorded, start, stop_all
from curator_cli.ending import undisturbed

_START_SECONDS = 30.0
_LOOK_EVERY_SECONDS = 0.05

KEPT_FOR_SECONDS = 10
"""How long a killed worker's uploads wait for it: short, so that a demonstration shows it."""


@dataclass(slots=True, kw_only=True)
class House:
    """The addresses and processes of one running Curator; `data_dir` holds all that they write."""

    data_dir: Path
    sandbox_url: str
    web_url: str
    children: list[Child] = field(default_factory=list)

    def start_worker(self) -> None:
        """The worker."""
        self._start("worker", "curator_worker")

    def start_web(self) -> None:
        """The web server; it brings the database to the present schema first."""
        port = self.web_url.rpartition(":")[2]
        self._start("web", "curator_web", "--host", "127.0.0.1", "--port", port)

    def start_sandbox(self) -> None:
        """The wiki and the source."""
        port = self.sandbox_url.rpartition(":")[2]
        self._start("sandbox", "curator_cli", "sandbox", "--port", port)

    def wait_for(self, url: str, name: str) -> None:
        """Until `url` answers with success. Raises `DidNotStart`."""
        child = next(each for each in self.children if each.name == name)
        until = time.monotonic() + _START_SECONDS
        while not _answers(url):
            if not child.is_alive() or time.monotonic() > until:
                raise DidNotStart(f"The {name} did not start:\n{child.last_words()}")
            time.sleep(_LOOK_EVERY_SECONDS)

    def replace_worker(self) -> None:
        """Kills the worker as `kill -9` does, and starts another."""
        worker = next(child for child in self.children if child.name == "worker")
        worker.kill()
        self.children.remove(worker)
        self.start_worker()

    def require_all(self) -> None:
        """Raises `DidNotStart` where a part has ended that should be running."""
        for child in self.children:
            if not child.is_alive():
                raise DidNotStart(f"The {child.name} ended:\n{child.last_words()}")

    def stop(self) -> None:
        """Ends every process; none is asked later than the others."""
        stop_all(list(reversed(self.children)))

    def _start(self, name: str, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        log = self.data_dir / f"{name}.log"
        self.children.append(start(name, command, self._env(), self.data_dir, log))

    def _env(self) -> dict[str, str]:
        # Nothing of the operator's own configuration: the demonstration must not reach a real
        # wiki. The working folder is our own too, so that no `.env` is read.
        configured = variables()
        kept = {name: value for name, value in os.environ.items() if name not in configured}
        return kept | {
            "CURATOR_DATA_DIR": str(self.data_dir / "curator"),
            "CURATOR_SANDBOX_PORT": self.sandbox_url.rpartition(":")[2],
            "CURATOR_LEASE_SECONDS": str(KEPT_FOR_SECONDS),
            "CURATOR_DISPATCH_SECONDS": "0.5",
            # What a killed worker was downloading goes with the rest.
            "TMPDIR": str(self.data_dir),
        }


@contextmanager
def running_house(tell: Callable[[str], None], *, keep: bool) -> Iterator[House]:
    """A sandbox, an embedded Redis-compatible server, SQLite, a web server and a worker.

    All on free ports of this machine's loopback address. They are stopped, and their data is
    removed, when the block ends; with `keep`, only when it ends with an exception. Raises
    `DidNotStart`.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="curator-demo-"))
    with ExitStack() as undone:
        undone.callback(shutil.rmtree, data_dir, ignore_errors=True)
        house = House(
            data_dir=data_dir,
            sandbox_url=f"http://127.0.0.1:{_free_port()}",
            web_url=f"http://127.0.0.1:{_free_port()}",
        )
        # Held by us as well, so that it outlives a worker that is killed.
        redis = ExitStack()
        redis.enter_context(private_redis(data_dir / "curator"))
        undone.push(redis)
        undone.callback(house.stop)
        tell("Starting a sandbox wiki, Curator and a worker …")
        house.start_sandbox()
        house.start_web()
        house.wait_for(house.sandbox_url, "sandbox")
        house.wait_for(f"{house.web_url}/healthz", "web")
        house.start_worker()
        tell(f"Sandbox wiki and Mapillary at {house.sandbox_url}, Curator at {house.web_url}")
        undone.callback(undisturbed)
        yield house
        if keep:
            undone.pop_all()
            redis.close()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def keep_house(house: House, records: Path) -> None:
    """Writes down a house that is left running, so that `stop_kept` finds it."""
    keep_record(house.children, records / f"{house.data_dir.name}.json")


def stop_kept(records: Path) -> str:
    """Stops all houses that were left running; answers their processes' names."""
    stopped = []
    for record in sorted(records.glob("*.json")):
        children = list(reversed(recorded(record)))
        stopped += [child.name for child in children if child.is_alive()]
        stop_all(children)
        for child in children:
            shutil.rmtree(child.log.parent, ignore_errors=True)
        record.unlink()
    return ", ".join(stopped)
