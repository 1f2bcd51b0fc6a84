"""The users of a chaos run: each wants photographs uploaded, and insists on an answer."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from curator_cli.demo.contributor import Contributor as Browser
from curator_cli.sandbox.mapillary.sequences import Photograph, sequence_id
from tests.chaos.photographs import SEQUENCE

Message = dict[str, Any]

_PATIENCE_SECONDS = 20.0
_HEARD_SECONDS = 2.0
_PASSES = ("does not answer at the moment",)
"""Sentences of the server that ask for another try."""


class Refused(Exception):
    """The server said no to what it must take; the text is its sentence."""


class Told(Exception):
    """The run is over before the server answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A photograph that a user asked for in a batch; `status` as it was acknowledged."""

    username: str
    user_id: str
    batch_id: int
    image_id: str
    title: str
    sha1: str
    size: int
    status: str


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody with a session, and everything they were promised."""

    name: str
    user_id: str
    cookie: str
    web_urls: Sequence[str]
    chance: random.Random
    stop: threading.Event
    wishes: list[Wish] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    _socket: ClientConnection | None = None

    def create_batch(self) -> int:
        """A new batch's id."""
        batch = int(self._ask({"type": "CREATE_BATCH"}, "BATCH_CREATED")["data"])
        self.batches.append(batch)
        return batch

    def add(self, batch_id: int, slice_id: int, wanted: Sequence[Photograph]) -> None:
        """Sends a slice until it is acknowledged. Raises `Refused`, and `Told`."""
        items = [self._item(one) for one in wanted]
        data = {"batchid": batch_id, "sliceid": slice_id, "items": items, "handler": "mapillary"}
        answer = self._ask(
            {"type": "UPLOAD_SLICE", "data": data},
            "UPLOAD_SLICE_ACK",
            lambda message: message["sliceid"] == slice_id,
        )
        status = {each["id"]: each["status"] for each in answer["data"]}
        self.wishes += [
            Wish(
                username=self.name,
                user_id=self.user_id,
                batch_id=batch_id,
                image_id=one.id,
                title=item["title"],
                sha1=one.file.sha1,
                size=one.file.size,
                status=status.get(one.id, "not acknowledged"),
            )
            for one, item in zip(wanted, items, strict=True)
        ]

    def seen_at_the_end(self, batch_id: int) -> dict[str, str]:
        """Statuses by image id, as the subscription tells them once the batch is complete."""
        states: dict[str, str] = {}
        for message in self._watched(batch_id):
            if message["type"] == "UPLOADS_UPDATE":
                states |= {each["key"]: each["status"] for each in message["data"]}
        return states

    def cancel(self, batch_id: int) -> None:
        """Wants nothing more of the batch. Who can is not answered, so that it has a connection
        of its own, and some time to be heard."""
        self.cancelled.add(batch_id)
        with suppress(OSError, WebSocketException), self._connected() as socket:
            socket.send(json.dumps({"type": "CANCEL_BATCH", "data": batch_id}))
            socket.recv(timeout=_HEARD_SECONDS)

    def retry(self, batch_id: int) -> None:
        """Wants what failed of the batch after all. Asked once: a lost answer may hide a retry."""
        message = {"type": "RETRY_UPLOADS", "data": batch_id}
        with suppress(Refused, OSError, WebSocketException):
            answer = self._asked(message, "RETRY_UPLOADS_RESPONSE", lambda _: True)
            self.batches.append(int(answer["data"]))
            return
        self.leave()

    def leave(self) -> None:
        """Closes the connection."""
        if self._socket is not None:
            with suppress(OSError, WebSocketException):
                self._socket.close()
            self._socket = None

    def _watched(self, batch_id: int) -> Iterator[Message]:
        with self._connected() as socket:
            socket.send(json.dumps({"type": "SUBSCRIBE_BATCH", "data": batch_id}))
            until = time.monotonic() + _PATIENCE_SECONDS
            while True:
                message = json.loads(socket.recv(timeout=max(until - time.monotonic(), 0.01)))
                yield message
                if message["type"] == "UPLOADS_COMPLETE":
                    return

    def _item(self, one: Photograph) -> Message:
        return {
            "id": one.id,
            "input": sequence_id(SEQUENCE),
            "title": title_of(self.name, one),
            "wikitext": "== {{int:filedesc}} ==\n[[Category:Chaos]]",
            "labels": {"language": "en", "value": f"Photograph {one.id} of {self.name}"},
        }

    def _ask(
        self, message: Message, kind: str, fits: Callable[[Message], bool] = lambda _: True
    ) -> Message:
        """The answer, from whichever web gives one: a lost one is asked for again."""
        while not self.stop.is_set():
            try:
                return self._asked(message, kind, fits)
            except Refused as refused:
                if not any(sentence in str(refused) for sentence in _PASSES):
                    self.refusals.append(f"{self.name}, {message['type']}: {refused}")
                    raise
                self.repeated[str(refused)] += 1
            except (OSError, WebSocketException) as lost:
                self.repeated[type(lost).__name__] += 1
                self.leave()
            self.stop.wait(self.chance.uniform(0.2, 1.5))
        raise Told

    def _asked(self, message: Message, kind: str, fits: Callable[[Message], bool]) -> Message:
        if self._socket is None:
            self._socket = self._connected()
        socket = self._socket
        socket.send(json.dumps(message))
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            # TimeoutError is an OSError: a web that stands still counts as gone.
            answer: Message = json.loads(socket.recv(timeout=max(until - time.monotonic(), 0.01)))
            if answer["type"] == "ERROR":
                raise Refused(answer["data"])
            if answer["type"] == kind and fits(answer):
                return answer

    def _connected(self) -> ClientConnection:
        url = self.chance.choice(self.web_urls)
        return connect(
            url.replace("http", "ws", 1) + "/ws",
            additional_headers={"Cookie": self.cookie},
            origin=Origin(url),
            proxy=None,
            open_timeout=_PATIENCE_SECONDS,
            close_timeout=1,
            max_size=64 * 1024 * 1024,
        )


def title_of(username: str, one: Photograph) -> str:
    """What a user calls a photograph on the wiki."""
    return f"{username} saw {one.id}.jpg"


class _KeptBrowser(Browser):
    """A browser whose session can be taken to every web."""

    def cookie(self) -> str:
        return "; ".join(f"{each.name}={each.value}" for each in self._browser.cookies)

    def user_id(self) -> str:
        who = self._browser.get(f"{self._web_url}/auth/whoami", timeout=_PATIENCE_SECONDS)
        who.raise_for_status()
        return str(who.json()["userid"])


def logged_in(
    names: Sequence[str], web_urls: Sequence[str], seed: int, stop: threading.Event
) -> list[User]:
    """The users, each after a real login at one of the webs."""
    users = []
    for number, name in enumerate(names):
        browser = _KeptBrowser(web_urls[number % len(web_urls)])
        browser.log_in(name)
        users.append(
            User(
                name=name,
                user_id=browser.user_id(),
                cookie=browser.cookie(),
                web_urls=web_urls,
                chance=random.Random(f"{seed}/{name}"),
                stop=stop,
            )
        )
    return users
