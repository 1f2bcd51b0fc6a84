"""FETCH_PRESETS, SAVE_PRESET, DELETE_PRESET: a visitor's own templates."""

import json
from typing import Any

import pytest
from starlette.testclient import WebSocketTestSession

from tests.web.house import WebHouse
from tests.web.speaking import a_batch, ask, error

NOW = "2026-03-01T12:00:00Z"


def a_preset(**changes: Any) -> dict[str, Any]:
    return {"title": "Bridges", "title_template": "Bridge {id}", "handler": "mapillary"} | changes


def presets(answer: dict[str, Any], handler: str = "mapillary") -> list[dict[str, Any]]:
    assert answer["type"] == "PRESETS_LIST", answer
    assert answer["data"]["handler"] == handler
    listed: list[dict[str, Any]] = answer["data"]["presets"]
    return listed


def save(socket: WebSocketTestSession, **changes: Any) -> list[dict[str, Any]]:
    return presets(ask(socket, "SAVE_PRESET", a_preset(**changes)))


def fetch(socket: WebSocketTestSession) -> list[dict[str, Any]]:
    return presets(ask(socket, "FETCH_PRESETS", {"handler": "mapillary"}))


def test_a_preset_is_shown_whole(house: WebHouse) -> None:
    whole = a_preset(
        labels={"language": "en", "value": "A bridge"},
        categories="Bridges",
        exclude_from_date_category=True,
        is_default=True,
    )
    with house.socket() as socket:
        assert fetch(socket) == []
        saved = save(socket, **whole)
        assert saved == [whole | {"id": 1, "created_at": NOW, "updated_at": NOW}]
        assert fetch(socket) == saved


def test_what_is_absent_is_left_out(house: WebHouse) -> None:
    with house.socket() as socket:
        assert save(socket) == [
            a_preset(
                id=1,
                exclude_from_date_category=False,
                is_default=False,
                created_at=NOW,
                updated_at=NOW,
            )
        ]


@pytest.mark.parametrize(
    "absent", ["labels", "categories", "preset_id", "is_default", "exclude_from_date_category"]
)
def test_null_counts_as_absent(house: WebHouse, absent: str) -> None:
    with house.socket() as socket:
        (preset,) = save(socket, **{absent: None})
    assert (preset["is_default"], preset["exclude_from_date_category"]) == (False, False)
    assert not {"labels", "categories"} & set(preset)


@pytest.mark.parametrize("labels", [{}, {"language": "en", "value": ""}])
def test_an_empty_caption_counts_as_none(house: WebHouse, labels: dict[str, str]) -> None:
    with house.socket() as socket:
        assert "labels" not in save(socket, labels=labels)[0]


def test_a_preset_is_changed_and_deleted(house: WebHouse) -> None:
    with house.socket() as socket:
        save(socket, categories="Bridges", is_default=True)
        save(socket, title="Roads", is_default=True)
        changed = save(socket, preset_id=1, title="Rivers")
        assert [(each["id"], each["title"]) for each in changed] == [(1, "Rivers"), (2, "Roads")]
        assert [each["is_default"] for each in changed] == [False, True]
        assert "categories" not in changed[0]
        left = presets(ask(socket, "DELETE_PRESET", {"preset_id": 1}))
        assert left == [changed[1]] == fetch(socket)
        assert error(ask(socket, "DELETE_PRESET", {"preset_id": 1})) == "You have no preset 1."


def test_presets_of_others_are_neither_seen_nor_changed(house: WebHouse) -> None:
    # Grace administers, which gives her no right to these.
    with house.socket("Ada") as ada, house.socket("Grace") as grace:
        adas = save(ada)
        assert fetch(grace) == []
        assert "no preset 1" in error(ask(grace, "SAVE_PRESET", a_preset(preset_id=1)))
        assert "no preset 1" in error(ask(grace, "DELETE_PRESET", {"preset_id": 1}))
        assert "no preset 7" in error(ask(grace, "DELETE_PRESET", {"preset_id": 7}))
        assert fetch(ada) == adas


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": " "}, "needs a title"),
        ({"title": "x" * 256}, "255"),
        ({"title_template": "x" * 501}, "500"),
        ({"categories": "x" * 501}, "500"),
        ({"title": "Half \ud83d"}, "half a character"),
        ({"labels": {"language": "en", "value": "\ud83d"}}, "half a character"),
        ({"labels": {"language": "?", "value": "A bridge"}}, "language code"),
        ({"handler": "nowhere"}, "no source called 'nowhere'"),
        ({"preset_id": "one"}, "data.preset_id"),
        ({"title": None}, "data.title"),
        ({"title_template": None}, "data.title_template"),
    ],
)
def test_what_does_not_fit_is_refused(house: WebHouse, changes: dict[str, Any], told: str) -> None:
    with house.socket() as socket:
        socket.send_text(json.dumps({"type": "SAVE_PRESET", "data": a_preset(**changes)}))
        assert told in error(socket.receive_json())
        assert fetch(socket) == []


def test_presets_of_an_unknown_source_cannot_be_fetched(house: WebHouse) -> None:
    with house.socket() as socket:
        assert "'nowhere'" in error(ask(socket, "FETCH_PRESETS", {"handler": "nowhere"}))


def test_a_database_that_is_down_is_told_and_the_connection_lives(house: WebHouse) -> None:
    with house.socket() as socket:
        house.database.down = True
        assert "database" in error(ask(socket, "SAVE_PRESET", a_preset()))
        house.database.down = False
        assert fetch(socket) == []
        assert a_batch(socket)
