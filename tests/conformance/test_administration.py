"""Administration over HTTP: who may, and what the lists hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.conformance.endpoints import ENDPOINTS
from tests.conformance.office import NOBODYS, UPLOADS, faults_of, listed
from tests.conformance.rows import walks
from tests.conformance.running import CONTRIBUTOR, OTHER, Curator
from tests.conformance.said import (
    a_batch,
    a_preset,
    fail_all,
    unique,
    uploads_of,
)
from tests.conformance.shapes import sentence
from tests.conformance.visitor import Socket, Visitor

ADMINISTRATION = [name for name, one in ENDPOINTS.items() if one.who == "administrator"]
LISTS = [name.split()[1] for name in ADMINISTRATION if name.startswith("GET")]


def _asked(visitor: Visitor, row: str) -> requests.Response:
    """The path asked as it is meant to be, of what does not exist."""
    method, path = row.split()
    bodies: dict[str, Any] = {
        f"PUT {UPLOADS}/{{id}}": {"wikitext": "text"},
        "POST /api/admin/retry": {"upload_ids": [NOBODYS]},
    }
    body = bodies.get(row, {"ids": [NOBODYS]}) if method != "GET" else None
    return visitor.request(method, path.replace("{id}", str(NOBODYS)), json=body)


@walks(*ADMINISTRATION)
@pytest.mark.parametrize("who", ["nobody", "a contributor"])
def test_administration_is_for_administrators(
    curator: Curator, contributor: Visitor, who: str
) -> None:
    visitor = contributor if who == "a contributor" else curator.visitor()
    for row in ADMINISTRATION:
        answer = _asked(visitor, row)
        assert answer.status_code == (403 if who == "a contributor" else 401), row
        sentence(answer.json()["detail"], row)


@walks(*(f"GET {path}" for path in LISTS))
def test_every_list_is_answered_to_an_administrator(ada: Socket, administrator: Visitor) -> None:
    fail_all(administrator, ada, a_batch(ada, 1))
    ada.answer("PRESETS_LIST", "SAVE_PRESET", a_preset())
    for path in LISTS:
        assert listed(administrator, path)["items"], path
        one = listed(administrator, path, page=1, limit=1)
        assert len(one["items"]) == 1, path
        assert one["total"] >= 1, path
        assert listed(administrator, path, page=9_000)["items"] == [], path


@pytest.mark.parametrize("path", LISTS)
def test_pages_follow_one_another_and_restrictions_that_are_empty_are_none(
    ada: Socket, ben: Socket, administrator: Visitor, path: str
) -> None:
    for socket in (ada, ben):
        fail_all(administrator, socket, a_batch(socket, 2))
        socket.answer("PRESETS_LIST", "SAVE_PRESET", a_preset())
    text = "search_text" if path.endswith("failed_uploads") else "filter_text"
    first = listed(administrator, path, page=1, limit=1)
    second = listed(administrator, path, page=2, limit=1, **{text: ""})
    assert first["items"] != second["items"]
    assert first["total"] == second["total"]
    none = listed(administrator, path, **{text: unique("nothing")})
    assert (none["items"], none["total"]) == ([], 0)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_is_asked_for_wrongly_has_an_entry_for_each_fault(
    curator: Curator, administrator: Visitor, path: str
) -> None:
    for query in ({"page": "x"}, {"limit": "x"}, {"page": "0"}, {"limit": "-1"}):
        assert len(faults_of(administrator.get(path, params=query))) == 1
    assert len(faults_of(administrator.get(path, params={"page": "x", "limit": "y"}))) == 2


def test_batches_users_and_presets_are_found_by_text(
    ada: Socket, ben: Socket, administrator: Visitor
) -> None:
    own, foreign = a_batch(ada, 1), a_batch(ben, 1)
    found = listed(administrator, "/api/admin/batches", filter_text=str(own))
    assert ([one["id"] for one in found["items"]], found["total"]) == ([own], 1)
    named = listed(administrator, "/api/admin/batches", filter_text="Second ph", limit=500)
    ids = {one["id"] for one in named["items"]}
    assert foreign in ids
    assert own not in ids
    users = listed(administrator, "/api/admin/users", filter_text="Second ph")
    assert [one["username"] for one in users["items"]] == [OTHER]
    ada.answer("PRESETS_LIST", "SAVE_PRESET", a_preset())
    presets = listed(administrator, "/api/admin/presets", filter_text=CONTRIBUTOR, limit=500)
    assert presets["items"]


def test_uploads_are_found_by_words_states_and_days(ada: Socket, administrator: Visitor) -> None:
    word = unique("Giraffe")
    batch = a_batch(ada, 2, title=f"The {word}.jpg")
    first, second = uploads_of(ada, batch)
    assert administrator.post(f"{UPLOADS}/bulk-fail", {"ids": [first["id"]]}).ok

    def ids(**query: Any) -> list[int]:
        found = listed(administrator, UPLOADS, filter_text=word, **query)
        assert found["total"] == len(found["items"])
        return sorted(one["id"] for one in found["items"])

    both = sorted([first["id"], second["id"]])
    assert ids() == both
    assert ids(status="failed") == [first["id"]]
    assert ids(status=["failed", "queued"]) == both
    assert ids(status="completed") == []
    now = datetime.now(UTC)
    today, yesterday = (now.date() - timedelta(days=days) for days in (0, 1))
    assert ids(date_from=str(yesterday), date_to=str(today)) == both
    assert ids(date_to=str(yesterday - timedelta(days=1))) == []
    assert ids(date_from=str(today + timedelta(days=2))) == []
    assert first["id"] in {
        one["id"] for one in listed(administrator, UPLOADS, filter_text="failed")["items"]
    }
    by_number = listed(administrator, UPLOADS, filter_text=str(second["id"]))
    assert [one["id"] for one in by_number["items"]] == [second["id"]]
    faults_of(administrator.get(UPLOADS, params={"status": "nonesuch"}))
    for no_day in ("yesterday", "0", "2026-13-01"):
        for name in ("date_from", "date_to"):
            faults_of(administrator.get(UPLOADS, params={name: no_day}))


@walks("GET /api/admin/failed_uploads")
def test_failed_uploads_are_grouped_by_batch(
    ada: Socket, ben: Socket, administrator: Visitor
) -> None:
    path, word = "/api/admin/failed_uploads", unique("Okapi")
    batch = a_batch(ada, 3, title=f"The {word}.jpg")
    first, second, _ = uploads_of(ada, batch)
    ids = [first["id"], second["id"]]
    assert administrator.post(f"{UPLOADS}/bulk-fail", {"ids": ids}).ok

    found = listed(administrator, path, search_text=word)
    (group,) = found["items"]
    assert found["total"] == 1
    assert (group["batch"]["id"], group["batch"]["handler"]) == (batch, "mapillary")
    assert (group["batch"]["failedCount"], group["batch"]["totalUploads"]) == (2, 3)
    assert group["user"]["username"] == CONTRIBUTOR
    assert sorted(one["id"] for one in group["failedUploads"]) == sorted(ids)
    assert {one["errorType"] for one in group["failedUploads"]} == {"other"}

    fail_all(administrator, ben, a_batch(ben, 1))
    for order in ("recent", "batchSize", "errorType", "user"):
        assert listed(administrator, path, sort_by=order, limit=5)["items"], order
    sizes = [
        one["batch"]["totalUploads"]
        for one in listed(administrator, path, sort_by="batchSize")["items"]
    ]
    assert sizes == sorted(sizes, reverse=True)
    other = listed(administrator, path, error_type="other", search_text=word)
    assert [one["batch"]["id"] for one in other["items"]] == [batch]
    assert listed(administrator, path, error_type="auth", search_text=word)["items"] == []
    assert listed(administrator, path, handler="mapillary", search_text=word)["total"] == 1
    assert listed(administrator, path, handler="flickr", search_text=word)["total"] == 0
    for wrong in ({"sort_by": "nonesuch"}, {"error_type": "nonesuch"}):
        faults_of(administrator.get(path, params=wrong))
