"""How a user's pace is used, and how it gives way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.ids import BatchId
from curator_core.ports.reports import BatchStats
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import How, Measured
from tests.benchmarks.service import LIMITED, Service, items, measured_service

_SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """`hits` uploads in `seconds`, on a wiki whose other limits are no tighter."""

    hits: int
    seconds: int

    @property
    def per_second(self) -> float:
        """Uploads."""
        return self.hits / self.seconds

    def tell(self, service: Service, *, keep: bool = False) -> None:
        """Lets the wiki hold the limited user to it; `keep`: what was used so far counts."""
        service.lever("limits", account=LIMITED, limits=self._limits(), keep=keep)

    def _limits(self) -> dict[str, dict[str, list[int]]]:
        return {
            "upload": {"user": [self.hits, self.seconds]},
            # Commons' own, as much faster.
            "edit": {"user": [900, 60]},
            "purge": {"user": [300, 60]},
            "linkpurge": {"user": [300, 60]},
        }


COMMONS_TEN_TIMES_FASTER = Allowed(hits=380, seconds=432)
"""SPEC §14: 380 in 72 minutes, run ten times faster."""


def pace_for(usual: int, allowed: Allowed, bar: float) -> Callable[[How], Measured]:
    """The share of the allowed pace in use over so many uploads, from the acceptance of the first
    to the publishing of the last."""

    def measure(how: How) -> Measured:
        count = how.uploads or usual
        with measured_service(how.folder, count) as service:
            allowed.tell(service)
            service.start_web()
            service.house.start_worker()
            began = time.time()
            batch = _accepted(service)
            within = count / allowed.per_second * 1.5 + 120
            stats = service.wait_until(batch, lambda now: not now.unfinished, within, how.tell)
            published = _published(service)
            refused = _refused(service)
            met = _told_to_the_contributor(service, batch)
        took = max(published) - began
        share = count / took / allowed.per_second
        how.tell(f"{count:,} uploads in {took:.1f} s: {share:.2%}; {stats}; refused: {refused}")
        return Measured(
            figure=f"{share:.1%} over {count:,} uploads, `ratelimited` {refused} times",
            is_reached=share >= bar and not met and stats.completed == count,
        )

    return measure


def cut_for(usual: int, allowed: Allowed) -> Callable[[How], Measured]:
    """How long it takes until nothing is refused any more after the limit was cut to a third in
    the middle, while what was used before counts."""

    def measure(how: How) -> Measured:
        count = how.uploads or usual
        cut = Allowed(hits=allowed.hits // 3, seconds=allowed.seconds)
        with measured_service(how.folder, count) as service:
            allowed.tell(service)
            service.start_web()
            service.house.start_worker()
            batch = _accepted(service)
            half = count / 2 / allowed.per_second * 1.5 + 120
            service.wait_until(batch, lambda now: now.completed >= count // 2, half, how.tell)
            cut.tell(service, keep=True)
            cut_at = time.time()
            within = count / cut.per_second * 1.5 + 900
            last_refusal, known = cut_at, _refused(service)

            def is_done(now: BatchStats) -> bool:
                nonlocal known, last_refusal
                if (refused := _refused(service)) > known:
                    known, last_refusal = refused, time.time()
                return not now.unfinished

            stats = service.wait_until(batch, is_done, within, how.tell)
            later = [at for at in _published(service) if at > last_refusal]
            met = _told_to_the_contributor(service, batch)
        if not later:
            raise Spoilt("nothing was published after the last refusal")
        settled = min(later) - cut_at
        after = (len(later) - 1) / (max(later) - min(later)) / cut.per_second
        how.tell(f"{stats}; {known} refused, the last {last_refusal - cut_at:.0f} s after the cut")
        return Measured(
            figure=f"{stats.completed:,} of {count:,} done; settled after {settled:.0f} s "
            f"({known} refused), then {after:.0%} of the pace",
            is_reached=stats.completed == count and not met,
        )

    return measure


def _accepted(service: Service) -> int:
    with service.contributor(LIMITED).connected() as talk:
        batch = talk.create_batch()
        answers = talk.add(batch, items(service.photographs), _SLICE)
    if any(each["status"] != "queued" for each in answers):
        raise Spoilt("not everything was accepted")
    return batch


def _published(service: Service) -> list[float]:
    """When each file of the wiki was published, as Unix times."""
    return [
        datetime.fromisoformat(file["uploaded"]).timestamp() for file in service.house.on_the_wiki()
    ]


def _refused(service: Service) -> int:
    """How many of our requests the wiki refused for a limit."""
    errors = service.house.figures()["errors"]
    return int(errors.get("ratelimited", 0)) + int(errors.get("failed-save", 0))


def _told_to_the_contributor(service: Service, batch: int) -> int:
    """How many uploads show a limit as their error."""
    states = service.house.ports.reports.states(BatchId(batch))
    return sum("ratelimited" in str(state.failure) for state in states)
