"""A frame that does not parse, or does not fit its type, is an error; the connection goes on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.asked import CLIENT
from tests.conformance.rows import walks
from tests.conformance.said import a_batch, a_preset, an_item
from tests.conformance.visitor import Socket

Message = dict[str, Any]

_WRONG: dict[str, list[Any]] = {
    "int": ["many", 1.5, True, [], {}],
    "str": [5, True, [], {}],
    "bool": ["perhaps", 7, []],
    "list": ["x", 5, {"0": "x"}],
    "obj": ["x", 5, [1]],
}
"""What is of another type however kindly one reads it."""

_LABEL = {"language": "en", "value": "A bridge"}


def _good(name: str) -> Message:
    """Every part that the message may have, each of its type."""
    item = an_item(labels=_LABEL, captions=[_LABEL], copyright_override=False)
    data: dict[str, Any] = {
        "UPLOAD_SLICE": {"batchid": 1, "sliceid": 1, "items": [item], "handler": "mapillary"},
        "UPLOAD": {"items": [item], "handler": "mapillary"},
        "CHECK_BATCH": {"items": [item], "handler": "mapillary"},
        "FETCH_BATCHES": {"page": 1, "limit": 10, "userid": "4", "filter": "bridge"},
        "SUBSCRIBE_BATCHES_LIST": {"userid": "4", "filter": "bridge"},
        "FETCH_IMAGES": "a-sequence",
        "FETCH_PRESETS": {"handler": "mapillary"},
        "SAVE_PRESET": a_preset(
            preset_id=1,
            labels=_LABEL,
            categories="A|B",
            exclude_from_date_category=False,
            is_default=False,
        ),
        "DELETE_PRESET": {"preset_id": 1},
        "CHECK_CATEGORIES_DELETED": {"titles": ["Category:A"]},
        "CREATE_CATEGORY": {"title": "A", "text": "text", "wikidata_qid": "Q1"},
        "FETCH_WANTED_CATEGORIES": {"offset": 0, "filter": "a"},
        "RECATEGORIZE_FILES": {"source": "A", "target": "B"},
        "RETRY_UPLOADS_SELECTED": {"batchid": 1, "upload_ids": [1], "changes": {}},
        "FETCH_BATCH_UPLOADS_PAGE": {"batchid": 1, "after": 0, "limit": 9, "status": "queued"},
    }
    more = {"handler": "mapillary"} if name == "FETCH_IMAGES" else {}
    needs_data = "data" in CLIENT[name].parts
    message = {"type": name, **({"data": data.get(name, 1)} if needs_data else {}), **more}
    return copy.deepcopy(message)


def _spoilt(name: str) -> Iterator[tuple[str, Message]]:
    """The good message, spoilt at each of its parts in each way."""
    for path, kind in CLIENT[name].parts.items():
        for wrong in _WRONG[kind.lower()]:
            message = _good(name)
            holder, last = _holder(message, path)
            holder[last] = wrong
            yield f"{path} = {wrong!r}", message
        if kind.isupper():
            message = _good(name)
            holder, last = _holder(message, path)
            del holder[last]
            yield f"no {path}", message
            message = _good(name)
            holder, last = _holder(message, path)
            holder[last] = None
            yield f"{path} = null", message


def _holder(message: Message, path: str) -> tuple[Any, str]:
    """The object that a path's last part stands in."""
    *way, last = path.replace("[]", ".[]").split(".")
    holder: Any = message
    for step in way:
        holder = holder[0] if step == "[]" else holder[step]
    return holder, last


@walks("ERROR")
@pytest.mark.parametrize("name", [name for name, asked in CLIENT.items() if asked.parts])
def test_a_message_that_does_not_fit_its_type_gets_one_error(ada: Socket, name: str) -> None:
    # What would be taken for the number 1 is to find something there.
    a_batch(ada)
    ada.answer("PRESETS_LIST", "SAVE_PRESET", a_preset())
    faults = dict(_spoilt(name))
    assert faults
    for what, message in faults.items():
        ada.send(message)
        answer = ada.receive()
        assert answer["type"] == "ERROR", f"{what} was taken: {answer}"
    assert ada.meanwhile() == []


@pytest.mark.parametrize(
    "frame",
    [
        "",
        " ",
        "{",
        "null",
        "5",
        '"CREATE_BATCH"',
        "[]",
        "{}",
        '[{"type": "CREATE_BATCH"}]',
        '{"type": null}',
        '{"type": 5}',
        '{"type": ["CREATE_BATCH"]}',
        '{"type": {"CREATE_BATCH": 1}}',
        '{"type": "create_batch"}',
        '{"type": "CREATE_BATCH "}',
        '{"type": "NO_SUCH_MESSAGE", "data": 1}',
        '{"type": "BATCH_CREATED", "data": 1, "nonce": "x"}',
        '{"type": "CREATE_BATCH"} {"type": "CREATE_BATCH"}',
        '{"type": "SUBSCRIBE_BATCH", "data": NaN}',
        '{"type": "SUBSCRIBE_BATCH", "data": Infinity}',
        '{"type": "SUBSCRIBE_BATCH", "data": 1e400}',
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"type": "FETCH_IMAGES", "data": "\\ud800", "handler": "mapillary"}',
    ],
    ids=lambda frame: frame[:40] or "empty",
)
def test_a_frame_that_is_no_message_gets_one_error(ada: Socket, frame: str) -> None:
    ada.send_frame(frame)
    ada.expect("ERROR")
    assert ada.meanwhile() == []


def test_a_frame_of_bytes_gets_one_error_or_is_read_as_text(ada: Socket) -> None:
    ada.send_frame(b"\xff\xfe\x00")
    ada.expect("ERROR")
    ada.send_frame(json.dumps({"type": "SUBSCRIBE_BATCH", "data": "x"}).encode())
    ada.expect("ERROR")
    assert ada.meanwhile() == []


def test_unknown_fields_are_ignored(ada: Socket) -> None:
    ada.say("CREATE_BATCH", {"more": 1}, nonce="ours", more=[1])
    ada.expect("BATCH_CREATED")
    ada.say("FETCH_PRESETS", {"handler": "mapillary", "more": {"deep": [None]}}, more=None)
    ada.expect("PRESETS_LIST")


@pytest.mark.parametrize("text", ["\ud800", "\x00", "a\x00b", "\u202e", "😀" * 100])
def test_strange_letters_in_an_item_are_answered(ada: Socket, text: str) -> None:
    for field in ("id", "input", "title", "wikitext"):
        answer = ada.ask("UPLOAD", {"items": [an_item(**{field: text})]})
        assert answer["type"] in ("UPLOAD_CREATED", "ERROR")
    answer = ada.ask("SAVE_PRESET", a_preset(title=text))
    assert answer["type"] in ("PRESETS_LIST", "ERROR")
    answer = ada.ask("FETCH_BATCHES", {"page": 2, "filter": text})
    assert answer["type"] in ("BATCHES_LIST", "ERROR")


def test_nonces_are_unique(ada: Socket) -> None:
    nonces = [ada.ask("FETCH_PRESETS", {"handler": "mapillary"})["nonce"] for _ in range(50)]
    assert len(set(nonces)) == 50


_LATER = [name for name, asked in CLIENT.items() if asked.later]


@walks(*_LATER)
def test_what_a_step_to_come_brings_is_answered_with_a_sentence(ada: Socket) -> None:
    for name in _LATER:
        message = _good(name)
        ada.refusal(name, message.get("data"))
    assert ada.meanwhile() == []


def test_an_input_longer_than_its_column_is_refused_before_the_database_sees_it(
    ada: Socket,
) -> None:
    for field in ("id", "input"):
        answer = ada.ask("UPLOAD", {"items": [an_item(**{field: "x" * 300})]})
        assert answer["type"] == "ERROR" or answer["data"][0]["status"] == "failed", answer
    ada.refusal("SAVE_PRESET", a_preset(title="x" * 256))
    ada.refusal("SAVE_PRESET", a_preset(title_template="x" * 501))
    ada.refusal("SAVE_PRESET", a_preset(categories="x" * 501))
    ada.refusal("SAVE_PRESET", a_preset(handler="x" * 51))
