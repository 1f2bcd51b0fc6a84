"""JSON schemas of messages and shapes, as what is sent and received really is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from curator_web.protocol.shapes import Asked

Schema = dict[str, Any]
_REF = "#/components/schemas/{model}"


def schemas(models: Iterable[type[BaseModel]]) -> dict[str, Schema]:
    """The schemas of `models` and of everything in them, by name."""
    wanted = sorted(set(models), key=lambda model: model.__name__)
    _, whole = models_json_schema([(model, "validation") for model in wanted], ref_template=_REF)
    received = {each.__name__ for each in _with_subclasses(Asked)}
    return {
        name: _honest(schema, is_received=name in received)
        for name, schema in sorted(whole.get("$defs", {}).items())
    }


def reference(model: type[BaseModel]) -> Schema:
    """Points at a schema of `schemas`."""
    return {"$ref": _REF.format(model=model.__name__)}


def _with_subclasses(model: type[BaseModel]) -> set[type[BaseModel]]:
    below = {each for child in model.__subclasses__() for each in _with_subclasses(child)}
    return {model} | below


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
