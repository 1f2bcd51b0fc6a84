"""Lists of batches, over a real server."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import anyio
import pytest

from curator_core.domain.user import Actor
from curator_web.batch_lists import BatchLists, ListSubscription
from tests.builders import an_item
from tests.web.house import CONFIG, QUICK, Client, WebHouse, connected, serving, until
from tests.web.watching import a_batch, live, watching


@pytest.fixture
def house() -> WebHouse:
    return WebHouse(replace(CONFIG, rhythm=QUICK))


def listed(client: Client, *, partial: bool) -> dict[str, Any]:
    message = client.receive()
    assert (message["type"], message["partial"]) == ("BATCHES_LIST", partial), message
    data: dict[str, Any] = message["data"]
    return data


def change(client: Client, batch_id: int, **stats: int) -> dict[str, Any]:
    """Reads on until this batch is told to count so."""
    while True:
        for item in listed(client, partial=True)["items"]:
            if item["id"] == batch_id and item["stats"].items() >= stats.items():
                found: dict[str, Any] = item
                return found


def lists(house: WebHouse) -> BatchLists:
    return live(house).lists


@pytest.mark.parametrize("ask", [("FETCH_BATCHES", {}), ("SUBSCRIBE_BATCHES_LIST", {})])
def test_the_newest_batches_come_first_and_then_what_changes(
    house: WebHouse, ask: tuple[str, dict[str, Any]]
) -> None:
    batch, (first, _) = a_batch(house, 2)
    with watching(house) as client:
        client.send(*ask)
        whole = listed(client, partial=False)
        assert whole["total"] == 1
        (item,) = whole["items"]
        assert (item["id"], item["username"], item["userid"]) == (batch.id, "Ada", house.ada.id)
        assert item["stats"]["queued"] == 2
        house.starts(first)
        assert change(client, batch.id, in_progress=1)["stats"]["queued"] == 1
        house.completes(first)
        change(client, batch.id, completed=1, in_progress=0)


def test_a_new_batch_appears_before_it_holds_anything(house: WebHouse) -> None:
    a_batch(house, 1)
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCHES_LIST", {})
        listed(client, partial=False)
        client.send("CREATE_BATCH")
        messages = [client.receive(), client.receive()]
        by_type = {message["type"]: message for message in messages}
        created = by_type["BATCH_CREATED"]["data"]
        told = by_type["BATCHES_LIST"]
        assert told["partial"] is True
        assert [item["id"] for item in told["data"]["items"]] == [created]
        assert told["data"]["total"] == 2


def test_a_pause_is_told(house: WebHouse) -> None:
    batch, _ = a_batch(house, 1)
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCHES_LIST", {})
        listed(client, partial=False)
        house.app.pause_batch(Actor(user=house.ada), batch.id, paused=True)
        (item,) = listed(client, partial=True)["items"]
        assert (item["id"], item["paused"]) == (batch.id, True)


def test_only_the_first_page_is_watched(house: WebHouse) -> None:
    first, (upload,) = a_batch(house, 1)
    second, _ = a_batch(house, 1)
    with watching(house) as client:
        client.send("FETCH_BATCHES", {"limit": 1})
        assert [item["id"] for item in listed(client, partial=False)["items"]] == [second.id]
        client.send("FETCH_BATCHES", {"limit": 1, "page": 2})
        page = listed(client, partial=False)
        assert [item["id"] for item in page["items"]] == [first.id]
        assert page["total"] == 2
        until(lambda: lists(house).watched == 0)
        house.starts(upload)
        client.send("FETCH_BATCHES", {"page": 3})
        assert listed(client, partial=False)["items"] == []


def test_a_list_ends_when_nobody_wants_it_any_more(house: WebHouse) -> None:
    a_batch(house, 1)
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCHES_LIST", {})
        listed(client, partial=False)
        assert lists(house).watched == 1
        client.send("UNSUBSCRIBE_BATCHES_LIST")
        until(lambda: lists(house).watched == 0)
        client.send("SUBSCRIBE_BATCHES_LIST", {"filter": "bridge"})
        listed(client, partial=False)
    # And with its connection.
    assert lists(house).watched == 0


def test_a_users_list_holds_that_users_batches_only(house: WebHouse) -> None:
    mine, (upload,) = a_batch(house, 1)
    house.a_batch(house.grace)
    with watching(house) as client:
        client.send("FETCH_BATCHES", {"userid": house.ada.id})
        whole = listed(client, partial=False)
        assert ([item["id"] for item in whole["items"]], whole["total"]) == ([mine.id], 1)
        house.a_batch(house.grace)
        another = house.a_batch()
        (item,) = listed(client, partial=True)["items"]
        assert item["id"] == another.id
        house.starts(upload)
        change(client, mine.id, in_progress=1)


@pytest.mark.parametrize("empty", [{"userid": "", "filter": ""}, {"userid": None, "filter": None}])
def test_an_empty_filter_is_none(house: WebHouse, empty: dict[str, Any]) -> None:
    a_batch(house, 1)
    house.a_batch(house.grace)
    with watching(house) as client:
        client.send("FETCH_BATCHES", empty)
        assert listed(client, partial=False)["total"] == 2


def test_a_search_tells_what_comes_to_fit(house: WebHouse) -> None:
    batch = house.a_batch()
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCHES_LIST", {"filter": "bridge"})
        assert listed(client, partial=False) == {"items": [], "total": 0}
        house.add(batch, an_item("1", title="An old bridge.jpg"))
        told = listed(client, partial=True)
        assert ([item["id"] for item in told["items"]], told["total"]) == ([batch.id], 1)


def test_a_search_tells_how_many_are_left(house: WebHouse) -> None:
    _, (first,) = a_batch(house, 1)
    a_batch(house, 1)
    with watching(house) as client:
        client.send("FETCH_BATCHES", {"filter": "queued"})
        assert listed(client, partial=False)["total"] == 2
        house.starts(first)
        assert listed(client, partial=True) == {"items": [], "total": 1}


def test_many_watch_one_list_by_one_look(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    with serving(house.web) as (port, _), ExitStack() as open_sockets:
        until(lambda: live(house).is_listening)
        clients = [open_sockets.enter_context(connected(house, port)) for _ in range(5)]
        for client in clients:
            client.send("SUBSCRIBE_BATCHES_LIST", {})
            listed(client, partial=False)
        assert lists(house).watched == 1
        house.starts(upload)
        for client in clients:
            change(client, batch.id, in_progress=1)


def test_without_redis_lists_are_read_now_and_then(house: WebHouse) -> None:
    batch, (upload,) = a_batch(house, 1)
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCHES_LIST", {})
        listed(client, partial=False)
        house.progress.down = True
        house.progress.interrupt()
        until(lambda: not live(house).is_listening)
        house.starts(upload, announced=False)
        change(client, batch.id, in_progress=1)


def test_without_the_database_a_list_comes_when_it_is_back(house: WebHouse) -> None:
    batch, _ = a_batch(house, 1)
    with watching(house) as client:
        house.database.down = True
        client.send("SUBSCRIBE_BATCHES_LIST", {})
        assert "database" in client.expect("ERROR")
        house.database.down = False
        assert [item["id"] for item in listed(client, partial=False)["items"]] == [batch.id]


def test_a_mistake_of_ours_in_looking_for_an_owner_ends_no_list(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, stumbled = type(house.database.reports), threading.Event()
    sound = reports.batches_of

    def stumble(*asked: Any) -> Any:
        if not stumbled.is_set():
            stumbled.set()
            raise RuntimeError("a mistake")
        return sound(*asked)

    batch, _ = a_batch(house, 1)
    with watching(house) as client:
        client.send("FETCH_BATCHES", {"userid": house.ada.id})
        listed(client, partial=False)
        monkeypatch.setattr(reports, "batches_of", stumble)
        house.a_batch(house.grace)
        assert stumbled.wait(5)
        house.app.pause_batch(Actor(user=house.ada), batch.id, paused=True)
        assert listed(client, partial=True)["items"][0]["paused"] is True


def test_who_takes_nothing_is_owed_a_page_and_no_more(house: WebHouse) -> None:
    async def owed() -> int:
        watcher = ListSubscription(limit=3)
        for _ in range(10):
            batch = house.a_batch()
            report = house.database.reports.batch(batch.id)
            assert report is not None
            watcher.add([report], 10)
        news = await watcher.news()
        assert [each.id for each in news.batches] == [10, 9, 8]
        return news.total

    assert anyio.run(owed) == 10


def test_updates_of_a_batch_and_of_a_list_share_one_rhythm() -> None:
    house = WebHouse(replace(CONFIG, rhythm=replace(QUICK, frame=0.2, lists=0.02)))
    batch, uploads = a_batch(house, 40)
    with watching(house) as client:
        client.send("SUBSCRIBE_BATCHES_LIST", {})
        listed(client, partial=False)
        client.send("SUBSCRIBE_BATCH", batch.id)
        updates: list[float] = []
        stop = threading.Event()

        def work() -> None:
            for upload in uploads:
                house.starts(upload)
                stop.wait(0.025)

        worker = threading.Thread(target=work)
        worker.start()
        began = time.monotonic()
        seen: set[str] = set()
        while time.monotonic() < began + 1.2:
            try:
                message = client.receive(within=0.3)
            except TimeoutError:
                break
            if message["type"] in ("UPLOADS_UPDATE", "BATCHES_LIST"):
                seen.add(message["type"])
                updates.append(time.monotonic())
        stop.set()
        worker.join()
    assert seen == {"UPLOADS_UPDATE", "BATCHES_LIST"}
    # One each 0.2 s, and what was on its way when we began.
    assert len(updates) <= 1.5 / 0.2 + 2
