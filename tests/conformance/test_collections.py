"""What a source has is shown; presets are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.rows import walks
from tests.conformance.running import Curator
from tests.conformance.said import a_preset
from tests.conformance.visitor import Socket


@walks("FETCH_IMAGES", "COLLECTION_IMAGES")
def test_a_collection_is_shown_whole(curator: Curator, ada: Socket) -> None:
    sequence = curator.sequence("demo")
    by_address, data = (
        ada.answer("COLLECTION_IMAGES", "FETCH_IMAGES", address, handler="mapillary")
        for address in (f"https://www.mapillary.com/app/?pKey=1&sequence={sequence}", sequence)
    )
    assert by_address == data
    assert set(data["images"]) == set(curator.photographs("demo"))
    assert {id_: one["id"] for id_, one in data["images"].items()} == {
        id_: id_ for id_ in data["images"]
    }
    assert data["creator"]["username"]
    taken = [one["dates"]["taken"] for one in data["images"].values()]
    assert taken == sorted(taken)
    one = next(iter(data["images"].values()))
    assert one["urls"]["url"] == f"https://www.mapillary.com/app/?pKey={one['id']}&focus=photo"
    assert one["title"].endswith(f"({one['id']}).jpg")


def test_pictures_that_cannot_be_used_are_named_and_the_others_shown(
    curator: Curator, ada: Socket
) -> None:
    sequence = curator.sequence("mixed")
    data = ada.answer("COLLECTION_IMAGES", "FETCH_IMAGES", sequence, handler="mapillary")
    assert (len(data["images"]), len(data["problems"])) == (5, 3)
    assert not set(data["images"]) & {one["id"] for one in data["problems"]}


@walks("TRY_BATCH_RETRIEVAL", "COLLECTION_IMAGE_IDS", "PARTIAL_COLLECTION_IMAGES")
def test_a_large_collection_comes_in_hundreds_and_every_listed_id_follows(
    curator: Curator, ada: Socket
) -> None:
    ada.answer(
        "TRY_BATCH_RETRIEVAL", "FETCH_IMAGES", curator.sequence("large"), handler="mapillary"
    )
    ids = ada.expect("COLLECTION_IMAGE_IDS")["data"]
    assert len(ids) == len(set(ids)) == 1200
    came: list[str] = []
    sizes = []
    while set(came) != set(ids):
        data = ada.expect("PARTIAL_COLLECTION_IMAGES")["data"]
        assert data["collection"] == curator.sequence("large")
        sizes.append(len(data["images"]))
        came += [one["id"] for one in data["images"]]
    assert len(came) == 1200
    assert sizes == [100] * 12
    assert ada.meanwhile() == []


@pytest.mark.parametrize(
    ("address", "handler"),
    [
        ("no-such-sequence", "mapillary"),
        ("", "mapillary"),
        ("https://example.org/", "mapillary"),
        ("x" * 5000, "mapillary"),
        ("https://www.flickr.com/photos/somebody/albums/1", "flickr"),
        ("a-sequence", "nonesuch"),
        ("a-sequence", ""),
    ],
)
def test_what_no_source_has_is_an_error(ada: Socket, address: str, handler: str) -> None:
    ada.refusal("FETCH_IMAGES", address, handler=handler)
    assert ada.meanwhile() == []


def _presets(socket: Socket, handler: str = "mapillary") -> list[dict[str, Any]]:
    data = socket.answer("PRESETS_LIST", "FETCH_PRESETS", {"handler": handler})
    assert data["handler"] == handler
    presets: list[dict[str, Any]] = data["presets"]
    return presets


def _saved(socket: Socket, **preset: Any) -> dict[str, Any]:
    wish = a_preset(**preset)
    listed = socket.answer("PRESETS_LIST", "SAVE_PRESET", wish)
    assert listed["handler"] == wish["handler"]
    saved: dict[str, Any]
    (saved,) = (one for one in listed["presets"] if one["title"] == wish["title"])
    assert {name: saved[name] for name in wish if name != "preset_id"} == {
        name: value for name, value in wish.items() if name != "preset_id"
    }
    return saved


@walks("FETCH_PRESETS", "SAVE_PRESET", "DELETE_PRESET", "PRESETS_LIST")
def test_presets_are_saved_changed_listed_and_deleted(ada: Socket, ben: Socket) -> None:
    label = {"language": "de", "value": "Brücke"}
    saved = _saved(ada, labels=label, categories="Bridges|Rain", exclude_from_date_category=True)
    plain = _saved(ada)
    assert "labels" not in plain
    assert (plain["exclude_from_date_category"], plain["is_default"]) == (False, False)
    assert saved in _presets(ada)
    assert saved["id"] not in {one["id"] for one in _presets(ben)}

    changed = _saved(ada, preset_id=saved["id"])
    assert (changed["id"], changed["created_at"]) == (saved["id"], saved["created_at"])
    listed = ada.answer("PRESETS_LIST", "DELETE_PRESET", {"preset_id": saved["id"]})
    assert saved["id"] not in {one["id"] for one in listed["presets"]}
    ada.refusal("DELETE_PRESET", {"preset_id": saved["id"]})


def test_presets_belong_to_a_source(ada: Socket) -> None:
    saved = _saved(ada, handler="flickr")
    assert saved["id"] in {one["id"] for one in _presets(ada, "flickr")}
    assert saved["id"] not in {one["id"] for one in _presets(ada, "mapillary")}


def test_one_preset_of_a_source_is_the_default(ada: Socket) -> None:
    first, second = _saved(ada, is_default=True), _saved(ada, is_default=True)
    elsewhere = _saved(ada, handler="flickr", is_default=True)
    assert [one["id"] for one in _presets(ada) if one["is_default"]] == [second["id"]]
    _saved(ada, preset_id=first["id"], is_default=True)
    assert [one["id"] for one in _presets(ada) if one["is_default"]] == [first["id"]]
    defaults = [one["id"] for one in _presets(ada, "flickr") if one["is_default"]]
    assert defaults == [elsewhere["id"]]


def test_nobody_changes_or_deletes_another_users_preset(ada: Socket, ben: Socket) -> None:
    saved = _saved(ada)
    ben.refusal("SAVE_PRESET", a_preset(preset_id=saved["id"]))
    ben.refusal("DELETE_PRESET", {"preset_id": saved["id"]})
    assert saved in _presets(ada)
    ada.refusal("SAVE_PRESET", a_preset(preset_id=1_999_999_999))
    ada.refusal("DELETE_PRESET", {"preset_id": 1_999_999_999})
