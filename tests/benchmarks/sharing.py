"""How users share the workers, and how they fare while the wiki is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

from curator_cli.demo.contributor import Conversation
from curator_cli.sandbox.mapillary.sequences import Photograph
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import How, Measured
from tests.benchmarks.service import EXEMPT, EXEMPT_TOO, Service, items, measured_service

_FEW = 10
_SLICE = 500
_WITHIN_SECONDS = 600


def fairness_beside(usual: int, seconds: float) -> Callable[[How], Measured]:
    """How much longer than an equal share of the workers' time would let them the uploads of a
    user with few take, beside another's `usual` ones: twice the time they take alone."""

    def measure(how: How) -> Measured:
        many = how.uploads or usual
        with measured_service(how.folder, many + 2 * how.runs * _FEW) as service:
            service.start_web()
            service.house.start_worker()
            few, rest = _in_tens(service.photographs[many:]), service.photographs[:many]
            with (
                service.contributor(EXEMPT_TOO).connected() as one,
                service.contributor(EXEMPT).connected() as other,
            ):
                _seconds_for(service, one, rest[:_FEW], how)  # what is read once is read
                alone = [_seconds_for(service, one, few.pop(), how) for _ in range(how.runs)]
                batch = other.create_batch()
                other.add(batch, items(rest[_FEW:]), _SLICE)
                service.wait_until(
                    batch, lambda now: now.completed > _FEW, _WITHIN_SECONDS, how.tell
                )
                beside = [_seconds_for(service, one, few.pop(), how) for _ in range(how.runs)]
                if not service.stats(batch).queued:
                    raise Spoilt("the other one's uploads were over before")
        excess = median(beside) - 2 * median(alone)
        how.tell(f"alone: {_told(alone)}; beside {many:,}: {_told(beside)}")
        return Measured(
            figure=f"{median(beside):.1f} s beside, {median(alone):.1f} s alone: {excess:+.1f} s",
            is_reached=excess <= seconds,
        )

    return measure


def outage_of(usual: int, uploads: int) -> Callable[[How], Measured]:
    """How many fail where the wiki answers nothing but 502 for `usual` seconds in the middle, and
    when the rest is done."""

    def measure(how: How) -> Measured:
        count, away = how.uploads or uploads, how.outage or usual
        with measured_service(how.folder, count) as service:
            service.start_web()
            service.house.start_worker()
            with service.contributor(EXEMPT).connected() as talk:
                batch = talk.create_batch()
                talk.add(batch, items(service.photographs), _SLICE)
            service.wait_until(
                batch, lambda now: now.completed >= count // 3, _WITHIN_SECONDS, how.tell
            )
            service.lever("faults", status=502, times=1_000_000_000)
            time.sleep(away)
            asked = service.house.figures()["total"]
            left = service.stats(batch)
            service.end_faults()
            back = time.monotonic()
            stats = service.wait_until(
                batch, lambda now: not now.unfinished, _WITHIN_SECONDS, how.tell
            )
            took = time.monotonic() - back
            twice = [
                file["title"] for file in service.house.on_the_wiki() if len(file["revisions"]) > 1
            ]
        if not left.unfinished:
            raise Spoilt("everything was done before the wiki came back")
        how.tell(f"{left} when it came back, {asked} requests by then; {stats} in the end")
        return Measured(
            figure=f"{stats.failed} failed, {stats.completed:,} of {count:,} done {took:.0f} s "
            f"after {away / 60:.0f} min",
            is_reached=stats.completed == count and not twice,
        )

    return measure


def _seconds_for(
    service: Service, talk: Conversation, wanted: Sequence[Photograph], how: How
) -> float:
    """From the acceptance of these to the end of the last of them."""
    batch = talk.create_batch()
    talk.add(batch, items(wanted), _SLICE)
    began = time.monotonic()
    stats = service.wait_until(batch, lambda now: not now.unfinished, _WITHIN_SECONDS, how.tell)
    if stats.completed != len(wanted):
        raise Spoilt(str(stats))
    return time.monotonic() - began


def _in_tens(photographs: Sequence[Photograph]) -> list[Sequence[Photograph]]:
    return [photographs[begin : begin + _FEW] for begin in range(0, len(photographs), _FEW)]


def _told(seconds: Sequence[float]) -> str:
    return ", ".join(f"{each:.1f}" for each in seconds) + " s"
