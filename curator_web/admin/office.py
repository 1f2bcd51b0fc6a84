"""An administrator at work: what they asked for, and how they are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog

from curator_core.application import Application
from curator_web.visitor import Visitor

log = structlog.get_logger("curator.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An administrator, and what can be done for them."""

    application: Application
    visitor: Visitor

    def note(self, event: str, **what: object) -> None:
        """Operators can see who did what."""
        log.info(event, **what, by=self.visitor.user.username)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: its query and body as the operation's shapes, and the ids in its path."""

    query: Any = None
    body: Any = None
    path: Mapping[str, int]


class Declined(Exception):
    """It cannot be done; a status and a sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
