"""What one web process stores another one shows, on real databases."""

from __future__ import annotations

from typing import Any

from tests.contracts.database_bench import at_once
from tests.web.database_house import Webs
from tests.web.house import Client
from tests.web.speaking import a_slice


def presets(client: Client, name: str, **data: Any) -> list[dict[str, Any]]:
    client.send(name, data)
    listed: list[dict[str, Any]] = client.expect("PRESETS_LIST")["presets"]
    return listed


def save(client: Client, title: str, **data: Any) -> list[dict[str, Any]]:
    preset = {"title": title, "title_template": "Bridge {id} 🌉", "handler": "mapillary"}
    return presets(client, "SAVE_PRESET", **preset, **data)


def test_a_batch_that_was_made_in_one_is_shown_by_the_other_process(two: Webs) -> None:
    sent = {"items": a_slice(0, "1", "2", "1")["items"]}
    sent["items"][1]["title"] = "No extension"
    with two.socket(0) as client, two.socket(1) as other:
        client.send("UPLOAD", sent)
        created = client.expect("UPLOAD_CREATED")
        assert [(each["image_id"], each["status"]) for each in created] == [
            ("1", "queued"),
            ("2", "failed"),
        ]
        other.send("FETCH_BATCH_UPLOADS", created[0]["batchid"])
        shown = other.expect("BATCH_UPLOADS_LIST")["uploads"]
    assert [(each["id"], each["status"]) for each in shown] == [
        (each["id"], each["status"]) for each in created
    ]


def test_batches_made_in_one_at_once_are_as_many(two: Webs) -> None:
    with two.socket(0) as client, two.socket(1) as other:
        clients = [client, other]

        def upload(number: int) -> int:
            clients[number].send("UPLOAD", {"items": a_slice(0, "1", "2")["items"]})
            batch: int = clients[number].expect("UPLOAD_CREATED")[0]["batchid"]
            return batch

        made = [batch for _ in range(5) for batch in at_once(2, upload)]
    assert len(set(made)) == 10


def test_a_batch_that_is_refused_leaves_nothing_in_the_database(two: Webs) -> None:
    with two.socket(0) as client:
        client.send("UPLOAD", {"items": a_slice(0, "1", "")["items"]})
        assert "1 to 255" in client.expect("ERROR")
        client.send("CREATE_BATCH")
        assert client.expect("BATCH_CREATED") == 1


def test_presets_that_one_process_saves_the_other_lists(two: Webs) -> None:
    with two.socket(0) as client, two.socket(1) as other, two.socket(1, "Grace") as grace:
        saved = save(client, "Bridges", labels={"language": "en", "value": "A bridge"})
        assert presets(other, "FETCH_PRESETS", handler="mapillary") == saved
        assert presets(grace, "FETCH_PRESETS", handler="mapillary") == []
        renamed = save(other, "Rivers", preset_id=saved[0]["id"], is_default=True)
        assert [(each["title"], each["is_default"]) for each in renamed] == [("Rivers", True)]
        assert presets(client, "DELETE_PRESET", preset_id=saved[0]["id"]) == []


def test_defaults_that_two_processes_save_at_once_leave_one(two: Webs) -> None:
    with two.socket(0) as client, two.socket(1) as other:
        clients = [client, other]
        for _ in range(5):
            at_once(2, lambda number: save(clients[number], "Bridges", is_default=True))
        listed = presets(client, "FETCH_PRESETS", handler="mapillary")
    assert len(listed) == 10
    assert sum(each["is_default"] for each in listed) == 1
    assert {each["title_template"] for each in listed} == {"Bridge {id} 🌉"}
