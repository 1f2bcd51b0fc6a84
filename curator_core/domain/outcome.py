"""How an upload can end, in words for the contributor and in codes for programs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FailureType(StrEnum):
    """`type` of the contract's `StructuredError`."""

    ERROR = "error"
    TITLE_BLACKLISTED = "title_blacklisted"
    DUPLICATE = "duplicate"
    DUPLICATE_UPDATED = "duplicated_sdc_updated"
    DUPLICATE_NOT_UPDATED = "duplicated_sdc_not_updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A file on the wiki, by the name and address of its page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an upload did not become a new file.

    `message` is a sentence for the contributor, `code` the class of the error (a `FaultKind` or
    a name of our own), `raw_code` the wiki's own code, `retryable` whether a retry can help.
    """

    type: FailureType = FailureType.ERROR
    message: str
    links: tuple[FileLink, ...] = ()
    code: str = ""
    raw_code: str = ""
    hint: str = ""
    retryable: bool = False

    def __post_init__(self) -> None:
        if not self.message:
            raise ValueError("a failure says what went wrong")
