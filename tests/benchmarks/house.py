"""A Curator to be measured: sandbox, Redis and worker as processes of their own."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from curator_adapters.bootstrap import connected, migrate
from curator_adapters.settings.settings import Settings
from curator_cli.bootstrap import variables
from curator_cli.demo.processes import Child, start, stop_all
from curator_cli.sandbox.mapillary.sequences import Photograph, default_sequences
from curator_core.application import Application, Ports
from curator_core.domain.ids import BatchId, SliceId
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import AccessToken, User
from curator_core.use_cases.add_uploads import SliceAccepted
from curator_core.use_cases.items import Item
from tests.services import free_port

_LOOK_EVERY_SECONDS = 0.02
_START_SECONDS = 30
_UPLOAD_SECONDS = 1800
_LEASE_SECONDS = 5
_SANDBOX = ("curator_cli", "sandbox")
_ACCOUNT = "Sandbox bot"
"""Exempt from limits: nothing waits for a slot."""


class Spoilt(Exception):
    """A run came to nothing; the text says why."""


def photograph_of(size: int) -> Photograph:
    """The sandbox's photograph of so many bytes, the first where there are several."""
    return photographs_of(size)[0]


def photographs_of(size: int) -> list[Photograph]:
    """All the sandbox's photographs of so many bytes that are there to be measured."""
    (sizes,) = (each for each in default_sequences() if each.name == "sizes")
    return [each for each in sizes.photographs if each.file.size == size]


def title_of(photograph: Photograph) -> str:
    """What it is called on the wiki."""
    return f"Measured {photograph.id}.jpg"


@dataclass(slots=True, kw_only=True)
class MeasuredHouse:
    """One sandbox and the workers that were started."""

    folder: Path
    environment: dict[str, str]
    sandbox_url: str
    application: Application
    ports: Ports
    sandbox: tuple[str, ...] = _SANDBOX
    """The module that serves it, with its arguments."""
    children: list[Child] = field(default_factory=list)
    _user: tuple[User, AccessToken] | None = None

    @property
    def worker(self) -> Child:
        """The one that was started last."""
        return self.children[-1]

    def start_worker(self) -> None:
        """A worker as `curator worker` starts it."""
        self.start("worker", "curator_worker")

    def start_sandbox(self) -> None:
        """Until it answers."""
        self.start("sandbox", *self.sandbox, "--port", self.sandbox_url.split(":")[2])
        self.wait_for(self.sandbox_url)

    def start(self, name: str, module: str, *arguments: str) -> None:
        """A process that runs `module`."""
        command = [sys.executable, "-m", module, *arguments]
        log = self.folder / f"{name}.log"
        self.children.append(start(name, command, self.environment, self.folder, log))

    def wait_for(self, url: str) -> None:
        """Until the process that was started last answers there."""
        child, until = self.children[-1], time.monotonic() + _START_SECONDS
        while not _answers(url):
            if not child.is_alive() or time.monotonic() > until:
                raise Spoilt(f"The {child.name} did not start: {child.last_words()}")
            time.sleep(_LOOK_EVERY_SECONDS)

    def accept(self, photograph: Photograph) -> BatchId:
        """Asks for the upload of one photograph, as a contributor does."""
        if self._user is None:
            self._user = self._log_in()
        user, token = self._user
        batch = self.application.create_batch(user)
        item = Item(
            id=photograph.id,
            collection="sizes",
            title=title_of(photograph),
            wikitext="== {{int:filedesc}} ==",
            captions=(("en", "A photograph"),),
        )
        accepted = self.application.add_uploads(
            user=user,
            token=token,
            batch_id=batch.id,
            slice_id=SliceId(0),
            handler="mapillary",
            items=[item],
        )
        if not isinstance(accepted, SliceAccepted):
            raise Spoilt(str(accepted))
        return batch.id

    def finish(self, batch_id: BatchId) -> None:
        """Waits until the upload is done. Raises `Spoilt` where it did not succeed."""
        until = time.monotonic() + _UPLOAD_SECONDS
        while True:
            (state,) = self.ports.reports.states(batch_id)
            if state.status is UploadStatus.COMPLETED:
                return
            if state.status.is_final or time.monotonic() > until:
                raise Spoilt(f"{state.status}: {state.failure}")
            if not self.worker.is_alive():
                raise Spoilt(f"The worker ended: {self.worker.last_words()}")
            time.sleep(_LOOK_EVERY_SECONDS)

    def upload(self, photograph: Photograph) -> None:
        """From the wish to the described file."""
        self.finish(self.accept(photograph))

    def figures(self) -> dict[str, Any]:
        """What the wiki was asked and sent."""
        shown: dict[str, Any] = requests.get(
            f"{self.sandbox_url}/sandbox/requests", timeout=60
        ).json()
        return shown

    def forget_figures(self) -> None:
        """Counting begins anew."""
        requests.post(f"{self.sandbox_url}/sandbox/reset", timeout=60).raise_for_status()

    def on_the_wiki(self) -> list[dict[str, Any]]:
        """Every file that the wiki holds."""
        held: list[dict[str, Any]] = requests.get(
            f"{self.sandbox_url}/sandbox/files", timeout=60
        ).json()
        return held

    def _log_in(self) -> tuple[User, AccessToken]:
        granted = requests.post(
            f"{self.sandbox_url}/sandbox/tokens", json={"account": _ACCOUNT}, timeout=60
        ).json()
        token = AccessToken(key=granted["key"], secret=granted["secret"])
        user = self.ports.login.identify(token).user
        with self.ports.begin() as work:
            work.users.remember(user)
        return user, token


@contextmanager
def measured_house(
    parent: Path | None = None, sandbox: tuple[str, ...] = _SANDBOX, **environment: str
) -> Iterator[MeasuredHouse]:
    """A sandbox and a database, no worker yet; all that they write is gone after the block.

    `parent` is the folder for it (room for twice the largest file), else the temporary one;
    `sandbox` the module that serves the wiki, with its arguments.
    """
    with ExitStack() as undone:
        folder = Path(
            undone.enter_context(
                tempfile.TemporaryDirectory(
                    prefix="curator-bench-", dir=parent, ignore_cleanup_errors=True
                )
            )
        )
        own = {
            "CURATOR_DATA_DIR": str(folder / "curator"),
            "CURATOR_SANDBOX_PORT": str(free_port()),
            "CURATOR_LEASE_SECONDS": str(_LEASE_SECONDS),
            "CURATOR_DISPATCH_SECONDS": "0.5",
            **environment,
        }
        settings = Settings.load(own)
        migrate(settings)
        outside = undone.enter_context(connected(settings))
        configured = variables()
        kept = {name: value for name, value in os.environ.items() if name not in configured}
        checkout = str(Path(__file__).parents[2])
        house = MeasuredHouse(
            folder=folder,
            environment=kept | own | {"TMPDIR": str(folder), "PYTHONPATH": checkout},
            sandbox_url=f"http://127.0.0.1:{own['CURATOR_SANDBOX_PORT']}",
            application=Application.on(outside.ports, settings.policy),
            ports=outside.ports,
            sandbox=sandbox,
        )
        undone.callback(_stop, house)
        house.start_sandbox()
        yield house


def _stop(house: MeasuredHouse) -> None:
    stop_all(list(reversed(house.children)))


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
