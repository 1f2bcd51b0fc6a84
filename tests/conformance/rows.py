"""Which test walks which rows of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.conformance.asked import CLIENT
from tests.conformance.contract import SERVER
from tests.conformance.endpoints import ENDPOINTS

ROWS = frozenset({*CLIENT, *SERVER, *ENDPOINTS})
"""All that is to be walked."""

_Test = TypeVar("_Test", bound=Callable[..., None])


def walks(*rows: str) -> Callable[[_Test], _Test]:
    """Says that a test sends, receives or asks for these; that it does is seen after it."""
    unknown = set(rows) - ROWS
    assert not unknown, f"the contract has no {sorted(unknown)}"

    def mark(test: _Test) -> _Test:
        test.__dict__["walks"] = frozenset(rows)
        return test

    return mark


def walked_by(test: object) -> frozenset[str]:
    """The rows that it says it walks."""
    rows: frozenset[str] = getattr(test, "walks", frozenset())
    return rows
