"""THE table: what went wrong → what is done again, how often, after how long, and what then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from curator_core.domain.fault import FaultKind


class Step(StrEnum):
    """Where in an upload something happened; `REQUEST` rows hold for every request."""

    REQUEST = "request"
    PREPARE = "prepare"
    DOWNLOAD = "download"
    CHUNK = "chunk"
    PUBLISH = "publish"
    DESCRIBE = "describe"


class Then(StrEnum):
    """What follows when a rule's attempts are used up (or at once, where it has none)."""

    FAIL = "fail"
    REQUEUE = "requeue"
    WAIT = "wait"
    """Requeue without using up an attempt or a delay: nobody fails by it."""
    START_OVER = "start_over"
    EXPIRE = "expire"
    """The session is over: the contributor has to log in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`waits` are the seconds before the 2nd, 3rd … attempt, so `len(waits) + 1` attempts in all.

    `settle`: before each repeat, ask the wiki whether the last attempt took after all. `then` is
    carried out after the last attempt; `delays` are the seconds of the first, second … requeue,
    after which the upload fails (for `WAIT`: the one delay, used every time).
    """

    waits: tuple[float, ...] = ()
    settle: bool = False
    then: Then = Then.FAIL
    delays: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.then in (Then.REQUEUE, Then.WAIT) and not self.delays:
            raise ValueError("a requeue needs a delay")


_REFUSAL = Rule()
_PROBE_SECONDS = 60.0

TABLE: dict[tuple[Step, FaultKind], Rule] = {
    # any request: SPEC §3
    (Step.REQUEST, FaultKind.UNREACHABLE): Rule(
        waits=(1, 3), settle=True, then=Then.WAIT, delays=(_PROBE_SECONDS,)
    ),
    (Step.REQUEST, FaultKind.BAD_TOKEN): Rule(waits=(0, 1)),
    (Step.REQUEST, FaultKind.NONCE_USED): Rule(waits=(0, 1)),
    (Step.REQUEST, FaultKind.BUSY): Rule(then=Then.WAIT, delays=(30,)),
    (Step.REQUEST, FaultKind.READ_ONLY): Rule(then=Then.WAIT, delays=(_PROBE_SECONDS,)),
    (Step.REQUEST, FaultKind.RATE_LIMITED): Rule(then=Then.WAIT, delays=(60,)),
    (Step.REQUEST, FaultKind.MISCONFIGURED): Rule(then=Then.WAIT, delays=(_PROBE_SECONDS,)),
    (Step.REQUEST, FaultKind.NO_GRANT): Rule(then=Then.EXPIRE),
    (Step.REQUEST, FaultKind.NOT_LOGGED_IN): Rule(then=Then.EXPIRE),
    (Step.REQUEST, FaultKind.BLOCKED): _REFUSAL,
    (Step.REQUEST, FaultKind.REFUSED): _REFUSAL,
    (Step.REQUEST, FaultKind.UNFORESEEN): _REFUSAL,
    (Step.REQUEST, FaultKind.DISK_FULL): Rule(then=Then.WAIT, delays=(300,)),
    # the source
    (Step.DOWNLOAD, FaultKind.SOURCE_TROUBLE): Rule(
        waits=(3, 5, 10), then=Then.REQUEUE, delays=(600,)
    ),
    (Step.DOWNLOAD, FaultKind.SOURCE_REFUSED): _REFUSAL,
    (Step.DOWNLOAD, FaultKind.NOT_AN_IMAGE): _REFUSAL,
    (Step.DOWNLOAD, FaultKind.TOO_LARGE): _REFUSAL,
    (Step.DOWNLOAD, FaultKind.IMAGE_MISSING): _REFUSAL,
    (Step.DOWNLOAD, FaultKind.ADDRESS_FORBIDDEN): _REFUSAL,
    # the stash
    (Step.CHUNK, FaultKind.STORAGE): Rule(
        waits=(3, 5, 10), then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    (Step.CHUNK, FaultKind.STASH_GONE): Rule(waits=(2,), then=Then.START_OVER),
    (Step.CHUNK, FaultKind.HASH_LOCKED): Rule(then=Then.REQUEUE, delays=(60, 60, 60)),
    # publishing
    (Step.PUBLISH, FaultKind.STORAGE): Rule(
        waits=(3, 5, 10), settle=True, then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    (Step.PUBLISH, FaultKind.STASH_GONE): Rule(settle=True, then=Then.START_OVER),
    (Step.PUBLISH, FaultKind.PUBLISH_CONFLICT): Rule(waits=(3, 5, 10), settle=True),
    (Step.PUBLISH, FaultKind.HASH_LOCKED): Rule(then=Then.REQUEUE, delays=(60, 60, 60)),
    (Step.PUBLISH, FaultKind.TURN_TAKEN): Rule(
        waits=(0.2,) * 100, then=Then.WAIT, delays=(5,)
    ),
    # statements
    (Step.DESCRIBE, FaultKind.EDIT_CONFLICT): Rule(waits=(0.5, 1, 2)),
    (Step.DESCRIBE, FaultKind.STORAGE): Rule(
        waits=(3, 5, 10), then=Then.REQUEUE, delays=(300, 600, 900)
    ),
}


def rule_for(step: Step, kind: FaultKind) -> Rule:
    """The rule for `kind` at `step`: the step's own, else the one for any request, else: fail."""
    return TABLE.get((step, kind)) or TABLE.get((Step.REQUEST, kind)) or _REFUSAL
