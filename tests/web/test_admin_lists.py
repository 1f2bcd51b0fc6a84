"""`GET /api/admin/…` and corrections: what administrators look through and put right."""

from __future__ import annotations

from typing import Any

import pytest

from curator_core.domain.ids import UploadId
from curator_core.domain.outcome import Failure
from curator_web.operations import ADMINISTRATION
from tests.builders import an_item
from tests.web.house import WebHouse
from tests.web.watching import a_batch

LISTS = [each.path for each in ADMINISTRATION if each.method == "GET"]
UPLOADS = "/api/admin/upload_requests"
FAILED = "/api/admin/failed_uploads"


def got(house: WebHouse, path: str, **query: Any) -> dict[str, Any]:
    answer = house.visitor("Grace").get(path, params=query)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def put(house: WebHouse, upload_id: int, body: object, name: str | None = "Grace") -> Any:
    return house.visitor(name).put(f"{UPLOADS}/{upload_id}", json=body)


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_for_administrators(house: WebHouse, path: str) -> None:
    assert house.visitor().get(path).status_code == 401
    assert house.visitor("Ada").get(path).status_code == 403
    assert got(house, path) == {"items": [], "total": 0} or path.endswith("users")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": 0}, "page"),
        ({"page": "x"}, "page"),
        ({"limit": 501}, "limit"),
        ({"limit": 0}, "limit"),
        ({"page": 10**30}, "page"),
    ],
)
def test_what_does_not_fit_is_told_field_by_field(
    house: WebHouse, path: str, query: dict[str, Any], field: str
) -> None:
    answer = house.visitor("Grace").get(path, params={**query, "unknown": 1})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["query", field]
    assert str(query[field]) not in fault["msg"] or field == "limit"


def test_batches_and_users_are_listed_by_the_page(house: WebHouse) -> None:
    batches = [house.a_batch() for _ in range(3)]
    said = got(house, "/api/admin/batches", page=2, limit=2)
    assert ([item["id"] for item in said["items"]], said["total"]) == ([batches[0].id], 3)
    assert "done_at" not in said["items"][0]
    assert got(house, "/api/admin/batches", filter_text="Ada")["total"] == 3
    assert got(house, "/api/admin/batches", filter_text="")["total"] == 3
    house.visitor("Ada")
    (user,) = got(house, "/api/admin/users", filter_text="ad")["items"]
    assert user["username"] == "Ada"
    assert set(user) == {"userid", "username", "created_at", "updated_at"}
    assert user["created_at"].endswith("Z")


def test_uploads_are_listed_and_narrowed(house: WebHouse) -> None:
    _, (first, second) = a_batch(house, 2)
    house.starts(first)
    house.fails(first, Failure(message="No.", code="blocked"))
    said = got(house, UPLOADS)
    assert [item["id"] for item in said["items"]] == [second, first]
    item = said["items"][1]
    assert item["status"] == "failed"
    assert item["copyright_override"] is False
    assert item["collection"] == "a-sequence"
    assert item["error"]["message"] == "No."
    assert "access_token" not in item
    both = {"status": ["failed", "queued"]}
    assert got(house, UPLOADS, **both)["total"] == 2
    assert got(house, UPLOADS, status="failed")["total"] == 1
    assert got(house, UPLOADS, status="")["total"] == 2
    day = house.clock.now().date().isoformat()
    assert got(house, UPLOADS, date_from=day, date_to=day)["total"] == 2
    assert got(house, UPLOADS, date_from="2001-01-01", date_to="2001-01-02")["total"] == 0
    assert got(house, UPLOADS, date_to="9999-12-31")["total"] == 2
    answer = house.visitor("Grace").get(UPLOADS, params={"status": "odd", "date_from": "soon"})
    assert {fault["loc"][1] for fault in answer.json()["detail"]} == {"status", "date_from"}


def test_failed_uploads_come_with_their_batch_and_user(house: WebHouse) -> None:
    batch, (first, _) = a_batch(house, 2)
    house.starts(first)
    house.fails(first, Failure(message="No.", code="blocked"))
    (item,) = got(house, FAILED, sort_by="batchSize", error_type="auth", handler="mapillary")[
        "items"
    ]
    assert item["batch"] == {
        "id": batch.id,
        "createdAt": item["batch"]["createdAt"],
        "editGroupId": batch.edit_group_id,
        "handler": "mapillary",
        "failedCount": 1,
        "totalUploads": 2,
    }
    assert item["user"] == {"username": "Ada", "userid": house.ada.id}
    (upload,) = item["failedUploads"]
    assert set(upload) == {
        *("id", "filename", "handler", "status", "error", "createdAt", "errorType")
    }
    assert (upload["id"], upload["errorType"], upload["status"]) == (first, "auth", "failed")
    assert got(house, FAILED, error_type="timeout")["items"] == []
    assert house.visitor("Grace").get(FAILED, params={"sort_by": "odd"}).status_code == 422
    nothing = {"sort_by": "", "error_type": "", "handler": "", "search_text": "", "page": ""}
    assert len(got(house, FAILED, **nothing)["items"]) == 1


def test_what_has_no_value_is_null_where_the_contract_says_so(house: WebHouse) -> None:
    _, (first,) = a_batch(house, 1)
    house.starts(first)
    house.fails(first, Failure(message="No."))
    house.change(first, failure=None)
    batch_id = house.upload(first).batch_id
    stored = house.database.committed.batches
    object.__setattr__(stored[batch_id], "edit_group_id", None)
    (item,) = got(house, FAILED)["items"]
    assert item["batch"]["editGroupId"] is None
    assert item["failedUploads"][0]["error"] is None


# Corrections


def test_an_upload_that_has_not_started_is_corrected(house: WebHouse) -> None:
    _, (upload_id,) = a_batch(house, 1)
    for body in (
        {"filename": "A tower.jpg"},
        {"wikitext": "A tower"},
        {"labels": '{"language": "de", "value": "Ein Turm"}'},
        {"copyright_override": "true"},
        {"collection": "elsewhere", "key": "77"},
    ):
        answer = put(house, upload_id, body)
        assert (answer.status_code, set(answer.json())) == (200, {"message"}), answer.text
    upload = house.upload(upload_id)
    assert (upload.filename, upload.wikitext) == ("A tower.jpg", "A tower")
    assert [(each.language, each.text) for each in upload.captions] == [("de", "Ein Turm")]
    assert (upload.copyright_override, upload.collection, upload.image_id) == (
        True,
        "elsewhere",
        "77",
    )
    assert put(house, upload_id, {"labels": None}).status_code == 200
    assert house.upload(upload_id).captions == ()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "completed"}, "status"),
        ({"access_token": "x"}, "access_token"),
        ({"copyright_override": "perhaps"}, "copyright_override"),
        ({"labels": "{"}, "labels"),
        ({"labels": {"language": "en"}}, "labels"),
        ({"filename": "no suffix"}, "filename"),
        ({"filename": "a" * 300 + ".jpg"}, "filename"),
        ({"filename": None}, "filename"),
        ({"key": ""}, "key"),
        ({"key": "1"}, "key"),
        ({"key": "7\u0000"}, "key"),
        ({"collection": "x" * 256}, "collection"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    house: WebHouse, body: dict[str, Any], field: str
) -> None:
    _, (upload_id, _) = a_batch(house, 2)
    before = house.upload(upload_id)
    answer = put(house, upload_id, body)
    assert answer.status_code == 422, answer.text
    assert {fault["loc"][1] for fault in answer.json()["detail"]} == {field}
    assert house.upload(upload_id) == before


@pytest.mark.parametrize("body", [{}, [], "x", None, 7])
def test_a_body_that_says_nothing_is_refused(house: WebHouse, body: object) -> None:
    _, (upload_id,) = a_batch(house, 1)
    assert put(house, upload_id, body).status_code == 422


def test_what_started_or_is_not_there_is_not_corrected(house: WebHouse) -> None:
    _, (upload_id,) = a_batch(house, 1)
    assert put(house, 999, {"wikitext": "x"}).status_code == 404
    assert put(house, 2**40, {"wikitext": "x"}).status_code == 404
    house.starts(upload_id)
    answer = put(house, upload_id, {"wikitext": "x"})
    assert answer.status_code == 409
    assert answer.json()["detail"].endswith(".")
    house.completes(upload_id)
    assert put(house, upload_id, {"wikitext": "x"}).status_code == 409


def test_corrections_are_for_administrators(house: WebHouse) -> None:
    _, (upload_id,) = a_batch(house, 1)
    assert put(house, upload_id, {"wikitext": "x"}, None).status_code == 401
    assert put(house, upload_id, {"wikitext": "x"}, "Ada").status_code == 403
    assert house.upload(UploadId(upload_id)).wikitext != "x"


def test_presets_of_everybody_are_listed(house: WebHouse) -> None:
    with house.socket("Ada") as socket:
        socket.send_json(
            {
                "type": "SAVE_PRESET",
                "data": {"title": "Bridges", "title_template": "t", "handler": "mapillary"},
            }
        )
        socket.receive_json()
    (item,) = got(house, "/api/admin/presets", filter_text="brid")["items"]
    assert (item["title"], item["userid"]) == ("Bridges", house.ada.id)
    house.add(house.a_batch(), an_item("9"))


@pytest.mark.parametrize("number", ["99", str(2**31), "9" * 20, "1" + "0" * 5000])
def test_there_is_nothing_of_an_id_however_large(house: WebHouse, number: str) -> None:
    answer = house.visitor("Grace").put(f"{UPLOADS}/{number}", json={"wikitext": "Another"})
    assert answer.status_code == 404, answer.text
