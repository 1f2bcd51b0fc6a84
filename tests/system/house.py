"""A Curator on real adapters in this process, with a sandbox for its wiki."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from curator_adapters.bootstrap import connected, migrate
from curator_adapters.settings.settings import Settings
from curator_cli.sandbox.serve import running
from curator_cli.sandbox.settings import SandboxSettings
from curator_core.application import Application, Ports
from curator_core.domain.ids import BatchId, SliceId, UploadId
from curator_core.domain.user import AccessToken, User
from curator_core.use_cases.add_uploads import SliceAccepted
from curator_core.use_cases.items import Item
from curator_worker.tasks import Tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemHouse:
    """Real adapters, and the sandbox that they reach over HTTP."""

    application: Application
    ports: Ports
    sandbox_url: str

    def log_in(self, account: str) -> tuple[User, AccessToken]:
        """A user of the sandbox and a token of theirs, without the handshake's pages."""
        granted = requests.post(
            f"{self.sandbox_url}/sandbox/tokens", json={"account": account}, timeout=30
        ).json()
        token = AccessToken(key=granted["key"], secret=granted["secret"])
        user = self.ports.login.identify(token).user
        with self.ports.begin() as work:
            work.users.remember(user)
        return user, token

    def accept(self, account: str, items: list[Item]) -> BatchId:
        """A batch with these items, in slices of 100."""
        user, token = self.log_in(account)
        batch = self.application.create_batch(user)
        for number, begin in enumerate(range(0, len(items), 100)):
            accepted = self.application.add_uploads(
                user=user,
                token=token,
                batch_id=batch.id,
                slice_id=SliceId(number),
                handler="mapillary",
                items=items[begin : begin + 100],
            )
            assert isinstance(accepted, SliceAccepted), accepted
        return batch.id

    def work_off(self, batch_id: BatchId) -> None:
        """Processes the batch's uploads one after the other, as a worker's tasks do."""
        tasks = Tasks(self.application)
        for state in self.ports.reports.states(batch_id):
            tasks.process_upload(UploadId(state.id))

    def files(self) -> list[dict[str, Any]]:
        """What the wiki holds, as the sandbox tells it."""
        found: list[dict[str, Any]] = requests.get(
            f"{self.sandbox_url}/sandbox/files", timeout=60
        ).json()
        return found

    def photographs(self, sequence: str) -> list[dict[str, Any]]:
        """Ids, sizes and SHA-1s of a sequence's photographs."""
        found = requests.get(
            f"{self.sandbox_url}/sandbox/sequences?name={sequence}", timeout=120
        ).json()
        photographs: list[dict[str, Any]] = found[0]["images"]
        return photographs


@contextmanager
def system_house(data_dir: Path, **environment: str) -> Iterator[SystemHouse]:
    """With throw-away data in `data_dir`; `environment` names what is not to be the default."""
    sandbox_dir = data_dir / "sandbox"
    sandbox_dir.mkdir()
    with running(SandboxSettings(data_dir=sandbox_dir, publish_seconds=0.01)) as sandbox_url:
        settings = Settings.load(
            {
                "CURATOR_DATA_DIR": str(data_dir / "curator"),
                "CURATOR_SANDBOX_PORT": str(urlsplit(sandbox_url).port),
            }
            | environment
        )
        migrate(settings)
        with connected(settings) as outside:
            yield SystemHouse(
                application=Application.on(outside.ports, settings.policy),
                ports=outside.ports,
                sandbox_url=sandbox_url,
            )


def item_of(photograph: dict[str, Any], collection: str = "sequence") -> Item:
    """A contributor's wish for one photograph."""
    return Item(
        id=photograph["id"],
        collection=collection,
        title=f"Photograph {photograph['id']}.jpg",
        wikitext="== {{int:filedesc}} ==",
        captions=(("en", f"Photograph {photograph['id']}"),),
    )
