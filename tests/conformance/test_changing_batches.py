"""Batches are cancelled, retried and paused."""

from __future__ import annotations

import pytest

from tests.conformance.rows import walks
from tests.conformance.running import Curator
from tests.conformance.said import (
    a_batch,
    fail_all,
    statuses,
    uploads_of,
)
from tests.conformance.visitor import Socket, Visitor

NOBODYS = 1_999_999_999


@walks("CANCEL_BATCH")
def test_a_batch_is_cancelled_once_by_its_owner_or_an_administrator(
    ada: Socket, ben: Socket, root: Socket
) -> None:
    for allowed in (ada, root):
        batch = a_batch(ada)
        ben.refusal("CANCEL_BATCH", batch)
        assert statuses(ada, batch) == ["queued"] * 2

        ada.answer("SUBSCRIBED", "SUBSCRIBE_BATCH", batch)
        ada.expect("UPLOADS_UPDATE")
        allowed.say("CANCEL_BATCH", batch)
        changed = ada.await_("UPLOADS_UPDATE")["data"]
        assert {each["status"] for each in changed} == {"cancelled"}
        assert ada.await_("UPLOADS_COMPLETE")["data"] == batch
        ada.say("UNSUBSCRIBE_BATCH")
        assert statuses(ada, batch) == ["cancelled"] * 2

        allowed.refusal("CANCEL_BATCH", batch)


@pytest.mark.parametrize(
    "name",
    [
        "CANCEL_BATCH",
        "RETRY_UPLOADS",
        "PAUSE_BATCH",
        "RESUME_BATCH",
        "SUBSCRIBE_BATCH",
        "FETCH_BATCH_UPLOADS",
        "FETCH_UPLOAD_HISTORY",
    ],
)
def test_what_does_not_exist_is_an_error(ada: Socket, name: str) -> None:
    for number in (NOBODYS, 0, -1, 2**31, 2**63, 10**30):
        ada.refusal(name, number)
    assert ada.lives()


@walks("RETRY_UPLOADS", "RETRY_UPLOADS_RESPONSE")
def test_what_failed_is_copied_into_a_new_batch(
    ada: Socket, ben: Socket, administrator: Visitor
) -> None:
    batch = a_batch(ada)
    ada.refusal("RETRY_UPLOADS", batch)
    originals = fail_all(administrator, ada, batch)
    ben.refusal("RETRY_UPLOADS", batch)

    copied = ada.answer("RETRY_UPLOADS_RESPONSE", "RETRY_UPLOADS", batch)

    assert copied != batch
    assert statuses(ada, copied) == ["queued"] * 2
    assert [one["status"] for one in uploads_of(ada, batch)] == ["failed"] * 2
    assert not {one["id"] for one in uploads_of(ada, copied)} & set(originals)
    assert {one["key"] for one in uploads_of(ada, copied)} == {
        one["key"] for one in uploads_of(ada, batch)
    }


def test_an_administrator_retries_for_somebody_else(
    ada: Socket, root: Socket, administrator: Visitor
) -> None:
    batch = a_batch(ada)
    fail_all(administrator, ada, batch)
    copied = root.answer("RETRY_UPLOADS_RESPONSE", "RETRY_UPLOADS", batch)
    assert statuses(ada, copied) == ["queued"] * 2


@walks("RETRY_UPLOADS_SELECTED")
def test_chosen_uploads_are_retried_with_changes(
    ada: Socket, ben: Socket, administrator: Visitor
) -> None:
    batch = a_batch(ada, 3)
    first, second, _ = fail_all(administrator, ada, batch)
    label = {"language": "de", "value": "Anders"}
    wish = {
        "batchid": batch,
        "upload_ids": [first, second],
        "changes": {
            str(first): {
                "title": f"Corrected {first}.jpg",
                "wikitext": "another text",
                "labels": label,
                "captions": [{"language": "fr", "value": "Autre"}],
            }
        },
    }
    ben.refusal("RETRY_UPLOADS_SELECTED", wish)
    copied = ada.answer("RETRY_UPLOADS_RESPONSE", "RETRY_UPLOADS_SELECTED", wish)

    changed, unchanged = uploads_of(ada, copied)
    assert changed["filename"] == f"Corrected {first}.jpg"
    assert (changed["wikitext"], changed["labels"]) == ("another text", label)
    assert unchanged["filename"] == uploads_of(ada, batch)[1]["filename"]


def test_without_a_choice_all_that_failed_is_retried(ada: Socket, administrator: Visitor) -> None:
    batch = a_batch(ada, 2)
    ada.refusal("RETRY_UPLOADS_SELECTED", {"batchid": batch})
    fail_all(administrator, ada, batch)
    copied = ada.answer("RETRY_UPLOADS_RESPONSE", "RETRY_UPLOADS_SELECTED", {"batchid": batch})
    assert len(uploads_of(ada, copied)) == 2


def test_uploads_of_another_batch_are_not_retried_with_it(
    ada: Socket, ben: Socket, administrator: Visitor
) -> None:
    own, foreign = a_batch(ada), a_batch(ben)
    fail_all(administrator, ada, own)
    ids = fail_all(administrator, ben, foreign)
    ada.refusal("RETRY_UPLOADS_SELECTED", {"batchid": own, "upload_ids": ids})
    ada.refusal("RETRY_UPLOADS_SELECTED", {"batchid": foreign, "upload_ids": ids})


@walks("PAUSE_BATCH", "RESUME_BATCH", "BATCH_CHANGED")
def test_a_batch_is_paused_and_resumed_by_those_whose_it_is(
    curator: Curator, ada: Socket, ben: Socket, root: Socket
) -> None:
    batch = a_batch(ada)
    for allowed in (ada, root):
        ben.refusal("PAUSE_BATCH", batch)
        paused = allowed.answer("BATCH_CHANGED", "PAUSE_BATCH", batch)
        assert (paused["id"], paused["paused"]) == (batch, True)
        shown = ben.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", batch)
        assert shown["batch"]["paused"] is True
        assert {each["status"] for each in shown["uploads"]} == {"queued"}

        ben.refusal("RESUME_BATCH", batch)
        resumed = allowed.answer("BATCH_CHANGED", "RESUME_BATCH", batch)
        assert not resumed.get("paused", False)
