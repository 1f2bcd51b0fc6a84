"""Many clients of the web, each watching one batch: a process of its own, which notes when frames
arrive and looks at them afterwards."""

from __future__ import annotations

import asyncio
import re
import resource
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

_FILES_EACH, _FILES = 2, 200
_AT_ONCE = 20
_CHANGE = re.compile(rb'"id":(\d+),"batchid":\d+,"status":"(\w+)"')
_PIECE = 65_536

READY = "ready"
ENOUGH = "enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """A client: its session's cookies, and the batch that it watches."""

    cookies: str
    batch_id: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A client's first frame that tells of an upload in a state; `at` by the machine's clock."""

    watcher: int
    upload_id: int
    status: str
    at: float


def watch(web_url: str, watchers: Sequence[Watcher], talk: Connection) -> None:
    """Says `READY` once everybody has a whole list, and every `Arrival` after `ENOUGH`."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(watchers) * _FILES_EACH + _FILES, most))
    asyncio.run(_watch(web_url, watchers, talk))


async def _watch(web_url: str, watchers: Sequence[Watcher], talk: Connection) -> None:
    frames: list[tuple[float, int, bytes]] = []
    door = asyncio.Semaphore(_AT_ONCE)
    async with AsyncExitStack() as sockets, asyncio.TaskGroup() as tasks:

        async def begin(number: int, watcher: Watcher) -> asyncio.Task[None]:
            async with door:
                socket = await sockets.enter_async_context(_connection(web_url, watcher))
                await _subscribe(socket, watcher)
            return tasks.create_task(_note(socket, number, frames))

        noting = await asyncio.gather(*map(begin, range(len(watchers)), watchers))
        talk.send(READY)
        await asyncio.to_thread(talk.recv)
        seen = tuple(frames)
        for each in noting:
            each.cancel()
    arrivals = _arrivals(seen)
    for begins in range(0, len(arrivals), _PIECE):
        talk.send(arrivals[begins : begins + _PIECE])
    talk.send(())


def _connection(web_url: str, watcher: Watcher) -> connect:
    # It offers compression, as browsers do.
    return connect(
        web_url.replace("http", "ws", 1) + "/ws",
        additional_headers={"Cookie": watcher.cookies},
        origin=Origin(web_url),
        proxy=None,
    )


async def _subscribe(socket: ClientConnection, watcher: Watcher) -> None:
    await socket.send(f'{{"type":"SUBSCRIBE_BATCH","data":{watcher.batch_id}}}')
    for kind in (b'"SUBSCRIBED"', b'"UPLOADS_UPDATE"'):
        frame = await socket.recv(decode=False)
        if kind not in frame:
            raise RuntimeError(f"the web answered {frame[:200]!r}")


async def _note(
    socket: ClientConnection, number: int, frames: list[tuple[float, int, bytes]]
) -> None:
    while True:
        frame = await socket.recv(decode=False)
        frames.append((time.monotonic(), number, frame))


def _arrivals(frames: Sequence[tuple[float, int, bytes]]) -> list[Arrival]:
    first: dict[tuple[int, int, str], Arrival] = {}
    for at, watcher, frame in frames:
        for upload_id, status in _CHANGE.findall(frame):
            key = (watcher, int(upload_id), status.decode())
            first.setdefault(key, Arrival(*key, at))
    return list(first.values())
