"""Faults of a configuration as sentences that name the variable and say what to do."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

SECRET = frozenset(
    {
        "CURATOR_OAUTH1_SECRET",
        "CURATOR_REDIS_PREFIX",
        "CURATOR_SERVICE_TOKEN",
        "DB_URL",
        "MAPILLARY_API_TOKEN",
        "REDIS_PASSWORD",
        "SECRET_KEY",
        "TOKEN_ENCRYPTION_KEY",
        "TOOL_TOOLSDB_PASSWORD",
        "X_API_KEY",
    }
)
"""Variables whose value is never shown."""


def sentences_of(error: ValidationError, variables: Mapping[str, str]) -> tuple[str, ...]:
    """One sentence for each fault, in their order; `variables` names each field's variable."""
    return tuple(_sentence(fault, variables) for fault in error.errors(include_url=False))


def _sentence(fault: ErrorDetails, variables: Mapping[str, str]) -> str:
    # pydantic tells of a value by its variable, but of a missing one by its field.
    place = str(fault["loc"][0])
    name = variables.get(place, place)
    if fault["type"] == "value_error":
        return f"{name} {fault['ctx']['error']}"
    value = "" if name in SECRET else f", not {fault['input']!r}"
    return f"{name} has to be {_demand(fault)}{value}. Correct it, or leave it out."


def _demand(fault: ErrorDetails) -> str:
    limits = fault.get("ctx", {})
    match fault["type"]:
        case "int_parsing" | "int_from_float":
            return "a whole number"
        case "float_parsing" | "finite_number":
            return "a number"
        case "bool_parsing":
            return "true or false"
        case "greater_than_equal":
            return f"at least {limits['ge']:.10g}"
        case "less_than_equal":
            return f"at most {limits['le']:.10g}"
        case "literal_error":
            return f"one of {limits['expected']}"
        case other:
            return f"something else ({other})"
