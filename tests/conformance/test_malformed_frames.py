"""Ten thousand malformed frames over one connection: an error for each, and nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.asked import CLIENT
from tests.conformance.running import Curator
from tests.conformance.visitor import Message, Visitor

FRAMES = 10_000
_AT_ONCE = 20
_SEED = 4

_TEXTS = [
    "",
    "x",
    "\x00",
    "\ud800",
    "💥",
    "'; DROP TABLE batches; --",
    "../" * 9,
    "%s%n",
    "a" * 999,
]
_NUMBERS = [0, -1, 1.5, 2**31, 2**63, 2**64, -(10**40), 1e308]
_NEVER_TYPES = ["", "create_batch", "ERROR", "BATCH_CREATED", "__class__", "SUBSCRIBE"]


def _anything(chance: random.Random, depth: int = 3) -> Any:
    """Any JSON value."""
    kind = chance.randrange(7 if depth else 4)
    if kind < 4:
        return chance.choice([None, chance.random() < 0.5, *_NUMBERS, *_TEXTS])
    if kind == 4:
        return {chance.choice(_TEXTS): _anything(chance, depth - 1) for _ in range(3)}
    return [_anything(chance, depth - 1) for _ in range(chance.randrange(4))]


def _no_json(chance: random.Random) -> str:
    """A message cut short, or with letters changed until it no longer parses."""
    whole = json.dumps({"type": chance.choice(list(CLIENT)), "data": {"items": [{"id": "1"}]}})
    letters = list(whole[: chance.randrange(len(whole))])
    for _ in range(chance.randrange(4)):
        letters.insert(chance.randrange(len(letters) + 1), chance.choice('{}[]":,\\\x00\n1eN'))
    return "".join(letters)


def _no_message(chance: random.Random) -> str:
    """JSON that is no object, or of no type that there is."""
    value = _anything(chance)
    if isinstance(value, dict) and chance.random() < 0.5:
        value["type"] = chance.choice([*_NEVER_TYPES, _anything(chance)])
    return json.dumps(value)


def _misfit(chance: random.Random) -> str:
    """A type that there is, whose one required part is of a wrong one."""
    name = chance.choice([name for name, asked in CLIENT.items() if asked.parts])
    message: dict[str, Any] = {"type": name, "data": _anything(chance)}
    data = CLIENT[name].parts["data"]
    if data == "INT":
        message["data"] = chance.choice([None, "x", 1.5, [], {}, [1], {"id": 1}, *_TEXTS[:3]])
    elif data == "STR":
        message |= {"data": chance.choice([None, 5, [], {}, False]), "handler": "mapillary"}
    else:
        message["data"] = chance.choice([None, 5, "x", True, [1], "{}", 2**70])
    return json.dumps(message)


def _deep(chance: random.Random) -> str:
    """Nested deeper than any message."""
    return chance.choice(["[", '{"type":', '{"data":[']) * chance.randrange(1, 5000)


def _is_no_message(frame: str) -> bool:
    """Whether it is none in whatever way it is read."""
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError):
        return True
    if not isinstance(value, dict) or value.get("type") not in list(CLIENT):
        return True
    return bool(CLIENT[value["type"]].parts)


_MAKERS: list[Callable[[random.Random], str]] = [_no_json, _no_message, _misfit, _misfit, _deep]


def malformed(seed: int) -> Iterator[str]:
    """Frames without end, none of which is a message."""
    chance = random.Random(seed)
    while True:
        frame = chance.choice(_MAKERS)(chance)
        if _is_no_message(frame):
            yield frame


def _counted(administrator: Visitor) -> dict[str, int]:
    """How much there is of everything."""
    names = ("batches", "users", "upload_requests", "presets")
    return {name: administrator.get(f"/api/admin/{name}?limit=1").json()["total"] for name in names}


@pytest.mark.slow
def test_every_malformed_frame_gets_one_error_and_the_connection_lives(
    curator: Curator, contributor: Visitor, administrator: Visitor
) -> None:
    before = _counted(administrator)
    frames = malformed(_SEED)
    with contributor.connected() as socket:
        for _ in range(FRAMES // _AT_ONCE):
            sent = [next(frames) for _ in range(_AT_ONCE)]
            for frame in sent:
                socket.send_frame(frame)
            answers: list[Message] = [socket.receive() for _ in sent]
            wrong = [one for one in answers if one["type"] != "ERROR"]
            assert not wrong, (wrong, sent)
            # Had one of them been answered twice, the second answer would come here.
            assert socket.meanwhile() == [], sent
        assert socket.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", _own_batch(socket))
    assert _counted(administrator) == before | {"batches": before["batches"] + 1}


def _own_batch(socket: Any) -> int:
    """That a well-formed frame after all these still does what it says."""
    batch: int = socket.answer("BATCH_CREATED", "CREATE_BATCH")
    return batch
