"""A tiny HTTP server on loopback that answers as a test tells it to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it gets back; `headers` are added to a right Content-Length, or replace it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Respond = Callable[[Request], Answer]
Raw = Callable[[socket.socket, threading.Event], None]
"""Writes an answer's bytes itself; the event is set when the server ends."""


class HttpServer:
    """Answers what `answers` and `raw` hold for a path, everything else with `fallback`."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.scheme = scheme
        self.answers: dict[str, Answer | Respond] = {}
        self.raw: dict[str, Raw] = {}
        self.fallback = Answer(status=404)
        self.requests: list[Request] = []
        self.ending = threading.Event()

    @property
    def root(self) -> str:
        return f"{self.scheme}://{LOOPBACK}:{self.port}"

    def address(self, path: str, host: str = LOOPBACK) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def answer(self, request: Request) -> Answer:
        found = self.answers.get(request.path, self.fallback)
        return found if isinstance(found, Answer) else found(request)


@contextmanager
def http_server(tls: ssl.SSLContext | None = None, host: str = LOOPBACK) -> Iterator[HttpServer]:
    """A running server, gone after the block."""
    bound: list[HttpServer] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(bound[0], self)

        def log_message(self, *_arguments: Any) -> None:
            pass

    class Listener(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

        def handle_error(self, *_arguments: Any) -> None:
            pass  # A client that hangs up is what many of the tests are about.

    listener = Listener((host, 0), Handler)
    if tls:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    server = HttpServer(listener.server_address[1], "https" if tls else "http")
    bound.append(server)
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def _answer(server: HttpServer, handler: BaseHTTPRequestHandler) -> None:
    parts = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    request = Request(path=parts.path, query=query, headers=dict(handler.headers.items()))
    server.requests.append(request)
    raw = server.raw.get(parts.path)
    if raw:
        handler.close_connection = True
        raw(handler.connection, server.ending)
        return
    answer = server.answer(request)
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    handler.send_response(answer.status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(answer.body)
