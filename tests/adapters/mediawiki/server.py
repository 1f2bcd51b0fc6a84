"""A server that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request; of its body only the size, for it may be large."""

    method: str
    path: str
    headers: Mapping[str, str]
    body_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; one that `hangs` never comes, one that `breaks` ends in its middle."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    hangs: bool = False
    breaks: bool = False


@dataclass(slots=True)
class Script:
    """What comes next: `replies` in order, the last one for ever."""

    url: str
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    seen: list[Seen] = field(default_factory=list)

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def scripted_server() -> Iterator[Script]:
    """On a free port until the block ends."""
    over = Event()
    script = Script(url="")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script, over))
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(script: Script, over: Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            size = rest = int(self.headers.get("Content-Length", 0))
            while rest:
                rest -= len(self.rfile.read(min(rest, _PIECE)))
            script.seen.append(
                Seen(
                    method=self.command,
                    path=self.path,
                    headers=dict(self.headers),
                    body_size=size,
                )
            )
            self._answer(script.next())

        do_POST = do_GET  # noqa: N815 - the server looks methods up by this name

        def _answer(self, reply: Reply) -> None:
            if reply.hangs:
                over.wait()
                self.close_connection = True
                return
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + reply.breaks))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = reply.breaks

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Tests look at `seen`."""

    return Handler
