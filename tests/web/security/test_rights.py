"""What is another's, and what only administrators may."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import pytest

from curator_core.domain.outcome import Failure
from curator_core.domain.upload import UploadStatus
from curator_web.operations import ADMINISTRATION
from curator_web.protocol.client import ClientMessage
from curator_web.websocket.answers.unbuilt import not_yet
from curator_web.websocket.dispatch import TABLE, Answered, Lane
from tests.builders import an_item
from tests.web.house import WebHouse
from tests.web.speaking import a_slice, ask, error

FAILURE = Failure(message="Oh.", code="oh", hint="", retryable=True)
PRESET = {"title": "Mine", "title_template": "{{id}}", "handler": "mapillary"}

Made = tuple[int, list[int], int]
"""Ada's batch, its uploads (queued, failed, queued), and her preset."""

DATA: Mapping[str, Callable[[Made], Any]] = {
    "UPLOAD_SLICE": lambda made: a_slice(made[0], "9", slice_id=7),
    "RETRY_UPLOADS": lambda made: made[0],
    "RETRY_UPLOADS_SELECTED": lambda made: {"batchid": made[0], "upload_ids": made[1]},
    "CANCEL_BATCH": lambda made: made[0],
    "PAUSE_BATCH": lambda made: made[0],
    "RESUME_BATCH": lambda made: made[0],
    "SAVE_PRESET": lambda made: PRESET | {"preset_id": made[2], "title": "Changed"},
    "DELETE_PRESET": lambda made: {"preset_id": made[2]},
}
"""Every message that could change what is another's."""

OF_NOBODY = {"CREATE_BATCH", "UPLOAD", "FETCH_PRESETS"}
"""What only ever makes or shows the visitor's own."""


def type_of(message: type[ClientMessage]) -> str:
    (name,) = get_args(message.model_fields["type"].annotation)
    return str(name)


@pytest.fixture
def made(house: WebHouse) -> Made:
    batch = house.a_batch()
    house.add(batch, *(an_item(str(number)) for number in range(3)))
    ids = [upload.id for upload in house.uploads(batch)]
    house.starts(ids[1])
    house.fails(ids[1], FAILURE)
    with house.socket() as socket:
        saved = ask(socket, "SAVE_PRESET", PRESET)["data"]["presets"][0]["id"]
    return batch.id, [int(each) for each in ids], saved


def test_every_message_that_changes_something_is_tried_here() -> None:
    changing = {
        type_of(message)
        for message, way in TABLE.items()
        if isinstance(way, Answered) and way.lane is Lane.CHANGE and way.answer is not not_yet
    }
    assert changing == set(DATA) | OF_NOBODY


def kept(house: WebHouse) -> Any:
    now = house.database.committed
    return dict(now.uploads), dict(now.batches), dict(now.presets)


@pytest.mark.parametrize("name", DATA)
def test_what_is_another_users_is_not_changed(house: WebHouse, made: Made, name: str) -> None:
    house.wiki.add_account("Eve")
    with house.socket("Eve") as socket:
        before = kept(house)
        sentence = error(ask(socket, name, DATA[name](made)))
        assert "somebody else's" in sentence or "You have no preset" in sentence
        assert kept(house) == before

    with house.socket("Ada") as socket:
        if name == "RESUME_BATCH":
            ask(socket, "PAUSE_BATCH", made[0])
            before = kept(house)
        socket.send_json({"type": name, "data": DATA[name](made)})
        # The next answer on the same lane.
        socket.send_json({"type": "CREATE_BATCH"})
        while socket.receive_json()["type"] != "BATCH_CREATED":
            continue
        assert kept(house)[0] != before[0] or kept(house)[2] != before[2] or name in _BATCHES_ONLY
        assert kept(house) != before


_BATCHES_ONLY = {"PAUSE_BATCH", "RESUME_BATCH"}


def test_an_upload_is_not_reached_by_way_of_a_batch_of_ones_own(
    house: WebHouse, made: Made
) -> None:
    house.wiki.add_account("Eve")
    with house.socket("Eve") as socket:
        own = ask(socket, "CREATE_BATCH")["data"]
        ask(socket, "UPLOAD_SLICE", a_slice(own, "5"))
        before = kept(house)
        error(ask(socket, "RETRY_UPLOADS_SELECTED", {"batchid": own, "upload_ids": made[1]}))
        assert kept(house) == before


def test_anybodys_batch_is_readable(house: WebHouse, made: Made) -> None:
    house.wiki.add_account("Eve")
    with house.socket("Eve") as socket:
        shown = ask(socket, "FETCH_BATCH_UPLOADS", made[0])["data"]
        assert len(shown["uploads"]) == 3
        page = ask(socket, "FETCH_BATCH_UPLOADS_PAGE", {"batchid": made[0], "limit": 2})["data"]
        assert len(page["uploads"]) == 2


# Administration


def body_for(name: str, uploads: list[int]) -> Any:
    if name == "correctUpload":
        return {"wikitext": "changed"}
    return {"upload_ids": uploads} if name == "retryUploads" else {"ids": uploads}


@pytest.mark.parametrize("operation", ADMINISTRATION, ids=lambda each: each.name)
def test_only_administrators_administer(house: WebHouse, made: Made, operation: Any) -> None:
    path = operation.path.replace("{id}", str(made[1][0]))
    body = body_for(operation.name, made[1]) if operation.body else None
    forged = house.visitor()
    forged.cookies.set("curator_session", "Grace")
    before = kept(house)
    for visitor, status in ((house.visitor(), 401), (forged, 401), (house.visitor("Ada"), 403)):
        answer = visitor.request(operation.method, path, json=body)
        assert answer.status_code == status
        assert set(answer.json()) == {"detail"}
        assert isinstance(answer.json()["detail"], str)
        assert kept(house) == before

    answer = house.visitor("Grace").request(operation.method, path, json=body)
    assert answer.status_code == 200, answer.text
    assert (kept(house) != before) is (operation.method != "GET")


@pytest.mark.parametrize(
    "path",
    [
        "/api/admin/batches/",
        "//api/admin/batches",
        "/api//admin/batches",
        "/api/admin/../admin/batches",
        "/API/ADMIN/BATCHES",
        "/api/admin/batches;x=1",
        "/api/admin/batches%00",
        "/api/admin%2fbatches",
        "/static/../api/admin/batches",
    ],
)
def test_no_other_spelling_of_a_path_leads_around_the_question(house: WebHouse, path: str) -> None:
    for name in (None, "Ada"):
        answer = house.visitor(name).get(path)
        assert answer.status_code in (307, 401, 403, 404)
        assert '"items"' not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-Original-URL": "/healthz"},
        {"X-Rewrite-URL": "/healthz"},
        {"X-Forwarded-User": "Grace"},
        {"Remote-User": "Grace"},
        {"Authorization": "Basic R3JhY2U6"},
        {"X-Forwarded-For": "127.0.0.1"},
    ],
)
def test_no_header_makes_an_administrator(house: WebHouse, headers: dict[str, str]) -> None:
    answer = house.visitor("Ada").get("/api/admin/batches", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["grace", "Grace ", "GRACE", "Gracе", "Grace\u200b"])
def test_no_name_that_looks_like_an_administrators_is_one(house: WebHouse, name: str) -> None:
    house.wiki.add_account(name)
    visitor = house.visitor(name)
    assert visitor.get("/auth/whoami").json()["authorized"] is False
    assert visitor.get("/api/admin/users").status_code == 403


def test_what_is_at_work_is_asked_to_stop_by_its_owner_only(house: WebHouse, made: Made) -> None:
    house.wiki.add_account("Eve")
    with house.socket("Eve") as eve:
        error(ask(eve, "CANCEL_BATCH", made[0]))
    assert [upload.status for upload in house.database.committed.uploads.values()] == [
        UploadStatus.QUEUED,
        UploadStatus.FAILED,
        UploadStatus.QUEUED,
    ]
