"""What administrators send, and what is wrong with it where it does not fit."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import ValidationError

from curator_web.protocol.chosen import Changes, ChosenIds
from curator_web.protocol.shapes import Wire

Body = TypeVar("Body", bound=Wire)


class Chosen(Wire):
    """Some uploads, whosever they are."""

    ids: ChosenIds


class Retry(Wire):
    """Uploads that are to be tried again; `changes` go to their copies."""

    upload_ids: ChosenIds
    changes: Changes | None = None


class Unfit(Exception):
    """A body that does not fit; `faults` holds an entry for each field at fault: where it is, and
    what is wrong with it, but nothing of what was sent."""

    def __init__(self, faults: list[dict[str, object]]) -> None:
        super().__init__("the body does not fit")
        self.faults = faults


def read(shape: type[Body], body: bytes) -> Body:
    """The body as `shape`. Raises `Unfit`."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Unfit([_entry(("body",), "json_invalid", "The body is not JSON.")]) from None
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    raise Unfit([_entry(("body", *each["loc"]), each["type"], each["msg"]) for each in found])


def _entry(place: tuple[object, ...], kind: str, message: str) -> dict[str, object]:
    return {"loc": place, "msg": message, "type": kind}
