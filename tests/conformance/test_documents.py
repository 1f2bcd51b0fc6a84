"""The served documents know every row of the contract, and the server keeps what they promise."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tests.conformance
from tests.conformance.asked import CLIENT, LATER_ANSWERS
from tests.conformance.contract import SERVER
from tests.conformance.endpoints import ENDPOINTS
from tests.conformance.rows import ROWS, walked_by
from tests.conformance.running import Curator
from tests.conformance.said import a_batch, uploads_of
from tests.conformance.visitor import Socket, Visitor

_UNDESCRIBED = {"GET /metrics", "GET /", "GET /assets/…"}
"""For people and for Prometheus: no answer of theirs is JSON."""

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "unsupported_method",
)

# Of a random number there would be no upload to correct.
_CONFIGURATION = """\
[auth.openapi.session]
api_key = '{session}'

[[operations]]
include-path = "/api/admin/upload_requests/{{id}}"
parameters = {{ "path.id" = {id} }}
"""


def test_no_row_of_the_contract_is_left_out() -> None:
    walked: set[str] = set()
    for module in pkgutil.iter_modules(tests.conformance.__path__):
        if module.name.startswith("test_"):
            members = vars(importlib.import_module(f"tests.conformance.{module.name}"))
            walked |= {row for each in members.values() for row in walked_by(each)}
    assert ROWS - walked == LATER_ANSWERS


def test_the_messages_document_knows_every_message(curator: Curator) -> None:
    document = curator.visitor().get("/asyncapi.json").json()
    assert document["asyncapi"].startswith("3.0")
    assert {*CLIENT, *SERVER} - LATER_ANSWERS == set(document["components"]["messages"])


def test_the_messages_document_requires_what_the_contract_requires(curator: Curator) -> None:
    components = curator.visitor().get("/asyncapi.json").json()["components"]
    wrong = {}
    for name, asked in CLIENT.items():
        message = components["messages"][name]["payload"]
        parts = {"type": "STR", **asked.parts}
        for path in {path.rpartition(".")[0] for path in parts}:
            inside = {
                part.rpartition(".")[2]: kind.isupper()
                for part, kind in parts.items()
                if part.rpartition(".")[0] == path
            }
            schema = _within(components, message, path)
            if set(schema.get("required", [])) != {part for part, must in inside.items() if must}:
                wrong[f"{name} {path}"] = schema.get("required")
            assert inside.keys() <= schema["properties"].keys(), f"{name} {path}"
    assert not wrong


def _within(components: Any, schema: Any, path: str) -> Any:
    """The schema of an object inside a message."""
    schema = _resolved(components, schema)
    for step in [each for each in path.replace("[]", ".[]").split(".") if each]:
        inner = schema["items"] if step == "[]" else schema["properties"][step]
        schema = _resolved(components, inner)
    return schema


def _resolved(components: Any, schema: Any) -> Any:
    for alternative in schema.get("anyOf", []):
        if alternative.get("type") != "null":
            return _resolved(components, alternative)
    if "$ref" in schema:
        return _resolved(components, components["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def test_a_correction_is_documented_as_any_of_its_fields(curator: Curator) -> None:
    document = curator.visitor().get("/openapi.json").json()
    body = document["paths"]["/api/admin/upload_requests/{id}"]["put"]["requestBody"]
    schema = _resolved(document["components"], body["content"]["application/json"]["schema"])
    assert set(schema["properties"]) == {
        *("filename", "wikitext", "labels", "copyright_override", "collection", "key")
    }
    assert not schema.get("required")


def test_the_http_document_knows_every_endpoint(curator: Curator) -> None:
    document = curator.visitor().get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    described = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert ENDPOINTS.keys() - described <= _UNDESCRIBED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("quiet", "who"), [("sqlite", "nobody"), ("mariadb", "administrator")], indirect=["quiet"]
)
def test_the_server_answers_as_its_http_document_says(
    curator: Curator, ada: Socket, administrator: Visitor, tmp_path: Path, who: str
) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{curator.web_url}/openapi.json"),
        *("--checks", ",".join(_CHECKS)),
        *("--phases", "examples,coverage,fuzzing"),
        *("--max-examples", "15", "--seed", "4", "--continue-on-failure", "--no-color"),
        # Where the wiki sends people is not ours to judge.
        *("--exclude-path", "/auth/login"),
    ]
    if who == "administrator":
        session = administrator.browser.cookies["curator_session"]
        (tmp_path / "schemathesis.toml").write_text(
            _CONFIGURATION.format(session=session, id=uploads_of(ada, a_batch(ada, 1))[0]["id"])
        )
    asked = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert asked.returncode == 0, asked.stdout[-12_000:] + asked.stderr[-2000:]
