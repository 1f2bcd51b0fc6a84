"""Ends, or brings back, many uploads at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from curator_core.domain.ids import (
    BatchId,
    EditGroupId,
    SealedToken,
    TokenPrint,
    UploadId,
    UserId,
)
from curator_core.domain.upload import Stop, Upload
from curator_core.ports.reports import UploadState


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGroup:
    """Queued uploads of one user, edit group and token. `sealed_token` is one of theirs, `newest`
    when the last of them was accepted, `last_wait` the time from now until the last of their
    slots, zero where that is past and None where none is paced."""

    user_id: UserId
    edit_group_id: EditGroupId | None
    token_print: TokenPrint | None
    sealed_token: SealedToken | None
    count: int
    newest: datetime
    last_wait: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Unfinished uploads: all that fit everything that is given. At least one thing is."""

    user_id: UserId | None = None
    batch_id: BatchId | None = None
    upload_ids: frozenset[UploadId] | None = None
    token_print: TokenPrint | None = None
    group: WaitingGroup | None = None
    but: UploadId | None = None

    def __post_init__(self) -> None:
        if (self.user_id, self.batch_id, self.upload_ids, self.group) == (None,) * 4:
            raise ValueError("a selection says which uploads are meant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """`ended` were ended at once, as they are now; `asked` were asked to stop."""

    ended: tuple[UploadState, ...] = ()
    asked: tuple[UploadId, ...] = ()

    @property
    def count(self) -> int:
        return len(self.ended) + len(self.asked)


class Endings(Protocol):
    """Many uploads at once, in a bounded number of statements."""

    def stop(self, which: Selection, stop: Stop) -> Stopped:
        """Ends those that nobody works on and that the wiki cannot hold (`Upload.stops_at_once`),
        and asks the others to stop, as `Upload.ask_to_stop` does; who was asked before is not
        asked again. Queued ones that were asked are due at once. Finished ones do not change."""
        ...

    def retryable(self, which: Selection, after: UploadId, limit: int) -> Sequence[Upload]:
        """Up to `limit` of those that failed, or were cancelled, with ids above `after`, by id.

        Left out are those that were retried and whose copy is unfinished or came to a good end.
        """
        ...

    def batches_of(self, uploads: Collection[UploadId]) -> frozenset[BatchId]:
        """The batches that these are in."""
        ...

    def waiting_groups(self) -> tuple[WaitingGroup, ...]:
        """All queued uploads, by user, edit group and token."""
        ...
