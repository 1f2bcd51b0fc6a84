"""Everything that can go wrong outside, in our words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FaultKind(StrEnum):
    """One member for each row of the retry table that is decided differently."""

    # any request to the wiki
    UNREACHABLE = "unreachable"
    ODD_ANSWER = "odd_answer"
    BAD_TOKEN = "bad_token"
    NONCE_USED = "nonce_used"
    BUSY = "busy"
    READ_ONLY = "read_only"
    RATE_LIMITED = "rate_limited"
    NO_GRANT = "no_grant"
    NOT_LOGGED_IN = "not_logged_in"
    SESSION_ENDED = "session_ended"
    """Either of the two above, once the wiki has confirmed it when asked who we are."""
    MISCONFIGURED = "misconfigured"
    BLOCKED = "blocked"

    # stash and publishing
    STORAGE = "storage"
    STASH_TROUBLE = "stash_trouble"
    STASH_GONE = "stash_gone"
    WRONG_OFFSET = "wrong_offset"
    ALREADY_COMPLETE = "already_complete"
    PUBLISH_CONFLICT = "publish_conflict"
    NO_RESULT = "no_result"
    STILL_PUBLISHING = "still_publishing"
    NO_CHANGE = "no_change"
    NAME_TAKEN = "name_taken"

    # statements and pages
    EDIT_CONFLICT = "edit_conflict"

    # the source
    SOURCE_TROUBLE = "source_trouble"
    SOURCE_REFUSED = "source_refused"
    NOT_AN_IMAGE = "not_an_image"
    TOO_LARGE = "too_large"
    IMAGE_MISSING = "image_missing"
    ADDRESS_FORBIDDEN = "address_forbidden"

    # our own house
    HASH_LOCKED = "hash_locked"
    TURN_TAKEN = "turn_taken"
    TOO_SOON = "too_soon"
    GATE_CLOSED = "gate_closed"
    DISK_FULL = "disk_full"
    DISK_SHARED = "disk_shared"

    # what the wiki says no to, in its own words: to a title or a text, where others may pass …
    PAGE_REFUSED = "page_refused"
    # … to a request that it lets pass when it comes again …
    FILTER_WARNING = "filter_warning"
    # … and to anything else
    REFUSED = "refused"
    UNFORESEEN = "unforeseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that went wrong, as an adapter translated it.

    `code` and `info` are the vendor's own words (empty where it said none), `retry_after` what
    it asked us to wait, `offset` the bytes a chunked upload really holds (`WRONG_OFFSET` only);
    `no_effect` says that nothing can have come of the request: it reached nobody, or was turned
    away unread.
    """

    kind: FaultKind
    code: str = ""
    info: str = ""
    retry_after: timedelta | None = None
    offset: int | None = None
    no_effect: bool = False

    @property
    def detail(self) -> str:
        """The vendor's words as `code: info`."""
        return ": ".join(part for part in (self.code, self.info) if part) or self.kind.value
