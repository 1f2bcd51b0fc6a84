"""`openapi.json`: what can be asked for over HTTP."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from curator_web.documents.schemas import Schema, reference, schemas
from curator_web.operations import JSON, OPERATIONS, Answer, Operation, Who
from curator_web.session import SESSION_COOKIE

_ABOUT = (
    "Curator brings collections of photographs to Wikimedia Commons. Uploading itself goes over "
    'the WebSocket at `/ws`: see `asyncapi.json`. An error answers `{"detail": …}`: a sentence, '
    "or for 422 a list with an entry for each field at fault. Browsers get some errors as pages."
)

_EMPTY: Schema = {"type": "string", "maxLength": 0}

_SECURITY: dict[Who, list[dict[str, list[str]]]] = {
    Who.ANYBODY: [],
    Who.CONTRIBUTOR: [{"session": []}],
    Who.ADMINISTRATOR: [{"session": []}],
    Who.MACHINE: [{"key": []}],
}

TAGS = {
    "login": "Who somebody is, by the wiki's own word (OAuth 1.0a).",
    "administration": "For administrators only.",
    "operation": "For whoever runs Curator.",
    "documents": "The contract.",
}


def openapi() -> dict[str, Any]:
    """The document, OpenAPI 3.1."""
    bodies = {each.body for each in OPERATIONS if each.body is not None}
    shapes = {
        answer.shape
        for each in OPERATIONS
        for answer in each.all_answers.values()
        if answer.shape is not None
    }
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Curator",
            "version": version("curator"),
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": name, "description": what} for name, what in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(sent=shapes, received=bodies),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": _SECURITY[operation.who],
    }
    if parameters := [*_in_path(operation), *_in_query(operation)]:
        said["parameters"] = parameters
    if operation.body is not None:
        content = {JSON: {"schema": reference(operation.body)}}
        said["requestBody"] = {"required": True, "content": content}
    said["responses"] = {
        str(int(status)): _response(answer) for status, answer in operation.all_answers.items()
    }
    return said


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    """Those in the path, which are ids, and those that only a login brings along."""
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in operation.path else "query",
            "required": f"{{{name}}}" in operation.path,
            "description": what,
            "schema": {"type": "integer", "minimum": 0}
            if f"{{{name}}}" in operation.path
            else {"type": "string"},
        }
        for name, what in operation.parameters.items()
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template="#/components/schemas/{model}")
    known: dict[str, Schema] = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": _or_empty(_inlined(each, known))}
        for name, each in schema["properties"].items()
    ]


def _or_empty(schema: Schema) -> Schema:
    """An empty value counts as absent (`read_query`)."""
    if schema.get("type") == "array":
        return schema | {"items": _or_empty(schema["items"])}
    if schema.get("type") == "string" and not {"format", "enum", "const"} & schema.keys():
        return schema
    default = {"default": schema["default"]} if "default" in schema else {}
    rest = {name: each for name, each in schema.items() if name != "default"}
    return {"anyOf": [rest, _EMPTY], **default}


def _inlined(schema: Any, known: dict[str, Schema]) -> Any:
    """Parameters stand alone; a null cannot be said in an address."""
    if isinstance(schema, list):
        return [_inlined(each, known) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        named = known[schema["$ref"].rpartition("/")[2]]
        return _inlined(named, known)
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    rest = {
        name: _inlined(each, known)
        for name, each in schema.items()
        if name not in ("anyOf", "title", "description")
        and not (name == "default" and each is None)
    }
    if len(options) == 1:
        return rest | _inlined(options[0], known)
    return rest | ({"anyOf": _inlined(options, known)} if options else {})


def _response(answer: Answer) -> dict[str, Any]:
    said: dict[str, Any] = {"description": answer.what}
    content: dict[str, Any] = {}
    for media in answer.media:
        if media == JSON and answer.shape is not None:
            content[media] = {"schema": reference(answer.shape)}
        elif media == JSON:
            content[media] = {"schema": {"type": "object"}}
        else:
            content[media] = {"schema": {"type": "string"}}
    return said | ({"content": content} if content else {})
