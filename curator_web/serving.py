"""The HTTP server around the application."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette

from curator_web.config import Limits
from curator_web.cut_off import CutOff

log = structlog.get_logger("curator.web")

_GRACE_SECONDS = 7
"""For requests under way; the sockets are told to reconnect (close code 1012) at once."""

_END_SECONDS = 9
"""After this the process ends whatever is still under way: a use case does its work in one
transaction, or can be repeated."""


_SWITCH_SECONDS = 0.001
"""How long a thread that reads the database or makes a list may keep the event loop waiting; with
Python's own 5 ms a few of them together hold up live updates for tens of milliseconds."""

_FILES = 65_536
"""Open at once."""


class PortTaken(Exception):
    """The address cannot be listened on; its text is a sentence."""


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket with this address. Raises `PortTaken`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            # Whoever else wants the port is to learn it now, not when we are ready.
            listener.listen(2048)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise PortTaken(
            f"Curator cannot listen on {host}, port {port}: {reason}. "
            "Choose another one with --port or PORT."
        ) from None
    return listener


def serve(
    app: Starlette, listener: socket.socket, *, is_behind_proxy: bool, begin: Callable[[], None]
) -> None:
    """Serves until SIGTERM or SIGINT, then ends within 10 s. Calls `begin` once either would be
    heard."""
    allow_many_connections()
    sys.setswitchinterval(_SWITCH_SECONDS)
    server = _Server(server_config(app, is_behind_proxy=is_behind_proxy))
    # uvicorn listens to signals a moment later, and raises them again once it has ended, which
    # does nothing more then.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, server.handle_exit)
    begin()
    server.run(sockets=[listener])


def allow_many_connections() -> None:
    """Each client takes an open file, of which a process may often have 1,024 unless it asks for
    more: it does, up to what the system lets it have."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def server_config(app: Starlette, *, is_behind_proxy: bool = False) -> uvicorn.Config:
    """How uvicorn is to serve `app`."""
    return uvicorn.Config(
        CutOff(app),
        ws="websockets-sansio",
        ws_max_size=Limits().wire,
        # Our own log leaves out queries, and logging is set up already.
        access_log=False,
        log_config=None,
        # It would write two lines for each socket, with the visitor's address.
        log_level="warning",
        lifespan="on",
        server_header=False,
        # It would take 40 KB for each client, and time for every frame; most of them are short.
        ws_per_message_deflate=False,
        proxy_headers=True,
        # None: who FORWARDED_ALLOW_IPS names, or this machine.
        forwarded_allow_ips=_everybody() if is_behind_proxy else None,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _everybody() -> str | None:
    return None if "FORWARDED_ALLOW_IPS" in os.environ else "*"


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            last = threading.Timer(_END_SECONDS, _end_now)
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)


def _end_now() -> None:
    log.warning("ended with work under way")
    os._exit(0)
