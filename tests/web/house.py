"""Curator on fakes behind its web shell, and visitors who use it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from websockets.sync.client import ClientConnection, connect

from curator_core.application import Ports
from curator_core.domain.ids import LeaseToken, UploadId
from curator_core.domain.media import Collection
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Upload
from curator_core.ports.sources import Source, TooLargeAtOnce
from curator_core.use_cases.states import state_of
from curator_web.app import create_app
from curator_web.config import Rhythm, WebConfig
from curator_web.serving import bound_socket, server_config
from tests.builders import House
from tests.fakes.progress import FakeProgress
from tests.fakes.sources import FakeSource, FakeSources

CONFIG = WebConfig(session_keys=("a key for tests",), admins=frozenset({"Grace"}))
QUICK = Rhythm(
    frame=0.02, lists=0.02, searches=0.05, resync=60, poll=0.05, listen=0.05, reconnect_first=0.02
)
"""Nothing is read again by itself while it lives, but interruptions end soon."""

SECRETS = ("key-", "secret-", "request-")
"""How every token of the fake wiki begins."""

_LEASE = LeaseToken("a" * 32)
_PATIENCE = 10


class _Restless:
    """A clock that sleeps in earnest, but not long: a fake listener looks again soon."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, how_long: timedelta) -> None:
        time.sleep(min(how_long.total_seconds(), 0.002))


class SlowSource(FakeSource):
    """Answers only once it was let go on; `asked` is set when somebody waits."""

    def __init__(self) -> None:
        super().__init__("slow")
        self.asked = threading.Event()
        self.goes_on = threading.Event()

    def collection(self, collection_id: str) -> Collection | TooLargeAtOnce:
        self.asked.set()
        assert self.goes_on.wait(_PATIENCE), "nobody let it go on"
        return super().collection(collection_id)


class BrokenSource(FakeSource):
    """Stumbles over a mistake of ours."""

    def collection(self, collection_id: str) -> Collection | TooLargeAtOnce:
        raise RuntimeError("a mistake beside secret-sauce")


class WebHouse(House):
    """A house with a web shell; `app` are the use cases, `web` is the ASGI application."""

    def __init__(self, config: WebConfig = CONFIG, **changes: Any) -> None:
        super().__init__(**changes)
        self.config = config
        # A Redis that has been there all the time.
        self.recovery_mark.keep()
        self.web = self.a_web(config)

    def a_web(self, config: WebConfig) -> Starlette:
        """Another web process on the same house."""
        return create_app(self.app, self.progress, config)

    def _ports(self) -> Ports:
        self.progress = FakeProgress(_Restless())
        self.slow = SlowSource()
        sources: Sequence[Source] = (self.source, self.slow, BrokenSource("broken"))
        return replace(super()._ports(), sources=FakeSources(*sources))

    def visitor(self, name: str | None = None, **client: Any) -> TestClient:
        """A browser, logged in as `name`."""
        visitor = TestClient(self.web, follow_redirects=False, **client)
        if name is not None:
            log_in(visitor, self, name)
        return visitor

    @contextmanager
    def socket(self, name: str = "Ada") -> Iterator[WebSocketTestSession]:
        """A WebSocket of somebody logged in."""
        with self.visitor(name) as visitor, visitor.websocket_connect("/ws") as socket:
            yield socket

    def cookie(self, name: str = "Ada") -> str:
        """A `Cookie` header of somebody logged in."""
        value = self.visitor(name).cookies["curator_session"]
        return f"curator_session={value}"

    # What workers do

    def starts(self, upload_id: UploadId, *, announced: bool = True) -> None:
        """A worker claims the upload."""
        with self.database.begin() as work:
            upload = work.uploads.claim(upload_id, _LEASE, timedelta(hours=1), 10**6)
        assert upload is not None
        self._announce(upload, announced=announced)

    def completes(self, upload_id: UploadId, *, announced: bool = True) -> None:
        """The worker has published it."""
        url = f"https://wiki.test/File:{upload_id}.jpg"
        self._keep(self.upload(upload_id).complete(url), announced=announced)

    def fails(self, upload_id: UploadId, failure: Failure) -> None:
        """The worker had to give up."""
        self._keep(self.upload(upload_id).fail(failure), announced=True)

    def _keep(self, upload: Upload, *, announced: bool) -> None:
        with self.database.begin() as work:
            upload = work.uploads.keep(upload, _LEASE)
        self._announce(upload, announced=announced)

    def _announce(self, upload: Upload, *, announced: bool) -> None:
        if announced:
            self.progress.announce([state_of(upload)])


def log_in(visitor: TestClient, house: House, name: str) -> None:
    """The whole handshake, as a browser goes through it."""
    to_wiki = visitor.get("/auth/login")
    back = house.login.allow(to_wiki.headers["location"], house.wiki.accounts[name])
    answer = visitor.get(path_of(back))
    assert answer.status_code == 302, answer.text


def until(is_so: Callable[[], bool]) -> None:
    """Returns as soon as something is so; fails if it never comes."""
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.001)


def path_of(address: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def cookie_named(name: str, headers: Sequence[str]) -> Any:
    """One cookie among `Set-Cookie` headers, with its attributes."""
    for header in headers:
        found = SimpleCookie(header).get(name)
        if found is not None:
            return found
    raise AssertionError(f"no cookie {name}")


@contextmanager
def serving(web: Starlette) -> Iterator[tuple[int, uvicorn.Server]]:
    """`web` behind a real server in another thread, and its port."""
    listener = bound_socket("127.0.0.1", 0)
    server = uvicorn.Server(server_config(web))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1], server
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        assert not thread.is_alive(), "the server did not end"


@contextmanager
def connected(house: WebHouse, port: int, name: str = "Ada", **options: Any) -> Iterator[Client]:
    """A WebSocket over the network; `options` are the client's."""
    headers = {"Cookie": house.cookie(name)}
    address = f"ws://127.0.0.1:{port}/ws"
    with connect(address, additional_headers=headers, max_size=None, **options) as socket:
        yield Client(socket)


class Client:
    """Speaks JSON over a real WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def send(self, name: str, data: object = None) -> None:
        message = {"type": name} if data is None else {"type": name, "data": data}
        self.socket.send(json.dumps(message))

    def receive(self, within: float = _PATIENCE) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=within))
        return message

    def expect(self, name: str) -> Any:
        """The data of the next message, which is of this type."""
        message = self.receive()
        assert message["type"] == name, message
        return message["data"]

    def subscribe(self, batch_id: int) -> list[dict[str, Any]]:
        """The batch's whole list."""
        self.send("SUBSCRIBE_BATCH", batch_id)
        assert self.expect("SUBSCRIBED") == batch_id
        whole: list[dict[str, Any]] = self.expect("UPLOADS_UPDATE")
        return whole

    def until(self, upload_id: int, status: str) -> dict[str, Any]:
        """Reads on until this upload is told to be in this state."""
        while True:
            for item in self.expect("UPLOADS_UPDATE"):
                if (item["id"], item["status"]) == (upload_id, status):
                    found: dict[str, Any] = item
                    return found
