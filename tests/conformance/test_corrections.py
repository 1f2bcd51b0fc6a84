"""An administrator corrects, cancels, fails and retries uploads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.office import NOBODYS, UPLOADS, body_of, faults_of, listed
from tests.conformance.rows import walks
from tests.conformance.said import (
    a_batch,
    cancel_all,
    fail_all,
    statuses,
    unique,
    uploads_of,
)
from tests.conformance.shapes import sentence
from tests.conformance.visitor import Socket, Visitor

_NO_IDS: list[Any] = [{}, [], None, *({"ids": ids} for ids in ("x", None, ["x"], [1.5], [True]))]


@walks(f"PUT {UPLOADS}/{{id}}")
def test_what_has_not_started_can_be_corrected(ada: Socket, administrator: Visitor) -> None:
    batch = a_batch(ada, 1)
    (upload,) = uploads_of(ada, batch)
    path = f"{UPLOADS}/{upload['id']}"
    label = {"language": "de", "value": "Neu"}
    key = unique("k")
    changes: list[tuple[str, Any, Any]] = [
        ("filename", f"Corrected {key}.jpg", f"Corrected {key}.jpg"),
        ("wikitext", "new", "new"),
        ("labels", label, label),
        ("labels", json.dumps(label | {"value": "Text"}), label | {"value": "Text"}),
        ("copyright_override", True, True),
        ("copyright_override", "false", False),
        ("copyright_override", "true", True),
        ("collection", "another", "another"),
        ("key", key, key),
    ]
    for field, sent, kept in changes:
        answer = administrator.request("PUT", path, json={field: sent})
        body_of(answer, f"PUT {UPLOADS}/{{id}}")
        found = listed(administrator, UPLOADS, filter_text=str(upload["id"]))["items"]
        (now,) = (one for one in found if one["id"] == upload["id"])
        assert now[field] == kept, field


@pytest.mark.parametrize(
    "body",
    [
        {"status": "queued"},
        {"id": 5},
        {"access_token": "x"},
        {"userid": "1"},
        {"nonesuch": "x"},
        {"wikitext": "x", "status": "failed"},
        {"filename": 5},
        {"filename": "x" * 300 + ".jpg"},
        {"key": "x" * 300},
        {"key": ""},
        {"filename": ""},
        {"collection": "x" * 300},
        {"labels": "no json"},
        {"labels": {"language": 5}},
        {"copyright_override": "perhaps"},
        [],
        "x",
        None,
    ],
    ids=str,
)
def test_a_correction_that_does_not_validate_changes_nothing(
    ada: Socket, administrator: Visitor, body: object
) -> None:
    batch = a_batch(ada, 1)
    before = uploads_of(ada, batch)
    faults_of(administrator.request("PUT", f"{UPLOADS}/{before[0]['id']}", json=body))
    assert uploads_of(ada, batch) == before


def test_each_field_at_fault_has_an_entry(ada: Socket, administrator: Visitor) -> None:
    (upload,) = uploads_of(ada, a_batch(ada, 1))
    body = {"status": "failed", "userid": "1", "wikitext": "fine"}
    answer = administrator.request("PUT", f"{UPLOADS}/{upload['id']}", json=body)
    assert len(faults_of(answer)) == 2
    answer = administrator.request("PUT", f"{UPLOADS}/x", json={"wikitext": "x"})
    assert answer.status_code in (404, 422)


def test_what_is_not_there_or_has_ended_is_not_corrected(
    ada: Socket, administrator: Visitor
) -> None:
    body = {"wikitext": "x"}
    for number in (NOBODYS, 2**63, 0, -1):
        answer = administrator.request("PUT", f"{UPLOADS}/{number}", json=body)
        assert answer.status_code in (404, 422), number
    assert administrator.request("PUT", f"{UPLOADS}/{NOBODYS}", json=body).status_code == 404
    (id_,) = fail_all(administrator, ada, a_batch(ada, 1))
    answer = administrator.request("PUT", f"{UPLOADS}/{id_}", json=body)
    assert answer.status_code == 409
    sentence(answer.json()["detail"], "409")


@walks(f"POST {UPLOADS}/bulk-cancel", f"POST {UPLOADS}/bulk-fail")
def test_unfinished_uploads_are_cancelled_or_failed_and_others_left(
    ada: Socket, administrator: Visitor
) -> None:
    for word, counted, status in (
        ("cancel", "cancelled_count", "cancelled"),
        ("fail", "failed_count", "failed"),
    ):
        row, path = f"POST {UPLOADS}/bulk-{word}", f"{UPLOADS}/bulk-{word}"
        batch = a_batch(ada, 3)
        ids = [one["id"] for one in uploads_of(ada, batch)]
        for chosen, done in ((ids[:2], 2), (ids, 1), (ids, 0), ([NOBODYS], 0)):
            answer = body_of(administrator.post(path, {"ids": chosen}), row)
            assert answer == {counted: done}
        assert statuses(ada, batch) == [status] * 3
        for wrong in _NO_IDS:
            faults_of(administrator.post(path, wrong))
        broken = administrator.request("POST", path, data="{")
        assert broken.status_code in (400, 415, 422)


@walks("POST /api/admin/retry")
def test_chosen_uploads_are_retried_as_the_administrator(
    ada: Socket, administrator: Visitor
) -> None:
    failed = fail_all(administrator, ada, a_batch(ada, 2))
    stopped = a_batch(ada, 1)
    (cancelled,) = (one["id"] for one in uploads_of(ada, stopped))
    cancel_all(ada, stopped)
    (queued,) = (one["id"] for one in uploads_of(ada, a_batch(ada, 1)))

    wish = {
        "upload_ids": [*failed, cancelled, queued, NOBODYS],
        "changes": {str(failed[0]): {"wikitext": "corrected"}},
    }
    row = "POST /api/admin/retry"
    answer = body_of(administrator.post("/api/admin/retry", wish), row)

    assert (answer["retried_count"], answer["requested_count"]) == (3, 5)
    copies = ada.answer("BATCH_UPLOADS_LIST", "FETCH_BATCH_UPLOADS", answer["new_batch_id"])
    assert copies["batch"]["userid"] == administrator.userid
    assert {one["status"] for one in copies["uploads"]} == {"queued"}
    assert [one["wikitext"] for one in copies["uploads"]].count("corrected") == 1

    nothing = body_of(administrator.post("/api/admin/retry", {"upload_ids": [queued]}), row)
    assert (nothing["retried_count"], nothing["new_batch_id"]) == (0, None)
    for wrong in _NO_IDS:
        if isinstance(wrong, dict):
            wrong = {f"upload_{name}": value for name, value in wrong.items()}
        faults_of(administrator.post("/api/admin/retry", wrong))
