"""Asks the wiki whether a token still stands for its user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from curator_core.domain.fault import FaultKind
from curator_core.domain.retry import Step
from curator_core.domain.user import AccessToken
from curator_core.ports.login import Login
from curator_core.use_cases.persistence import Exhausted, Persistence

_ENDED = frozenset({FaultKind.NO_GRANT, FaultKind.NOT_LOGGED_IN})


class SessionState(StrEnum):
    """What the wiki says of a token."""

    VALID = "valid"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`faulted` is what was met where the token is not valid; `reason` the same in words."""

    state: SessionState
    faulted: Exhausted | None = None

    @property
    def reason(self) -> str:
        return self.faulted.fault.detail if self.faulted else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """- Only the wiki's own word ends a session: one that could not be asked has not ended."""

    login: Login
    persistence: Persistence

    def ask(self, token: AccessToken) -> Asked:
        """Asks by an identify."""
        try:
            self.persistence.attempt(Step.IDENTIFY, lambda: self.login.identify(token))
        except Exhausted as faulted:
            ended = faulted.fault.kind in _ENDED
            state = SessionState.ENDED if ended else SessionState.UNKNOWN
            return Asked(state=state, faulted=faulted)
        return Asked(state=SessionState.VALID)
