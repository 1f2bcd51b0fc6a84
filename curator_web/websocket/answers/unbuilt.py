"""Messages of the contract whose part of Curator is not built yet (docs/not-yet.md)."""

from __future__ import annotations

from collections.abc import Iterator

from curator_web.protocol.client import ClientMessage
from curator_web.protocol.server import Error, ServerMessage
from curator_web.websocket.answers.desk import Desk


def not_yet(_: Desk, message: ClientMessage) -> Iterator[ServerMessage]:
    """Says so."""
    yield Error(data=f"This server does not offer {message.type} yet.")
