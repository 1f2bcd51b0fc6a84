"""How long a web takes from its start to its first answer."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import requests

from curator_cli.bootstrap import variables
from curator_cli.demo.processes import start, stop_all
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import How, Measured
from tests.benchmarks.service import measured_service
from tests.services import HOST, free_port

_COMMAND = ("-m", "curator_web", "--host", HOST, "--port")
_LOOK_EVERY_SECONDS = 0.01
_WITHIN_SECONDS = 60
_RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a web is started: its environment, its folder."""

    environment: Mapping[str, str]
    folder: Path


def web_start(bar: float) -> Callable[[How], Measured]:
    """The median seconds from the start of the process to its first answer, on MariaDB and Redis
    as in production, and on the embedded defaults; databases are there already, and whatever only
    a first start makes."""

    def measure(how: How) -> Measured:
        with measured_service(how.folder, 1) as service:
            house = service.house
            serving = _seconds(how, _Place(environment=house.environment, folder=house.folder))
        with tempfile.TemporaryDirectory(prefix="curator-bench-", dir=how.folder) as name:
            embedded = _seconds(how, _Place(environment=_unconfigured(name), folder=Path(name)))
        return Measured(
            figure=f"{serving:.2f} s (embedded defaults: {embedded:.2f} s)",
            is_reached=max(serving, embedded) <= bar,
        )

    return measure


def _unconfigured(folder: str) -> dict[str, str]:
    configured = variables()
    kept = {name: value for name, value in os.environ.items() if name not in configured}
    checkout = str(Path(__file__).parents[2])
    own = {"CURATOR_DATA_DIR": f"{folder}/curator", "CURATOR_SANDBOX_PORT": str(free_port())}
    return kept | own | {"PYTHONPATH": checkout}


def _seconds(how: How, place: _Place) -> float:
    _started(place)
    took = [_started(place) for _ in range(max(how.runs, _RUNS))]
    how.tell(", ".join(f"{each:.2f} s" for each in took))
    return median(took)


def _started(place: _Place) -> float:
    port = str(free_port())
    began = time.perf_counter()
    command = [sys.executable, *_COMMAND, port]
    log = place.folder / "web.log"
    web = start("web", command, place.environment, place.folder, log)
    try:
        while not _answers(f"http://{HOST}:{port}/healthz"):
            if not web.is_alive() or time.perf_counter() - began > _WITHIN_SECONDS:
                raise Spoilt(f"The web did not start: {web.last_words()}")
            time.sleep(_LOOK_EVERY_SECONDS)
        return time.perf_counter() - began
    finally:
        stop_all([web])


def _answers(url: str) -> bool:
    # The port is bound early: one question waits for the answer, and takes nothing meanwhile.
    try:
        return requests.get(url, timeout=_WITHIN_SECONDS).ok
    except requests.ConnectionError:
        return False
