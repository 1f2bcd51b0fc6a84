"""Runs a sandbox on a socket of its own."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, SimpleQueue

import uvicorn

from curator_cli.sandbox.app import create_sandbox
from curator_cli.sandbox.settings import SandboxSettings

_START_SECONDS = 20
_GRACE_SECONDS = 3
# As nginx does it; a client that pauses longer opens a new connection.
_KEEP_ALIVE_SECONDS = 75


class _Server(uvicorn.Server):
    """A server that tells when it answers."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_started()


def _bound(host: str, port: int) -> socket.socket:
    """Binds before anything is built, so that the address is known; 0 takes a free port."""
    # asyncio turns Nagle's algorithm off only where the protocol is named; without that every
    # answer waits 40 ms for the client's acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def _server(
    listening: socket.socket, settings: SandboxSettings, ready: Callable[[str], None]
) -> _Server:
    host, port = listening.getsockname()[:2]
    base_url = settings.base_url or f"http://{host}:{port}"
    app = create_sandbox(replace(settings, base_url=base_url))
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return _Server(config, lambda: ready(base_url))


def serve(
    host: str,
    port: int,
    settings: SandboxSettings,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serves a sandbox until the process is told to end (SIGINT, SIGTERM).

    Ends what is under way within three seconds, then lets the signal take its usual course.

    Port 0 takes a free one. An empty `settings.base_url` becomes the address that was bound.
    `ready(base_url)` is called once requests are answered. A port in use raises `OSError`.
    """
    listening = _bound(host, port)
    try:
        _server(listening, settings, ready).run(sockets=[listening])
    finally:
        listening.close()


@contextmanager
def running(settings: SandboxSettings) -> Iterator[str]:
    """Serves a sandbox in a thread while the block runs, and gives its base address."""
    listening = _bound("127.0.0.1", 0)
    answers: SimpleQueue[str] = SimpleQueue()
    server = _server(listening, settings, answers.put)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield answers.get(timeout=_START_SECONDS)
    except Empty as nothing:
        raise RuntimeError("the sandbox did not start") from nothing
    finally:
        server.should_exit = True
        thread.join(_GRACE_SECONDS + 2)
        listening.close()
