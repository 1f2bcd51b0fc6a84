"""How the web ends while much is under way."""

import json
import secrets
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.services import RedisAddress
from tests.web.speaking import a_slice
from tests.web.test_start import Web, production, started

MANY = 200

_TOKEN = "oauth_token=request-key&oauth_token_secret=hush-hush&oauth_callback_confirmed=true"
_NO_LIMITS = json.dumps(
    {"query": {"userinfo": {"id": 1, "name": "Ada", "ratelimits": {}, "rights": ["noratelimit"]}}}
)


class SlowWiki:
    """Begins a login only when it is let go on; everything else it answers at once."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.goes_on = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}/w"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    def close(self) -> None:
        self.goes_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wiki = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(_NO_LIMITS)

            def do_POST(self) -> None:
                wiki.asked.set()
                wiki.goes_on.wait(30)
                # Nobody may be there any more.
                with suppress(OSError):
                    self._say(_TOKEN)

            def _say(self, text: str) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                return None

        return Handler


@pytest.fixture
def wiki() -> Iterator[SlowWiki]:
    slow = SlowWiki()
    yield slow
    slow.close()


def begun(wiki: SlowWiki) -> None:
    """Somebody waits for the wiki."""
    assert wiki.asked.wait(10)


def stored_uploads(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "data" / "curator.db")) as database:
        count: int = database.execute("select count(*) from upload_requests").fetchone()[0]
    return count


def logging_in(web: Web) -> socket.socket:
    """A visitor who waits for the wiki."""
    host, _, port = web.address.removeprefix("http://").partition(":")
    visitor = socket.create_connection((host, int(port)), timeout=10)
    visitor.sendall(b"GET /auth/login HTTP/1.1\r\nHost: testserver\r\n\r\n")
    return visitor


def all_of(visitor: socket.socket) -> str:
    """Everything until the server closes the connection."""
    came = b""
    while some := visitor.recv(65536):
        came += some
    return came.decode()


def said_at_the_end(client: ClientConnection) -> tuple[int | None, list[str]]:
    """The code by which a socket was closed, and the types of all that came before."""
    types = []
    try:
        while True:
            types.append(json.loads(client.recv(timeout=10))["type"])
    except ConnectionClosed as closed:
        return (closed.rcvd.code if closed.rcvd else None), types


def batch_of(client: ClientConnection) -> int:
    client.send('{"type": "CREATE_BATCH"}')
    answer = json.loads(client.recv(timeout=10))
    assert answer["type"] == "BATCH_CREATED", answer
    batch: int = answer["data"]
    return batch


def listened_to(web: Web) -> threading.Thread:
    """Takes down what the process says until it has ended: it stops where nobody reads."""
    stderr = web.process.stderr
    assert stderr is not None
    listener = threading.Thread(target=lambda: web.said.extend(stderr))
    listener.start()
    return listener


@pytest.mark.system
@pytest.mark.slow
def test_sockets_are_told_to_come_back_and_requests_are_finished(
    tmp_path: Path, wiki: SlowWiki
) -> None:
    with started(tmp_path, CURATOR_WIKI_URL=wiki.address) as web, ExitStack() as open_:
        listener = listened_to(web)
        clients = [open_.enter_context(web.socket()) for _ in range(MANY)]
        watcher, sender = clients[:2]
        batch = batch_of(watcher)
        watcher.send(json.dumps({"type": "SUBSCRIBE_BATCH", "data": batch}))
        assert json.loads(watcher.recv(timeout=10))["type"] == "SUBSCRIBED"
        visitor = open_.enter_context(logging_in(web))
        begun(wiki)

        # A slice, some nonsense and the signal come at once.
        slice_ = a_slice(batch, *map(str, range(200)))
        sender.send(json.dumps({"type": "UPLOAD_SLICE", "data": slice_}))
        for client in clients[2:20]:
            client.send("{")
        began = time.monotonic()
        web.process.send_signal(signal.SIGTERM)

        said = [said_at_the_end(client) for client in clients]
        told_after = time.monotonic() - began
        assert [code for code, _ in said] == [1012] * MANY
        # The request is waited for, longer than the sockets.
        assert web.process.poll() is None
        wiki.goes_on.set()
        answer = all_of(visitor)
        web.process.wait(timeout=10)
        took = time.monotonic() - began
        listener.join(10)
    assert answer.startswith("HTTP/1.1 302 ")
    assert web.process.returncode == 0
    assert told_after < 5
    assert took < 10
    # The slice was taken whole, or not at all; and whole where its sender was told so.
    kept = stored_uploads(tmp_path)
    assert kept in (0, 200)
    assert kept == 200 or "UPLOAD_SLICE_ACK" not in said[1][1]
    log = "".join(web.said)
    assert "serving" in log
    for trouble in ("Traceback", "[error", "[warning", "hush-hush", "the-secret", "never awaited"):
        assert trouble not in _after_the_start(log), log


def _after_the_start(log: str) -> str:
    # What a sandbox makes up for itself is told before.
    return log.partition("serving")[2]


@pytest.mark.system
@pytest.mark.slow
def test_a_request_that_takes_too_long_does_not_keep_it_from_ending(
    tmp_path: Path, wiki: SlowWiki
) -> None:
    with started(tmp_path, CURATOR_WIKI_URL=wiki.address) as web, logging_in(web) as visitor:
        begun(wiki)
        began = time.monotonic()
        assert web.ends_on(signal.SIGTERM) == 0
        assert 5 < time.monotonic() - began < 10
        answer = all_of(visitor)
    assert answer.startswith("HTTP/1.1 503 ")
    assert "being restarted" in answer
    assert "cut off at the end" in "".join(web.said)
    assert "Traceback" not in "".join(web.said)


@pytest.mark.system
def test_nobody_new_is_let_in_while_it_ends(tmp_path: Path, wiki: SlowWiki) -> None:
    with started(tmp_path, CURATOR_WIKI_URL=wiki.address) as web, logging_in(web) as visitor:
        begun(wiki)
        host, _, port = web.address.removeprefix("http://").partition(":")
        web.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 5
        refused = threading.Event()
        while not refused.is_set():
            assert time.monotonic() < deadline, "it goes on letting visitors in"
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                refused.set()
        wiki.goes_on.set()
        assert all_of(visitor).startswith("HTTP/1.1 302 ")
        assert web.process.wait(timeout=10) == 0


@pytest.mark.system
def test_what_it_counted_is_told_at_its_end(
    tmp_path: Path, wiki: SlowWiki, redis_address: RedisAddress
) -> None:
    given = production(
        CURATOR_WIKI_URL=wiki.address,
        DB_URL=f"sqlite:///{tmp_path / 'curator.db'}",
        HOST="127.0.0.1",
        REDIS_HOST=redis_address.host,
        REDIS_PORT=str(redis_address.port),
        CURATOR_REDIS_PREFIX=f"test-{secrets.token_hex(8)}:",
    )
    wiki.goes_on.set()
    with started(tmp_path, **given) as web, logging_in(web) as visitor:
        assert "HTTP/1.1 302 " in visitor.recv(65536).decode()
        assert 'curator_up{service="redis"} 1.0' in web.asked("/metrics")[1]
        assert web.ends_on(signal.SIGTERM) == 0
    with started(tmp_path, **given) as web:
        told = web.asked("/metrics")[1]
        assert web.ends_on(signal.SIGTERM) == 0
    assert 'curator_wiki_requests_total{action="oauth-initiate",result="ok"} 1.0' in told
