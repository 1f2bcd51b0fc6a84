"""A contributor as the server meets them: a browser's login and the WebSocket."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

Message = dict[str, Any]

_SLICE = 8
_PATIENCE_SECONDS = 30.0
_HIDDEN_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Unexpected(Exception):
    """The server answered otherwise than it should; the text says how."""


class Contributor:
    """Somebody with a browser session at `web_url`."""

    def __init__(self, web_url: str) -> None:
        self._web_url = web_url
        self._browser = requests.Session()

    def log_in(self, account: str) -> str:
        """Goes through the wiki's real OAuth handshake; answers the user name."""
        page = self._browser.get(f"{self._web_url}/auth/login", timeout=_PATIENCE_SECONDS)
        if not page.ok:
            raise Unexpected(f"The login could not begin: {page.status_code} {page.text[:200]}")
        form = {name: unescape(value) for name, value in _HIDDEN_FIELD.findall(page.text)}
        allowed = self._browser.post(
            page.url, data=form | {"account": account, "accept": "1"}, timeout=_PATIENCE_SECONDS
        )
        if not allowed.ok:
            raise Unexpected(f"The login was refused: {allowed.status_code} {allowed.text[:200]}")
        who = self._browser.get(f"{self._web_url}/auth/whoami", timeout=_PATIENCE_SECONDS)
        if not who.ok:
            raise Unexpected(f"The login did not last: {who.status_code} {who.text[:200]}")
        return str(who.json()["username"])

    @property
    def browser(self) -> requests.Session:
        """What holds the session's cookie."""
        return self._browser

    @property
    def cookies(self) -> str:
        """What the browser sends of its session."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._browser.cookies)

    @contextmanager
    def connected(self) -> Iterator[Conversation]:
        """A WebSocket with the session's cookie, until the block ends."""
        address = self._web_url.replace("http", "ws", 1) + "/ws"
        with connect(
            address,
            additional_headers={"Cookie": self.cookies},
            origin=Origin(self._web_url),
            proxy=None,
            max_size=64 * 1024 * 1024,
        ) as socket:
            yield Conversation(socket)


class Conversation:
    """Messages to and from the server, in the wire contract's words."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def load(self, sequence: str) -> list[Message]:
        """The pictures of a Mapillary sequence, in the order they were taken."""
        self._send("FETCH_IMAGES", sequence, handler="mapillary")
        images: dict[str, Message] = self._answer("COLLECTION_IMAGES")["data"]["images"]
        return sorted(images.values(), key=lambda image: (image["dates"]["taken"], image["id"]))

    def create_batch(self) -> int:
        """A new batch's id."""
        self._send("CREATE_BATCH")
        return int(self._answer("BATCH_CREATED")["data"])

    def add(
        self, batch_id: int, items: Sequence[Message], size: int = _SLICE, first: int = 0
    ) -> list[Message]:
        """Sends items in slices of `size`, one after the other, the first of them with the id
        `first`; answers all acknowledgements."""
        acknowledged: list[Message] = []
        for number, begin in enumerate(range(0, len(items), size), first):
            part = list(items[begin : begin + size])
            slice_data = {"batchid": batch_id, "sliceid": number, "items": part}
            self._send("UPLOAD_SLICE", slice_data | {"handler": "mapillary"})
            acknowledged += self._answer("UPLOAD_SLICE_ACK")["data"]
        return acknowledged

    def watch(self, batch_id: int) -> Iterator[list[Message]]:
        """The batch's uploads whenever some of them changed, until all are finished; an empty
        list about twice a second while nothing changes."""
        self._send("SUBSCRIBE_BATCH", batch_id)
        self._answer("SUBSCRIBED")
        while True:
            message = self._receive(0.5)
            if message is None:
                yield []
            elif message["type"] == "UPLOADS_UPDATE":
                yield message["data"]
            elif message["type"] == "UPLOADS_COMPLETE":
                return

    def ask(self, kind: str, data: object, answer: str) -> Message:
        """The next message of type `answer` after this one was sent."""
        self._send(kind, data)
        return self._answer(answer)

    def _send(self, kind: str, data: object = None, **more: object) -> None:
        body: Message = {"type": kind, **more}
        if data is not None:
            body["data"] = data
        self._socket.send(json.dumps(body))

    def _answer(self, kind: str) -> Message:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            message = self._receive(until - time.monotonic())
            if message is not None and message["type"] == kind:
                return message
        raise Unexpected(f"The server did not answer with {kind} in {_PATIENCE_SECONDS:.0f} s.")

    def _receive(self, at_most: float) -> Message | None:
        try:
            message: Message = json.loads(self._socket.recv(timeout=max(at_most, 0.01)))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            raise Unexpected(f"The server closed the connection: {closed}") from closed
        if message["type"] == "ERROR":
            raise Unexpected(f"The server answered: {message['data']}")
        return message
