"""From a frame's text to a message, or to a sentence that says what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from curator_web.protocol.client import ClientMessage

_MESSAGES: TypeAdapter[ClientMessage] = TypeAdapter(
    Annotated[ClientMessage, Field(discriminator="type")]
)
_TOLD = 3
"""How many faults of a message are named."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A frame that is no message of ours; `sentence` says why."""

    sentence: str


def parsed(text: str) -> ClientMessage | Unusable:
    """The message that a frame holds."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return Unusable("The message is not JSON.")
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        return Unusable("The message is not an object with a type.")
    name = content["type"]
    try:
        return _MESSAGES.validate_python(content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    if faults[0]["type"] == "union_tag_invalid":
        return Unusable(f"Curator knows no message of the type {name[:50]!r}.")
    told = "; ".join(_told(fault) for fault in faults[:_TOLD])
    more = f" (and {len(faults) - _TOLD} more)" if len(faults) > _TOLD else ""
    return Unusable(f"{name} does not fit: {told}{more}.")


def _told(fault: ErrorDetails) -> str:
    # The first part of the place is the message's own type.
    place = ".".join(str(part) for part in fault["loc"][1:])
    return f"{place}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
