"""Counts requests to the wiki, and how they went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from curator_core.domain.errors import Faulted
from curator_core.ports.meter import Figure, Meter


@contextmanager
def metered(meter: Meter, action: str) -> Iterator[None]:
    """The block is one request; what it raises as `Faulted` is the result."""
    result = "broken"
    try:
        yield
        result = "ok"
    except Faulted as faulted:
        result = faulted.fault.kind.value
        raise
    finally:
        meter.count(Figure.WIKI_REQUESTS, {"action": action, "result": result})
