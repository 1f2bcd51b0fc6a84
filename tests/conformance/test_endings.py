"""Uploads that a worker carries out end as the contract says, and their watchers hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conformance.contract import FINAL
from tests.conformance.rows import walked_by, walks
from tests.conformance.running import ADMINISTRATOR, EXEMPT, OTHER, Curator
from tests.conformance.said import a_slice, unique, uploads_of
from tests.conformance.visitor import Message, Socket, Visitor


@pytest.fixture(autouse=True)
def _accounted(busy: Curator, request: pytest.FixtureRequest) -> Iterator[None]:
    with busy.accounted(walked_by(request.function)):
        yield


@pytest.fixture(scope="module")
def uploader(busy: Curator) -> Visitor:
    """Exempt from the wiki's limits, so that no upload waits for a slot."""
    return busy.visitor(EXEMPT)


@pytest.fixture
def eve(uploader: Visitor) -> Iterator[Socket]:
    with uploader.connected() as socket:
        yield socket


def _item(photograph: str, **more: Any) -> Message:
    item = {
        "id": photograph,
        "input": "sequence",
        "title": f"Ended {unique()}.jpg",
        "wikitext": "== {{int:filedesc}} ==",
        "labels": {"language": "en", "value": "A photograph"},
    }
    return item | more


def _ended(socket: Socket, batch: int) -> dict[str, Message]:
    """The batch's uploads by key as a watcher last heard of them, once all are finished."""
    assert socket.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch) == batch
    merged: dict[str, Message] = {}
    while (message := socket.receive())["type"] == "UPLOADS_UPDATE":
        merged |= {one["key"]: one for one in message["data"]}
    assert (message["type"], message["data"]) == ("UPLOADS_COMPLETE", batch)
    socket.say("UNSUBSCRIBE_BATCH")
    assert {one["status"] for one in merged.values()} <= set(FINAL)
    return merged


def _begun(socket: Socket, *items: Message) -> int:
    batch: int = socket.answer("UPLOAD_CREATED", "UPLOAD", {"items": list(items)})[0]["batchid"]
    return batch


@walks("UPLOADS_UPDATE", "UPLOADS_COMPLETE", "UPLOAD_HISTORY", "FETCH_UPLOAD_HISTORY")
def test_uploads_end_completed_as_duplicates_or_failed_and_tell_why(
    busy: Curator, eve: Socket
) -> None:
    first, second = busy.photographs("demo")[:2]
    broken = busy.photographs("broken")[0]
    batch = _begun(
        eve,
        _item(first),
        _item(second, title="File BLACKLISTEDWORD here.jpg"),
        _item("404404404"),
    )
    ended = _ended(eve, batch)

    assert ended[first]["status"] == "completed", ended[first]
    assert requests.get(ended[first]["success"], timeout=20).ok
    assert "error" not in ended[first]
    assert ended[second]["status"] == "failed"
    assert ended[second]["error"]["type"] == "title_blacklisted"
    assert ended["404404404"]["status"] == "failed"
    assert ended["404404404"]["error"]["type"] == "error"

    shown = eve.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", batch)
    stats = shown["batch"]["stats"]
    assert (stats["total"], stats["completed"], stats["failed"]) == (3, 1, 2)
    for one in shown["uploads"]:
        for field in ("status", "error", "success"):
            assert one.get(field) == ended[one["key"]].get(field)
        assert eve.answer("UPLOAD_HISTORY", "FETCH_UPLOAD_HISTORY", one["id"])

    again = _ended(eve, _begun(eve, _item(first), _item(broken)))
    assert again[first]["status"].startswith("duplicate")
    (link,) = again[first]["error"]["links"]
    assert link["url"] == ended[first]["success"]
    stats = eve.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", again[first]["batchid"])
    assert stats["batch"]["stats"]["duplicate"] == 1


def test_what_is_finished_is_never_changed_again(busy: Curator, eve: Socket) -> None:
    batch = _begun(eve, _item(busy.photographs("demo")[2]), _item("404"))
    _ended(eve, batch)
    before = uploads_of(eve, batch)
    eve.refusal("CANCEL_BATCH", batch)
    root = busy.visitor(ADMINISTRATOR)
    ids = [one["id"] for one in before]
    for word, counted in (("cancel", "cancelled_count"), ("fail", "failed_count")):
        done = root.post(f"/api/admin/upload_requests/bulk-{word}", {"ids": ids})
        assert done.json() == {counted: 0}
    for id_ in ids:
        path = f"/api/admin/upload_requests/{id_}"
        assert root.request("PUT", path, json={"wikitext": "x"}).status_code == 409
    copied = eve.answer("RETRY_UPLOADS_RESPONSE", "RETRY_UPLOADS", batch)
    assert [one["status"] for one in _ended(eve, copied).values()] == ["failed"]
    assert uploads_of(eve, batch) == before


@walks("PAUSE_BATCH", "RESUME_BATCH")
def test_a_paused_batch_gets_no_work_until_it_is_resumed(busy: Curator, eve: Socket) -> None:
    held, free = busy.photographs("demo")[3:5]
    paused, running = (eve.answer("BATCH_CREATED", "CREATE_BATCH") for _ in range(2))
    eve.answer("BATCH_CHANGED", "PAUSE_BATCH", paused)
    for batch, photograph in ((paused, held), (running, free)):
        eve.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", a_slice(batch, [_item(photograph)]))
    # The one that was sent later is done, so there was time for the other as well.
    assert _ended(eve, running)[free]["status"] == "completed"
    assert [one["status"] for one in uploads_of(eve, paused)] == ["queued"]

    eve.answer("BATCH_CHANGED", "RESUME_BATCH", paused)
    assert _ended(eve, paused)[held]["status"] == "completed"


def test_a_batch_can_be_cancelled_while_it_is_worked_on(busy: Curator) -> None:
    # The slots of this account are a second apart, so that most of the batch still waits.
    with busy.visitor(OTHER).connected() as socket:
        batch = _begun(socket, *(_item(one) for one in busy.photographs("large")[:30]))
        socket.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch)
        socket.await_(
            "UPLOADS_UPDATE",
            lambda message: any(one["status"] != "queued" for one in message["data"]),
        )
        socket.say("CANCEL_BATCH", batch)
        assert socket.await_("UPLOADS_COMPLETE")["data"] == batch
        ended = [one["status"] for one in uploads_of(socket, batch)]
        assert set(ended) <= set(FINAL)
        assert "cancelled" in ended
