"""People and machines as the server meets them; every answer is judged as it comes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.conformance.contract import judge

Message = dict[str, Any]

PATIENCE_SECONDS = 30.0
_HIDDEN_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_LARGEST_FRAME = 64 * 1024 * 1024


class Journal:
    """Which rows of the contract were walked: messages by their type, endpoints by method and
    path."""

    def __init__(self) -> None:
        self.walked: set[str] = set()


class Socket:
    """A WebSocket whose frames are judged one by one."""

    def __init__(self, socket: ClientConnection, journal: Journal) -> None:
        self._socket = socket
        self._journal = journal

    def say(self, name: str, data: object = None, **more: object) -> None:
        """Sends a message; without `data` it has none."""
        self._journal.walked.add(name)
        self.send({"type": name, **({} if data is None else {"data": data}), **more})

    def send(self, message: object) -> None:
        """Sends any JSON."""
        self.send_frame(json.dumps(message))

    def send_frame(self, frame: str | bytes) -> None:
        """Sends any frame."""
        self._socket.send(frame)

    def receive(self, within: float = PATIENCE_SECONDS) -> Message:
        """The next message; raises `TimeoutError` where none comes."""
        message: Message = json.loads(self._socket.recv(timeout=within))
        self._journal.walked.add(judge(message))
        return message

    def ask(self, name: str, data: object = None, **more: object) -> Message:
        """The next message after this one was sent."""
        self.say(name, data, **more)
        return self.receive()

    def expect(self, kind: str) -> Message:
        """The next message, which has to be of this type."""
        message = self.receive()
        assert message["type"] == kind, message
        return message

    def answer(self, kind: str, name: str, data: object = None, **more: object) -> Any:
        """The data of the next message, which has to be of this type, after one was sent."""
        self.say(name, data, **more)
        return self.expect(kind)["data"]

    def refusal(self, name: str, data: object = None, **more: object) -> str:
        """The sentence by which the server refuses this."""
        sentence: str = self.answer("ERROR", name, data, **more)
        return sentence

    def await_(self, kind: str, fits: Callable[[Message], bool] = lambda _: True) -> Message:
        """The next message of this type that fits; what comes between is passed over."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            message = self.receive(max(0.01, until - time.monotonic()))
            if message["type"] == kind and fits(message):
                return message

    def meanwhile(self) -> list[Message]:
        """What the server sent before it answered a question of now.

        That nothing came is known when the answer to something later is there.
        """
        self.say("FETCH_PRESETS", {"handler": "mapillary"})
        came = []
        while (message := self.receive())["type"] != "PRESETS_LIST":
            came.append(message)
        return came

    def lives(self) -> bool:
        """Whether the connection still answers."""
        try:
            return self.meanwhile() == []
        except ConnectionClosed:
            return False


class Visitor:
    """A browser, or a machine, at `web_url`; not logged in until it logs in."""

    def __init__(self, web_url: str, journal: Journal) -> None:
        self.web_url = web_url
        self.journal = journal
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.name = ""
        self.userid = ""

    def log_in(self, account: str) -> requests.Response:
        """Goes through the wiki's handshake as a browser does; answers where it ends."""
        page = self.get("/auth/login", allow_redirects=True)
        form = {name: unescape(value) for name, value in _HIDDEN_FIELD.findall(page.text)}
        ended = self.browser.post(
            page.url, data=form | {"account": account, "accept": "1"}, timeout=PATIENCE_SECONDS
        )
        self.journal.walked.add("GET /auth/callback")
        who = self.get("/auth/whoami")
        if who.ok:
            self.name, self.userid = who.json()["username"], who.json()["userid"]
        return ended

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> requests.Response:
        return self.request("POST", path, json=body, **more)

    def request(self, method: str, path: str, **more: Any) -> requests.Response:
        """Follows no redirect unless told so."""
        bare = path.partition("?")[0]
        self.journal.walked.add(f"{method} {_row(bare)}")
        more = {"allow_redirects": False, "timeout": PATIENCE_SECONDS} | more
        return self.browser.request(method, self.web_url + path, **more)

    @contextmanager
    def connected(self, **more: Any) -> Iterator[Socket]:
        """A WebSocket with this browser's cookies, until the block ends."""
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.browser.cookies)
        given = {
            "additional_headers": {"Cookie": cookies} if cookies else {},
            "origin": Origin(self.web_url),
        }
        address = self.web_url.replace("http", "ws", 1) + "/ws"
        with connect(
            address, proxy=None, max_size=_LARGEST_FRAME, compression=None, **(given | more)
        ) as socket:
            yield Socket(socket, self.journal)


def _row(path: str) -> str:
    """The path as the contract's table writes it."""
    if path.startswith("/assets/"):
        return "/assets/…"
    return re.sub(r"^(/api/admin/upload_requests)/(?!bulk-)[^/]+$", r"\1/{id}", path)
