"""Retry, cancel, pause and administration, over a real web process and a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from curator_web.config import WebConfig
from curator_web.session import Sessions
from tests.system.house import SystemHouse, system_house
from tests.system.webs import WebProcess, a_web
from tests.web.speaking import a_slice

pytestmark = pytest.mark.system

KEY = "a key for tests"
CONTRIBUTOR, ADMINISTRATOR = "Sandbox photographer", "Sandbox admin"


@dataclass(frozen=True, slots=True)
class Client:
    """A WebSocket of somebody logged in."""

    socket: ClientConnection

    def ask(self, name: str, data: object = None) -> dict[str, Any]:
        """The next message after this one was sent."""
        self.socket.send(json.dumps({"type": name} | ({} if data is None else {"data": data})))
        answer: dict[str, Any] = json.loads(self.socket.recv(timeout=20))
        return answer

    def next_of(self, name: str) -> Any:
        """The data of the next message of this type."""
        while True:
            message = json.loads(self.socket.recv(timeout=20))
            if message["type"] == name:
                return message["data"]


@dataclass(frozen=True, slots=True)
class Running:
    house: SystemHouse
    web: WebProcess

    def cookie(self, account: str) -> dict[str, str]:
        user, token = self.house.log_in(account)
        content = {"id": user.id, "name": user.username, "key": token.key, "secret": token.secret}
        box = Sessions.of(WebConfig(session_keys=(KEY,))).login.box
        return {"Cookie": f"curator_session={box.encrypt(json.dumps(content).encode()).decode()}"}

    @contextmanager
    def client(self, account: str) -> Iterator[Client]:
        address = self.web.address().replace("http", "ws") + "/ws"
        with connect(address, additional_headers=self.cookie(account)) as socket:
            yield Client(socket)

    def post(self, account: str, path: str, body: object) -> requests.Response:
        headers = self.cookie(account)
        return requests.post(self.web.address() + path, json=body, headers=headers, timeout=20)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Nobody works: what is queued stays so."""
    with (
        system_house(tmp_path) as house,
        a_web(tmp_path, house, SECRET_KEY=KEY, CURATOR_ADMINS=ADMINISTRATOR) as web,
    ):
        yield Running(house, web)


def test_a_batch_is_paused_resumed_cancelled_and_retried(running: Running) -> None:
    with running.client(CONTRIBUTOR) as client:
        batch = client.ask("CREATE_BATCH")["data"]
        client.ask("UPLOAD_SLICE", a_slice(batch, "1", "2", "3"))

        paused = client.ask("PAUSE_BATCH", batch)
        assert (paused["type"], paused["data"]["paused"]) == ("BATCH_CHANGED", True)
        assert "done_at" not in paused["data"]
        resumed = client.ask("RESUME_BATCH", batch)["data"]
        assert (resumed["paused"], resumed["stats"]["queued"]) == (False, 3)
        assert resumed["done_at"].endswith("Z")

        client.ask("SUBSCRIBE_BATCH", batch)
        client.next_of("UPLOADS_UPDATE")
        client.socket.send(json.dumps({"type": "CANCEL_BATCH", "data": batch}))
        assert {each["status"] for each in client.next_of("UPLOADS_UPDATE")} == {"cancelled"}
        assert client.next_of("UPLOADS_COMPLETE") == batch
        assert client.ask("CANCEL_BATCH", batch)["type"] == "ERROR"
        # A contributor retries what failed, not what they cancelled themselves.
        assert client.ask("RETRY_UPLOADS", batch)["type"] == "ERROR"


def test_an_administrator_fails_uploads_that_their_owner_corrects_and_retries(
    running: Running,
) -> None:
    with running.client(CONTRIBUTOR) as client:
        batch = client.ask("CREATE_BATCH")["data"]
        client.ask("UPLOAD_SLICE", a_slice(batch, "1", "2"))
        shown = client.ask("FETCH_BATCH_UPLOADS", batch)["data"]["uploads"]
        first, second = (upload["id"] for upload in shown)

        path = "/api/admin/upload_requests/bulk-fail"
        assert running.post(CONTRIBUTOR, path, {"ids": [first, second]}).status_code == 403
        done = running.post(ADMINISTRATOR, path, {"ids": [first, second]})
        assert (done.status_code, done.json()) == (200, {"failed_count": 2})

        wish = {
            "batchid": batch,
            "upload_ids": [second],
            "changes": {str(second): {"title": "Another name.jpg"}},
        }
        retried = client.ask("RETRY_UPLOADS_SELECTED", wish)
        assert retried["type"] == "RETRY_UPLOADS_RESPONSE", retried
        (copy,) = client.ask("FETCH_BATCH_UPLOADS", retried["data"])["data"]["uploads"]
        assert (copy["key"], copy["filename"], copy["status"]) == (
            "2",
            "Another name.jpg",
            "queued",
        )

    answer = running.post(ADMINISTRATOR, "/api/admin/retry", {"upload_ids": [first, second]})
    assert answer.status_code == 200
    # The second one is being retried already.
    assert (answer.json()["retried_count"], answer.json()["requested_count"]) == (1, 2)
