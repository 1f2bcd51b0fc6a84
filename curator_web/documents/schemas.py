"""JSON schemas of messages and shapes, as what is sent and received really is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Schema = dict[str, Any]
_REF = "#/components/schemas/{model}"


def schemas(
    *, sent: Iterable[type[BaseModel]], received: Iterable[type[BaseModel]]
) -> dict[str, Schema]:
    """The schemas of these and of everything in them, by name; what is both is told as it is
    received."""
    roots = set(received)
    wanted = sorted({*sent, *roots}, key=lambda model: model.__name__)
    _, whole = models_json_schema([(model, "validation") for model in wanted], ref_template=_REF)
    known: dict[str, Schema] = whole.get("$defs", {})
    taken = _reached(known, {each.__name__ for each in roots})
    return {
        name: _honest(schema, is_received=name in taken) for name, schema in sorted(known.items())
    }


def reference(model: type[BaseModel]) -> Schema:
    """Points at a schema of `schemas`."""
    return {"$ref": _REF.format(model=model.__name__)}


def _reached(known: Mapping[str, Schema], names: set[str]) -> set[str]:
    """`names`, and all that they are made of."""
    found, rest = set[str](), set(names)
    while rest:
        name = rest.pop()
        found.add(name)
        rest |= {each for each in known if _points_at(known[name], each)} - found
    return found


def _points_at(schema: Any, name: str) -> bool:
    if isinstance(schema, dict):
        own = schema.get("$ref") == _REF.format(model=name)
        return own or any(_points_at(each, name) for each in schema.values())
    return isinstance(schema, list) and any(_points_at(each, name) for each in schema)


def _honest(schema: Schema, *, is_received: bool) -> Schema:
    """pydantic says what it would take; this says what there is: what has a value always is there
    always, `type` above all, and what has none is left out, never null. In what is received,
    null counts as absent."""
    properties: Mapping[str, Schema] = schema.get("properties", {})
    told = {name: _titleless(each) for name, each in properties.items()}
    if not properties:
        return _titleless(schema)
    required = list(schema.get("required", []))
    if not is_received:
        required = [name for name, each in properties.items() if each.get("default", 0) is not None]
        told = {name: _never_null(each) for name, each in told.items()}
    said = {**_titleless(schema), "properties": told}
    return said | ({"required": required} if required else {})


def _titleless(schema: Schema) -> Schema:
    # They only say the names again.
    return {name: each for name, each in schema.items() if name != "title"}


def _never_null(schema: Schema) -> Schema:
    if "default" not in schema or schema["default"] is not None:
        return {name: each for name, each in schema.items() if name != "default_factory"}
    rest = {name: each for name, each in schema.items() if name not in ("default", "anyOf")}
    options = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    return rest | (options[0] if len(options) == 1 else {"anyOf": options})
