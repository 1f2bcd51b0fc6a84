"""Who watches a batch is told what changes; who reads it sees all of it."""

from __future__ import annotations

from tests.conformance.rows import walks
from tests.conformance.running import Curator
from tests.conformance.said import a_batch, a_slice, cancel_all, some_items, uploads_of
from tests.conformance.visitor import Socket, Visitor


def _fail(administrator: Visitor, ids: list[int]) -> None:
    done = administrator.post("/api/admin/upload_requests/bulk-fail", {"ids": ids})
    assert done.json() == {"failed_count": len(ids)}


@walks("SUBSCRIBE_BATCH", "SUBSCRIBED", "UPLOADS_UPDATE", "UPLOADS_COMPLETE")
def test_a_watcher_gets_the_whole_list_then_changes_then_the_end(
    ada: Socket, ben: Socket, administrator: Visitor
) -> None:
    batch = a_batch(ada, 3)
    ids = [each["id"] for each in uploads_of(ada, batch)]
    for watcher in (ada, ben):
        assert watcher.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch) == batch
        whole = watcher.expect("UPLOADS_UPDATE")["data"]
        assert [(one["id"], one["status"]) for one in whole] == [(id_, "queued") for id_ in ids]

    _fail(administrator, ids[:1])
    for watcher in (ada, ben):
        changed = watcher.expect("UPLOADS_UPDATE")["data"]
        assert [(one["id"], one["status"]) for one in changed] == [(ids[0], "failed")]
        assert changed[0]["error"]["type"] == "error"
        assert "Manually marked as failed" in changed[0]["error"]["message"]

    _fail(administrator, ids[1:])
    for watcher in (ada, ben):
        seen: dict[int, str] = {}
        while (message := watcher.receive())["type"] == "UPLOADS_UPDATE":
            seen |= {one["id"]: one["status"] for one in message["data"]}
        assert seen == dict.fromkeys(ids[1:], "failed")
        assert (message["type"], message["data"]) == ("UPLOADS_COMPLETE", batch)


def test_who_comes_after_the_end_gets_the_whole_list_and_the_end(ada: Socket, ben: Socket) -> None:
    batch = a_batch(ada)
    cancel_all(ada, batch)
    ben.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch)
    assert len(ben.expect("UPLOADS_UPDATE")["data"]) == 2
    assert ben.expect("UPLOADS_COMPLETE")["data"] == batch


def test_uploads_that_are_added_later_are_told_of(ada: Socket) -> None:
    batch = ada.answer("BATCH_CREATED", "CREATE_BATCH")
    items = some_items(2)
    ada.say("UPLOAD_SLICE", a_slice(batch, items[:1]))
    ada.expect("UPLOAD_SLICE_ACK")
    ada.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch)
    ada.expect("UPLOADS_UPDATE")
    ada.say("UPLOAD_SLICE", a_slice(batch, items[1:], 1))
    ada.await_(
        "UPLOADS_UPDATE", lambda message: items[1]["id"] in {one["key"] for one in message["data"]}
    )


@walks("UNSUBSCRIBE_BATCH")
def test_who_stopped_watching_hears_no_more(ada: Socket, ben: Socket) -> None:
    batch = a_batch(ada)
    for watcher in (ada, ben):
        watcher.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch)
        watcher.expect("UPLOADS_UPDATE")
    ada.say("UNSUBSCRIBE_BATCH")
    assert ada.meanwhile() == []

    ada.say("CANCEL_BATCH", batch)
    ben.await_("UPLOADS_COMPLETE")
    assert ada.meanwhile() == []


def test_stopping_without_having_begun_is_nothing(ada: Socket) -> None:
    ada.say("UNSUBSCRIBE_BATCH")
    ada.say("UNSUBSCRIBE_BATCHES_LIST")
    assert ada.meanwhile() == []


@walks("FETCH_BATCH_UPLOADS", "BATCH_UPLOADS_LIST")
def test_a_batch_is_shown_to_everybody_who_is_logged_in(
    curator: Curator, ada: Socket, ben: Socket, contributor: Visitor
) -> None:
    batch = a_batch(ada, 3)
    shown = ben.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", batch)
    assert (shown["batch"]["id"], shown["batch"]["username"]) == (batch, contributor.name)
    assert (shown["batch"]["stats"]["total"], shown["batch"]["stats"]["queued"]) == (3, 3)
    assert {one["batchid"] for one in shown["uploads"]} == {batch}
    assert {one["userid"] for one in shown["uploads"]} == {contributor.userid}


@walks("FETCH_BATCH_UPLOADS_PAGE", "BATCH_UPLOADS_PAGE")
def test_a_batch_is_read_page_by_page(ada: Socket, ben: Socket, administrator: Visitor) -> None:
    batch = a_batch(ada, 5)
    ids = [one["id"] for one in uploads_of(ada, batch)]
    name, answer = "FETCH_BATCH_UPLOADS_PAGE", "BATCH_UPLOADS_PAGE"

    whole = ben.answer(answer, name, {"batchid": batch})
    assert [one["id"] for one in whole["uploads"]] == ids
    found: list[int] = []
    while len(found) < 5:
        after = {"after": found[-1]} if found else {}
        page = ada.answer(answer, name, {"batchid": batch, "limit": 2} | after)["uploads"]
        assert 1 <= len(page) <= 2
        found += [one["id"] for one in page]
    assert found == ids
    assert ada.answer(answer, name, {"batchid": batch, "after": ids[-1]})["uploads"] == []

    _fail(administrator, ids[1:3])
    failed = ada.answer(answer, name, {"batchid": batch, "status": "failed"})["uploads"]
    assert [one["id"] for one in failed] == ids[1:3]
    ada.refusal(name, {"batchid": batch, "status": "nonesuch"})
    ada.refusal(name, {"batchid": 1_999_999_999})


@walks("FETCH_UPLOAD_HISTORY", "UPLOAD_HISTORY")
def test_an_uploads_history_can_be_read(ada: Socket, ben: Socket) -> None:
    batch = a_batch(ada, 1)
    (upload,) = uploads_of(ada, batch)
    for reader in (ada, ben):
        assert reader.answer("UPLOAD_HISTORY", "FETCH_UPLOAD_HISTORY", upload["id"])
