"""Batches are begun and filled."""

from __future__ import annotations

import pytest

from tests.conformance.rows import walks
from tests.conformance.said import (
    a_batch,
    a_slice,
    an_item,
    some_items,
    statuses,
    uploads_of,
)
from tests.conformance.visitor import Socket, Visitor

NOBODYS = 1_999_999_999


@walks("CREATE_BATCH", "BATCH_CREATED")
def test_every_batch_has_an_id_of_its_own(ada: Socket) -> None:
    first, second = (ada.answer("BATCH_CREATED", "CREATE_BATCH") for _ in range(2))
    assert first != second


@walks("UPLOAD_SLICE", "UPLOAD_SLICE_ACK")
def test_a_slice_is_acknowledged_item_by_item(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    items = some_items(3)
    ada.say("UPLOAD_SLICE", a_slice(batch, items, 7))
    acknowledged = ada.expect("UPLOAD_SLICE_ACK")

    assert acknowledged["sliceid"] == 7
    assert acknowledged["data"] == [{"id": each["id"], "status": "queued"} for each in items]
    kept = uploads_of(ada, batch)
    assert [(one["key"], one["image_id"], one["filename"], one["wikitext"]) for one in kept] == [
        (item["id"], item["id"], item["title"], item["wikitext"]) for item in items
    ]


def test_what_an_item_may_have_comes_back_as_it_was_sent(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    label = {"language": "de", "value": "Brücke „Ost“ 🌉"}
    items = [
        an_item(labels=label, copyright_override=True),
        an_item(labels={"language": "en", "value": ""}),
        an_item(labels=label, captions=[{"language": "fr", "value": "Pont"}]),
        an_item(nobody_knows_this="ignored"),
    ]
    ada.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", a_slice(batch, items, handler="mapillary"))

    first, second, third, fourth = uploads_of(ada, batch)
    assert first["labels"] == label
    assert "labels" not in second
    assert third["labels"] == label
    assert "labels" not in fourth
    assert {one["status"] for one in (first, second, third, fourth)} == {"queued"}


@pytest.mark.parametrize(
    "title",
    ["No suffix", "x" * 300 + ".jpg", "Half [[link]].jpg", "~~~~.jpg", "&amp;.jpg", " .jpg", ""],
)
def test_an_item_that_cannot_be_uploaded_is_kept_as_failed_with_its_error(
    ada: Socket, title: str
) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    good, bad = an_item(), an_item(title=title)
    data = ada.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", a_slice(batch, [good, bad]))

    assert data == [
        {"id": good["id"], "status": "queued"},
        {"id": bad["id"], "status": "failed"},
    ]
    stored = {one["key"]: one for one in uploads_of(ada, batch)}
    assert stored[bad["id"]]["error"]["message"]


def test_the_same_key_twice_in_a_batch_is_refused_in_the_acknowledgement(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    item = an_item()
    ada.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", a_slice(batch, [item]))

    again = a_slice(batch, [item | {"title": "Elsewhere.jpg"}, an_item()], 1)
    data = ada.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", again)

    assert [each["status"] for each in data] == ["failed", "queued"]
    keys = [one["key"] for one in uploads_of(ada, batch)]
    assert len(keys) == len(set(keys)) == 2


def test_a_slice_sent_again_is_acknowledged_again_and_creates_nothing(
    ada: Socket, contributor: Visitor
) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    sent = a_slice(batch, [*some_items(2), an_item(title="no suffix")], 3)
    first = ada.ask("UPLOAD_SLICE", sent)
    with contributor.connected() as after_a_reconnect:
        second = after_a_reconnect.ask("UPLOAD_SLICE", sent)

    assert (second["data"], second["sliceid"]) == (first["data"], first["sliceid"])
    assert len(uploads_of(ada, batch)) == 3


def test_another_content_under_a_slices_id_is_an_error(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    ada.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", a_slice(batch, some_items(1)))
    ada.refusal("UPLOAD_SLICE", a_slice(batch, some_items(1)))
    assert len(uploads_of(ada, batch)) == 1


@walks("ERROR")
def test_a_slice_for_a_batch_of_nobody_or_of_somebody_else_is_an_error(
    ada: Socket, ben: Socket
) -> None:
    batch = a_batch(ada)
    ada.refusal("UPLOAD_SLICE", a_slice(NOBODYS, some_items(1)))
    ben.refusal("UPLOAD_SLICE", a_slice(batch, some_items(1), 5))
    assert len(uploads_of(ada, batch)) == 2


def test_a_slice_from_an_unknown_source_queues_nothing(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    answer = ada.ask("UPLOAD_SLICE", a_slice(batch, some_items(1), handler="nonesuch"))
    assert answer["type"] == "ERROR" or answer["data"][0]["status"] == "failed"
    assert "queued" not in statuses(ada, batch)


@walks("UPLOAD", "UPLOAD_CREATED")
def test_one_call_creates_a_batch_with_its_uploads(ada: Socket) -> None:
    items = [*some_items(2), an_item(title="no suffix")]
    created = ada.answer("UPLOAD_CREATED", "UPLOAD", {"items": items, "handler": "mapillary"})

    assert [(one["image_id"], one["input"], one["status"]) for one in created] == [
        (items[0]["id"], "a-sequence", "queued"),
        (items[1]["id"], "a-sequence", "queued"),
        (items[2]["id"], "a-sequence", "failed"),
    ]
    (batch,) = {one["batchid"] for one in created}
    assert [one["id"] for one in uploads_of(ada, batch)] == [one["id"] for one in created]


def test_what_is_refused_as_a_whole_creates_nothing(ada: Socket, contributor: Visitor) -> None:
    wish = {"userid": contributor.userid, "limit": 1, "page": 2}
    before = ada.answer("BATCHES_LIST", "FETCH_BATCHES", wish)["total"]
    ada.refusal("UPLOAD", {"items": [an_item(), {"id": "1"}]})
    ada.refusal("UPLOAD", {"items": [an_item(labels={"value": "no language"})]})
    assert ada.answer("BATCHES_LIST", "FETCH_BATCHES", wish)["total"] == before


def test_five_hundred_items_are_one_slice(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    items = some_items(500)
    data = ada.answer("UPLOAD_SLICE_ACK", "UPLOAD_SLICE", a_slice(batch, items))
    assert data == [{"id": each["id"], "status": "queued"} for each in items]
    assert len(uploads_of(ada, batch)) == 500


def test_of_the_same_key_twice_in_one_call_one_is_uploaded(ada: Socket) -> None:
    item = an_item()
    twice = [item, item | {"title": "Elsewhere.jpg"}]
    created = ada.answer("UPLOAD_CREATED", "UPLOAD", {"items": twice})
    assert [one["status"] for one in created].count("queued") == 1
    keys = [one["key"] for one in uploads_of(ada, created[0]["batchid"])]
    assert keys == [item["id"]]
