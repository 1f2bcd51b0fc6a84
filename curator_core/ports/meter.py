"""Counts what happens in all processes, for operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

_NO_LABELS: Mapping[str, str] = {}


class Figure(StrEnum):
    """What is counted, and by which labels. No label says who somebody is, and each has few
    values."""

    ENDED = "ended"
    """Uploads that came to an end; by `outcome` (the state) and `error` (the failure's class, or
    nothing)."""
    RESCUED = "rescued"
    """Uploads put back from workers that fell silent."""
    WIKI_REQUESTS = "wiki_requests"
    """Requests to the wiki; by `action` and `result`: `ok`, or the kind of fault."""
    TURNS = "turns"
    """Turns to publish that limited users took; `late` is `yes` for those after their slot."""
    TURN_MILLISECONDS = "turn_milliseconds"
    """The paces at which these turns were taken, summed up: how far apart two of a user are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A sum over all processes."""

    figure: Figure
    labels: Mapping[str, str] = field(default_factory=dict)
    count: int


class Meter(Protocol):
    """Sums. What was counted in the last seconds of a process that was killed is lost."""

    def count(self, figure: Figure, labels: Mapping[str, str] = _NO_LABELS, by: int = 1) -> None:
        """So much more of it. Never raises, and never waits for anything outside."""
        ...

    def counted(self) -> tuple[Counted, ...]:
        """What all processes have told, which each does every few seconds. Raises
        `ServiceDown`."""
        ...


class Unmetered:
    """A `Meter` for who wants no figures."""

    def count(self, figure: Figure, labels: Mapping[str, str] = _NO_LABELS, by: int = 1) -> None:
        return None

    def counted(self) -> tuple[Counted, ...]:
        return ()
