"""What a value on the wire may look like, as tables and a judge of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Check = Callable[[Any, str], None]
"""Raises `Broken` where a value at a place of a message is not what the contract says."""

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Broken(AssertionError):
    """The contract is broken; the text says where and how."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of an object's: how it is checked, and whether it may be left out."""

    check: Check
    optional: bool = False


class Shape:
    """An object with these fields and no others; a name that ends in `?` may be left out.

    The judge is strict about what the contract leaves open to the server (more optional fields):
    such a field has to be named in a table first.
    """

    def __init__(self, **fields: Check) -> None:
        self.fields: Mapping[str, Field] = {
            name.removesuffix("_opt"): Field(check, name.endswith("_opt"))
            for name, check in fields.items()
        }

    def __call__(self, value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise Broken(f"{at}: no object but {value!r}")
        for name, field in self.fields.items():
            if name in value:
                field.check(value[name], f"{at}.{name}")
            elif not field.optional:
                raise Broken(f"{at}: `{name}` is missing in {value}")
        unknown = value.keys() - self.fields.keys()
        if unknown:
            raise Broken(f"{at}: the contract does not know {sorted(unknown)} of {value}")

    def but(self, **fields: Check) -> Shape:
        """The same with more fields, or with other ones."""
        made = Shape(**fields)
        made.fields = {**self.fields, **made.fields}
        return made


def text(value: Any, at: str) -> None:
    if not isinstance(value, str):
        raise Broken(f"{at}: no text but {value!r}")


def filled(value: Any, at: str) -> None:
    text(value, at)
    if not value.strip():
        raise Broken(f"{at}: an empty text")


def whole(value: Any, at: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Broken(f"{at}: no whole number but {value!r}")


def count(value: Any, at: str) -> None:
    whole(value, at)
    if value < 0:
        raise Broken(f"{at}: less than none: {value}")


def number(value: Any, at: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Broken(f"{at}: no number but {value!r}")


def truth(value: Any, at: str) -> None:
    if not isinstance(value, bool):
        raise Broken(f"{at}: neither true nor false but {value!r}")


def timestamp(value: Any, at: str) -> None:
    """ISO 8601 in UTC with a `Z`."""
    text(value, at)
    if not _TIMESTAMP.fullmatch(value):
        raise Broken(f"{at}: no timestamp in UTC with a Z: {value!r}")
    datetime.fromisoformat(value)


def sentence(value: Any, at: str) -> None:
    """Fit for the user: begins like one, ends like one, and shows nothing of the machinery."""
    filled(value, at)
    if value[-1] not in ".!?”)":
        raise Broken(f"{at}: no sentence: {value!r}")
    for machinery in ("Traceback", "Error:", 'File "', "<class", "object at 0x", "sqlalchemy"):
        if machinery in value:
            raise Broken(f"{at}: not fit for a user: {value!r}")


def one_of(*literals: str) -> Check:
    def check(value: Any, at: str) -> None:
        if value not in literals:
            raise Broken(f"{at}: {value!r} is none of {literals}")

    return check


def exactly(literal: object) -> Check:
    def check(value: Any, at: str) -> None:
        if value != literal or type(value) is not type(literal):
            raise Broken(f"{at}: {value!r} and not {literal!r}")

    return check


def or_null(inner: Check) -> Check:
    def check(value: Any, at: str) -> None:
        if value is not None:
            inner(value, at)

    return check


def many(inner: Check) -> Check:
    """`[T]`."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, list):
            raise Broken(f"{at}: no list but {value!r}")
        for place, each in enumerate(value):
            inner(each, f"{at}[{place}]")

    return check


def keyed(inner: Check) -> Check:
    """`{T}`."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict):
            raise Broken(f"{at}: no object but {value!r}")
        for key, each in value.items():
            inner(each, f"{at}[{key!r}]")

    return check


def by_type(shapes: Mapping[str, Shape]) -> Check:
    """One of several objects, told apart by their `type`."""

    def check(value: Any, at: str) -> None:
        if not isinstance(value, dict) or value.get("type") not in shapes:
            raise Broken(f"{at}: of no known type: {value!r}")
        rest = {name: each for name, each in value.items() if name != "type"}
        shapes[value["type"]](rest, f"{at}<{value['type']}>")

    return check


def without_nulls(value: Any, at: str) -> None:
    """Whatever it is: nothing in it is null, for where the contract names no fields."""
    if value is None:
        raise Broken(f"{at}: null")
    for key, each in _parts(value):
        without_nulls(each, f"{at}[{key!r}]")
        if isinstance(each, str) and re.match(r"\d{4}-\d\d-\d\dT", each):
            timestamp(each, f"{at}[{key!r}]")


def _parts(value: Any) -> list[tuple[object, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []
