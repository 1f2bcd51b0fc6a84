"""What tests say to the server: good messages, ready to be spoilt."""

from __future__ import annotations

import itertools
import secrets
import time
from typing import Any

from tests.conformance.visitor import PATIENCE_SECONDS, Socket, Visitor

Message = dict[str, Any]

_numbers = itertools.count(1)
_RUN = secrets.token_hex(3)


def unique(word: str = "w") -> str:
    """A word that nobody has used in this house."""
    return f"{word}{_RUN}x{next(_numbers)}"


def an_item(**more: Any) -> Message:
    """A picture nobody has asked for."""
    id_ = unique("p")
    item = {
        "id": id_,
        "input": "a-sequence",
        "title": f"Conformance {id_}.jpg",
        "wikitext": "== {{int:filedesc}} ==",
    }
    return item | more


def some_items(count: int) -> list[Message]:
    return [an_item() for _ in range(count)]


def a_slice(batch: int, items: list[Message], sliceid: int = 0, **more: Any) -> Message:
    return {"batchid": batch, "sliceid": sliceid, "items": items} | more


def a_batch(socket: Socket, count: int = 2, **item: Any) -> int:
    """A new batch with so many queued uploads."""
    items = [an_item(**item) for _ in range(count)]
    created = socket.answer("UPLOAD_CREATED", "UPLOAD", {"items": items})
    assert [each["status"] for each in created] == ["queued"] * count, created
    batch: int = created[0]["batchid"]
    return batch


def uploads_of(socket: Socket, batch: int) -> list[Message]:
    """A batch's uploads as the contract lists them."""
    found: list[Message] = socket.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", batch)[
        "uploads"
    ]
    return found


def statuses(socket: Socket, batch: int) -> list[str]:
    return [each["status"] for each in uploads_of(socket, batch)]


def a_preset(**more: Any) -> Message:
    return {
        "title": unique("Preset "),
        "title_template": "{title} ({id})",
        "handler": "mapillary",
    } | more


def fail_all(administrator: Visitor, socket: Socket, batch: int) -> list[int]:
    """The ids of a batch's uploads, all of which an administrator has failed."""
    ids = [each["id"] for each in uploads_of(socket, batch)]
    done = administrator.post("/api/admin/upload_requests/bulk-fail", {"ids": ids})
    assert (done.status_code, done.json()) == (200, {"failed_count": len(ids)})
    return ids


def cancel_all(socket: Socket, batch: int) -> None:
    """Until all of them are."""
    socket.say("CANCEL_BATCH", batch)
    until = time.monotonic() + PATIENCE_SECONDS
    while set(statuses(socket, batch)) != {"cancelled"}:
        assert time.monotonic() < until
