"""Gives uploads their slots and the right to act for their user, and tells whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, repeat

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, UserId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import NewUpload
from curator_core.domain.user import AccessToken
from curator_core.ports.progress import Progress
from curator_core.ports.reports import UploadState
from curator_core.ports.token_vault import TokenVault
from curator_core.ports.upload_queue import UploadQueue
from curator_core.use_cases.pacing import Pacing

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """Uploads that are ready to be stored; work on them begins `lead` before their slots."""

    uploads: tuple[NewUpload, ...]
    lead: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """- What failed already gets neither a slot nor a token."""

    vault: TokenVault
    pacing: Pacing
    policy: Policy

    def paced(
        self,
        user_id: UserId,
        token: AccessToken,
        uploads: Sequence[NewUpload],
        usual_lead: timedelta | None,
    ) -> Scheduled:
        """With the user's next slots. Raises `ServiceDown`."""
        count = _good(uploads)
        if not count:
            return Scheduled(uploads=tuple(uploads), lead=self.policy.lead)
        reserved = self.pacing.reserve(user_id, token, count)
        return Scheduled(
            uploads=self._scheduled(token, uploads, reserved.waits),
            lead=self.policy.lead_for(reserved.pace, usual_lead),
        )

    def unpaced(self, token: AccessToken, uploads: Sequence[NewUpload]) -> Scheduled:
        """To be published as soon as may be."""
        return Scheduled(
            uploads=self._scheduled(token, uploads, repeat(None)), lead=self.policy.lead
        )

    def _scheduled(
        self, token: AccessToken, uploads: Sequence[NewUpload], waits: Iterable[timedelta | None]
    ) -> tuple[NewUpload, ...]:
        places = iter(waits)
        # One for all: that it is the same token shows in its print anyway.
        sealed = self.vault.seal(token)
        return tuple(
            each.scheduled(sealed, token.print, next(places)) if each.failure is None else each
            for each in uploads
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """- Who watches is told, and a dispatcher is woken; both do without where that fails: the
    database is read as well, and dispatchers look by themselves.
    """

    queue: UploadQueue
    progress: Progress

    def tell(self, states: Iterable[UploadState]) -> None:
        """Uploads changed."""
        rest = iter(states)
        while some := list(_next(rest)):
            self.progress.announce(some)

    def touch(self, batch_id: BatchId) -> None:
        """A batch itself changed."""
        self.progress.touch(batch_id)

    def wake(self) -> None:
        """Something may be due."""
        with suppress(ServiceDown):
            self.queue.wake()


def _good(uploads: Sequence[NewUpload]) -> int:
    return sum(each.failure is None for each in uploads)


def _next(rest: Iterator[UploadState]) -> Iterator[UploadState]:
    return islice(rest, _AT_ONCE)
