"""What strikes when: drawn from a seed before the run begins."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Blow(StrEnum):
    """Everything that can strike."""

    KILL_WORKER = "kill -9 of a worker"
    KILL_WEB = "kill -9 of a web"
    PAUSE_WORKER = "SIGSTOP of a worker"
    PAUSE_WEB = "SIGSTOP of a web"
    END_WORKER = "SIGTERM of a worker"
    FLUSH = "FLUSHALL"
    RESTART_REDIS = "Redis killed, back empty"
    RESTART_DATABASE = "database killed, back"
    STALL_WIKI = "wiki stands still"
    LOSE_STASHES = "wiki loses its stash"
    EXPIRE_TOKENS = "wiki's edit tokens expire"
    STORM = "storm of faults"


_DECK: Mapping[Blow, int] = {
    Blow.KILL_WORKER: 5,
    Blow.PAUSE_WORKER: 4,
    Blow.KILL_WEB: 2,
    Blow.PAUSE_WEB: 1,
    Blow.END_WORKER: 1,
    Blow.FLUSH: 1,
    Blow.RESTART_REDIS: 1,
    Blow.RESTART_DATABASE: 1,
    Blow.STALL_WIKI: 1,
    Blow.LOSE_STASHES: 1,
    Blow.EXPIRE_TOKENS: 1,
    Blow.STORM: 4,
}

_MEAN_SECONDS = 4.0
"""Between two blows."""

BACKGROUND_RATE = 0.02
"""Of the wiki's calls, struck by any fault that the sandbox knows, all the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Faults of some kinds only, at a rate far above the usual; named for people."""

    name: str
    kinds: tuple[str, ...]
    rate: float


# None of these may fail an upload (SPEC §3), except that edit tokens and nonces get three
# attempts: rare enough at their rate.
STORMS = (
    Storm(name="down", kinds=("5xx", "5xx-after", "cut"), rate=0.9),
    Storm(name="lost answers", kinds=("5xx-after", "cut"), rate=0.6),
    Storm(name="busy", kinds=("busy", "maxlag"), rate=0.8),
    Storm(name="limits", kinds=("ratelimited",), rate=0.6),
    Storm(name="read-only", kinds=("readonly",), rate=0.5),
    Storm(name="signatures", kinds=("nonce", "badtoken"), rate=0.1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One blow, `at` so many seconds into the run, to the `target`th of its kind.

    `seconds`: how long it lasts, or how long what was killed stays away.
    """

    at: float
    blow: Blow
    target: int = 0
    seconds: float = 0.0
    storm: Storm | None = None

    def __str__(self) -> str:
        about = f" ({self.storm.name})" if self.storm else ""
        number = f" {self.target + 1}" if self.blow.value.endswith(("worker", "web")) else ""
        return f"{self.blow.value}{number}{about}, {self.seconds:.1f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What there is to strike; `lease` in seconds."""

    workers: int
    webs: int
    lease: float
    database_restarts: bool


def planned(seed: int, seconds: float, stage: Stage) -> tuple[Event, ...]:
    """The blows of a run, in their order; the same seed and stage give the same ones."""
    chance = random.Random(seed)
    blows, storms = _dealt(chance, _deck(stage)), _dealt(chance, STORMS)
    events: list[Event] = []
    at = _pause(chance)
    while at < seconds:
        blow = next(blows)
        storm = next(storms) if blow is Blow.STORM else None
        events.append(_event(chance, at, blow, storm, stage))
        at += _pause(chance)
    return tuple(events)


def _pause(chance: random.Random) -> float:
    return min(chance.expovariate(1 / _MEAN_SECONDS), 4 * _MEAN_SECONDS)


def _deck(stage: Stage) -> list[Blow]:
    left_out = () if stage.database_restarts else (Blow.RESTART_DATABASE,)
    return [blow for blow, cards in _DECK.items() if blow not in left_out for _ in range(cards)]


def _dealt(chance: random.Random, deck: Sequence[T]) -> Iterator[T]:
    """Its cards in any order, then all again in another: so that each has its turn."""
    while True:
        yield from chance.sample(deck, k=len(deck))


def _event(
    chance: random.Random, at: float, blow: Blow, storm: Storm | None, stage: Stage
) -> Event:
    places = stage.webs if blow in (Blow.KILL_WEB, Blow.PAUSE_WEB) else stage.workers
    least, most = _seconds_of(blow, stage)
    return Event(
        at=at,
        blow=blow,
        target=chance.randrange(places),
        seconds=chance.uniform(least, most),
        storm=storm,
    )


def _seconds_of(blow: Blow, stage: Stage) -> tuple[float, float]:
    match blow:
        case Blow.KILL_WORKER | Blow.KILL_WEB | Blow.END_WORKER:
            return (0.1, 3.0)
        case Blow.PAUSE_WORKER:
            return (1.05 * stage.lease, 3 * stage.lease)
        case Blow.RESTART_REDIS | Blow.RESTART_DATABASE:
            return (0.1, 4.0)
        case Blow.STALL_WIKI | Blow.PAUSE_WEB:
            return (1.0, 1.5 * stage.lease)
        case Blow.STORM:
            return (4.0, 12.0)
        case _:
            return (0.0, 0.0)
