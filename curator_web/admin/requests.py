"""What administrators send, and what is wrong with it where it does not fit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar, get_origin

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from curator_web.protocol.shapes import Wire

Shape = TypeVar("Shape", bound=Wire)


class Unfit(Exception):
    """What was sent does not fit; `faults` holds an entry for each field at fault: where it is,
    and what is wrong with it, but nothing of what was sent."""

    def __init__(self, faults: list[dict[str, object]]) -> None:
        super().__init__("what was sent does not fit")
        self.faults = faults


def read(shape: type[Shape], body: bytes) -> Shape:
    """The body as `shape`. Raises `Unfit`."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise unfit(("body",), "The body is not JSON.", "json_invalid") from None
    return _validated(shape, content, "body")


def read_query(shape: type[Shape], query: QueryParams) -> Shape:
    """What follows the question mark, as `shape`; of what may stand there once the last counts, and
    what is empty counts as absent.
    Raises `Unfit`."""
    content: dict[str, Any] = {}
    for name, known in shape.model_fields.items():
        given = query.getlist(name)
        if get_origin(known.annotation) is tuple:
            content[name] = [each for each in given if each]
        elif given and given[-1]:
            content[name] = given[-1]
    return _validated(shape, content, "query")


def unfit(place: Sequence[str | int], message: str, kind: str = "value_error") -> Unfit:
    """One fault."""
    return Unfit([{"loc": tuple(place), "msg": message, "type": kind}])


def _validated(shape: type[Shape], content: object, where: str) -> Shape:
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    raise Unfit(
        [{"loc": (where, *each["loc"]), "msg": each["msg"], "type": each["type"]} for each in found]
    )
