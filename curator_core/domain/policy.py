"""The numbers that an operator may set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from curator_core.domain.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient, how careful and how fast Curator is; sizes in bytes.

    `lease` is how long a silent worker keeps an upload; `stall` how long an attempt may make no
    progress before its lease is left to run out; `lead` how long before its slot work on an upload
    begins while nobody knows how long the user's files take, `longest_lead` how long at most,
    `files_ahead` how many of a user's files are stashed ahead of their slots at most; `caution` by
    how much a pace is kept below what the wiki allows, since requests do not take equally long;
    `wait_in_place` the longest wait for a slot that is not worth going back to the queue for
    (coming back costs two requests: shorter than `lead`, it would cost nearly every upload these);
    `publish_for` the longest that the wiki may work on a publish request whose answer was lost;
    `poll_every` the longest pause between two questions after what the wiki does in the
    background, `poll_for` how long it is asked at most; `resend` how long a wake-up message may
    take before it counts as lost; `history_days` how long what happened to an upload is kept.
    """

    lease: timedelta = timedelta(seconds=60)
    stall: timedelta = timedelta(minutes=10)
    lead: timedelta = timedelta(seconds=5)
    longest_lead: timedelta = timedelta(minutes=30)
    files_ahead: int = 4
    caution: float = 0.02
    wait_in_place: timedelta = timedelta(seconds=5)
    publish_for: timedelta = timedelta(minutes=5)
    poll_every: timedelta = timedelta(seconds=8)
    poll_for: timedelta = timedelta(minutes=20)
    resend: timedelta = timedelta(seconds=60)
    chunk_size: int = 16 * 1024 * 1024
    user_concurrency: int = 2
    max_attempts: int = 3
    dispatch_at_once: int = 100
    max_slice: int = 500
    default_pace: Pace = Pace.of(4, 60)
    limits_for: timedelta = timedelta(hours=1)
    history_days: int = 90

    def __post_init__(self) -> None:
        # The wiki refuses chunks below 1,024 bytes, and request bodies above 100 MB.
        if not 1024 <= self.chunk_size <= 99_000_000:
            raise ValueError("a chunk holds between 1,024 and 99,000,000 bytes")
        if self.user_concurrency < 1 or self.max_attempts < 1:
            raise ValueError("at least one upload for each user, and one attempt")

    def lead_for(self, pace: Pace, usual: timedelta | None) -> timedelta:
        """How long before its slot work on an upload of a user begins who keeps this `pace`, and
        whose files take `usual` to be downloaded and stashed (None: nobody knows yet).

        No longer than `files_ahead` slots take: so many are stashed ahead at most (SPEC §4).
        """
        wanted = min(self.lead if usual is None else usual, self.longest_lead)
        return min(wanted, pace.interval * self.files_ahead) if pace.interval else wanted
