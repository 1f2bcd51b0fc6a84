"""The few kinds that failures are grouped by in lists."""

from __future__ import annotations

from enum import StrEnum

from curator_core.domain.fault import FaultKind
from curator_core.domain.outcome import Failure, FailureType


class ErrorType(StrEnum):
    """`errorType` of the contract's failed uploads."""

    DUPLICATE = "duplicate"
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    AUTH = "auth"
    NETWORK = "network"
    OTHER = "other"


_BY_KIND = {
    FaultKind.RATE_LIMITED: ErrorType.RATE_LIMIT,
    FaultKind.TOO_SOON: ErrorType.RATE_LIMIT,
    FaultKind.BUSY: ErrorType.TIMEOUT,
    FaultKind.STILL_PUBLISHING: ErrorType.TIMEOUT,
    FaultKind.NO_GRANT: ErrorType.AUTH,
    FaultKind.NOT_LOGGED_IN: ErrorType.AUTH,
    FaultKind.SESSION_ENDED: ErrorType.AUTH,
    FaultKind.MISCONFIGURED: ErrorType.AUTH,
    FaultKind.BLOCKED: ErrorType.AUTH,
    FaultKind.UNREACHABLE: ErrorType.NETWORK,
    FaultKind.ODD_ANSWER: ErrorType.NETWORK,
    FaultKind.SOURCE_TROUBLE: ErrorType.NETWORK,
    FaultKind.NO_CHANGE: ErrorType.DUPLICATE,
}
"""By the failure's `code`; what is not named here is `other`."""

_BY_WORDS = (
    (("duplicate", "already exists"), ErrorType.DUPLICATE),
    (("rate limit", "ratelimited", "too many requests"), ErrorType.RATE_LIMIT),
    (("timeout", "timed out", "time-out"), ErrorType.TIMEOUT),
    (("session has expired", "unauthorized", "permission", "grant"), ErrorType.AUTH),
    (("connection", "network", "unreachable"), ErrorType.NETWORK),
)
"""For failures that a release kept which knew no codes; the first that fits counts."""


def error_type_of(failure: Failure | None) -> ErrorType:
    """What a failed upload is listed under; `other` where nothing is known."""
    if failure is None:
        return ErrorType.OTHER
    if failure.type not in (FailureType.ERROR, FailureType.TITLE_BLACKLISTED):
        return ErrorType.DUPLICATE
    if failure.code:
        return {kind.value: each for kind, each in _BY_KIND.items()}.get(
            failure.code, ErrorType.OTHER
        )
    said = failure.message.lower()
    return next(
        (each for words, each in _BY_WORDS if any(word in said for word in words)),
        ErrorType.OTHER,
    )
