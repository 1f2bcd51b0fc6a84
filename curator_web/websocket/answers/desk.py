"""Who asks over a connection, and what can be done for them."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.application import Application
from curator_web.visitor import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who asks, and what can be done for them."""

    application: Application
    visitor: Visitor


def no_such_batch(batch_id: int) -> str:
    """A sentence."""
    return f"There is no batch {batch_id}."
