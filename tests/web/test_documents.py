"""`openapi.json` and `asyncapi.json`: generated, committed, served, and readable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.routing import Route

from curator_web.documents.__main__ import DOCUMENTS, main
from curator_web.documents.asyncapi import asyncapi, type_of
from curator_web.documents.openapi import openapi
from curator_web.documents.text import text_of
from curator_web.operations import OPERATIONS
from curator_web.protocol.client import ClientMessage
from curator_web.protocol.server import ServerMessage
from curator_web.websocket.dispatch import TABLE
from tests.web.house import WebHouse

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_committed_document_is_what_the_code_says(name: str) -> None:
    committed = (DOCS / name).read_text(encoding="utf-8")
    assert committed == text_of(DOCUMENTS[name]()), "run `make documents`"


def test_a_document_that_is_out_of_date_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    assert main(["--check"]) == 1
    assert "openapi.json" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
    (tmp_path / "docs/asyncapi.json").write_text("{}")
    assert main(["--check"]) == 1


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_a_document_is_served_to_anybody(house: WebHouse, name: str) -> None:
    answer = house.visitor().get(f"/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == json.loads(text_of(DOCUMENTS[name]()))


def references(document: Any) -> set[str]:
    if isinstance(document, dict):
        own = {document["$ref"]} if isinstance(document.get("$ref"), str) else set()
        return own.union(*(references(each) for each in document.values()))
    if isinstance(document, list):
        return set().union(*(references(each) for each in document))
    return set()


def resolved(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


@pytest.mark.parametrize("make", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_reference_leads_somewhere(make: Any) -> None:
    document = make()
    found = references(document)
    assert found
    for each in found:
        assert resolved(document, each) is not None


def test_every_route_is_documented_and_every_operation_has_one(house: WebHouse) -> None:
    routes = {
        (route.path.replace(":id", ""), method)
        for route in house.web.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    documented = {(each.path, each.method) for each in OPERATIONS}
    assert routes - documented == {("/", "GET")}
    assert documented <= routes
    assert len({each.name for each in OPERATIONS}) == len(OPERATIONS)


def test_every_message_is_documented_with_what_answers_it() -> None:
    document = asyncapi()
    operations = document["operations"]
    for message in get_args(ClientMessage):
        operation = operations[type_of(message)]
        assert operation["action"] == "receive"
        replies = {each["$ref"].rpartition("/")[2] for each in operation["reply"]["messages"]}
        assert replies == {type_of(each) for each in TABLE[message].replies} | {"ERROR"}
    for message in get_args(ServerMessage):
        assert operations[f"send_{type_of(message)}"]["action"] == "send"


def test_what_is_always_there_is_required_and_nothing_is_ever_null() -> None:
    schemas = asyncapi()["components"]["schemas"]
    assert set(schemas["Error"]["required"]) == {"nonce", "type", "data"}
    assert set(schemas["CreateBatch"]["required"]) == {"type"}
    assert "required" in schemas["UploadUpdateItem"]
    assert "error" not in schemas["UploadUpdateItem"]["required"]
    assert "null" not in json.dumps(schemas["BatchUploadItem"])
    assert schemas["SliceData"]["properties"]["handler"]["default"] == "mapillary"
    kept = openapi()["components"]["schemas"]["FailedBatchItem"]
    assert {"type": "null"} in kept["properties"]["editGroupId"]["anyOf"]
    assert "editGroupId" in kept["required"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/docs/api", ["/api/admin/retry", "correctUpload", "X-API-KEY", "shape-BatchItem"]),
        ("/docs/messages", ["UPLOAD_SLICE_ACK", "SUBSCRIBE_BATCH", "shape-UploadItem"]),
    ],
)
def test_a_document_can_be_read_as_a_page(house: WebHouse, path: str, told: list[str]) -> None:
    page = house.visitor().get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert page.text.count("<h1>") == 1
    for each in told:
        assert each in page.text, each
    # Every anchor that is pointed at is there.
    anchors = {part.split('"')[0] for part in page.text.split('href="#')[1:]}
    missing = {each for each in anchors if f'id="{each}"' not in page.text}
    assert not missing
