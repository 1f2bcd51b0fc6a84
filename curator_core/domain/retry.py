"""THE table: what went wrong → what is done again, how often, after how long, and what then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from curator_core.domain.fault import FaultKind


class Step(StrEnum):
    """Where in an upload something happened; `REQUEST` rows hold for every request."""

    REQUEST = "request"
    IDENTIFY = "identify"
    """Asking the wiki who holds a token."""
    BROWSE = "browse"
    DOWNLOAD = "download"
    FILE = "file"
    """Stash and publish as a whole."""
    CHUNK = "chunk"
    PUBLISH = "publish"
    POLL = "poll"
    """Asking what became of a publish request that the wiki carries out in the background."""
    DESCRIBE = "describe"


class Then(StrEnum):
    """What follows when a rule's attempts are used up (or at once, where it has none)."""

    FAIL = "fail"
    REQUEUE = "requeue"
    WAIT = "wait"
    """Requeue without using up an attempt or a delay: nobody fails by it."""
    START_OVER = "start_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`waits` are the seconds before the 2nd, 3rd … attempt, so `len(waits) + 1` attempts in all.

    `obey`: a `Retry-After` is waited for in place instead, up to so many seconds in all.
    `settle`: before each repeat, and before giving up, ask the wiki whether the last attempt took
    after all. `then` is carried out after the last attempt; `delays` are the seconds of the
    first, second … requeue, after which the upload fails (for `WAIT`: the one delay, used every
    time, where the fault names none). `young`: they are given only to an upload that was accepted
    no more than so many seconds ago (0: to any).
    """

    waits: tuple[float, ...] = ()
    obey: float = 0
    settle: bool = False
    then: Then = Then.FAIL
    delays: tuple[float, ...] = ()
    young: float = 0

    def __post_init__(self) -> None:
        if self.then in (Then.REQUEUE, Then.WAIT) and not self.delays:
            raise ValueError("a requeue needs a delay")


_PROBE_SECONDS = 60.0
_MINUTES_AFTER_LOGIN = 300.0

LOGINS_ARE_YOUNG_FOR = timedelta(seconds=_MINUTES_AFTER_LOGIN)
"""So long the wiki's replicas may not know a login yet (SPEC §3: "within minutes")."""

TABLE: dict[tuple[Step, FaultKind], Rule] = {
    # any request: SPEC §3
    (Step.REQUEST, FaultKind.UNREACHABLE): Rule(
        waits=(1, 3), settle=True, then=Then.WAIT, delays=(_PROBE_SECONDS,)
    ),
    # It may hide a write that took. A wiki that goes on answering so is one that we do not
    # understand: waiting for ever would tell nobody.
    (Step.REQUEST, FaultKind.ODD_ANSWER): Rule(
        waits=(1, 3), settle=True, then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    (Step.REQUEST, FaultKind.BAD_TOKEN): Rule(waits=(0, 0)),
    (Step.REQUEST, FaultKind.NONCE_USED): Rule(waits=(0, 0)),
    (Step.REQUEST, FaultKind.BUSY): Rule(obey=30, then=Then.WAIT, delays=(30,)),
    # The specification leaves it to whoever asks: a question may as well be asked as often as a
    # chunk is sent.
    (Step.REQUEST, FaultKind.STORAGE): Rule(waits=(3, 5, 10)),
    (Step.REQUEST, FaultKind.READ_ONLY): Rule(then=Then.WAIT, delays=(_PROBE_SECONDS,)),
    (Step.REQUEST, FaultKind.RATE_LIMITED): Rule(then=Then.WAIT, delays=(_PROBE_SECONDS,)),
    (Step.REQUEST, FaultKind.MISCONFIGURED): Rule(then=Then.WAIT, delays=(_PROBE_SECONDS,)),
    # A login that the wiki's replicas do not know yet looks like one that was taken back. Nothing
    # is accepted without a login, so that a young upload is the sign of one that may be young.
    (Step.REQUEST, FaultKind.NO_GRANT): Rule(
        then=Then.REQUEUE, delays=(60, 60, 60), young=_MINUTES_AFTER_LOGIN
    ),
    # The wiki knows who we are, and refused us all the same.
    (Step.IDENTIFY, FaultKind.NO_GRANT): Rule(then=Then.REQUEUE, delays=(60, 60, 60)),
    (Step.IDENTIFY, FaultKind.NOT_LOGGED_IN): Rule(then=Then.REQUEUE, delays=(60, 60, 60)),
    (Step.REQUEST, FaultKind.GATE_CLOSED): Rule(then=Then.WAIT, delays=(_PROBE_SECONDS,)),
    (Step.REQUEST, FaultKind.DISK_FULL): Rule(then=Then.WAIT, delays=(300,)),
    # Other pictures are on their way through this worker's share of the disk.
    (Step.REQUEST, FaultKind.DISK_SHARED): Rule(waits=(1,) * 30, then=Then.WAIT, delays=(30,)),
    # a collection for a person who waits for it
    (Step.BROWSE, FaultKind.SOURCE_TROUBLE): Rule(waits=(1,)),
    # the source
    (Step.DOWNLOAD, FaultKind.SOURCE_TROUBLE): Rule(
        waits=(3, 5, 10), then=Then.REQUEUE, delays=(600,)
    ),
    # the stash
    (Step.CHUNK, FaultKind.STORAGE): Rule(waits=(3, 5, 10)),
    (Step.CHUNK, FaultKind.STASH_TROUBLE): Rule(
        waits=(3, 5, 10), then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    (Step.CHUNK, FaultKind.WRONG_OFFSET): Rule(waits=(0, 0, 0)),
    (Step.CHUNK, FaultKind.STASH_GONE): Rule(settle=True, then=Then.START_OVER),
    (Step.CHUNK, FaultKind.ALREADY_COMPLETE): Rule(settle=True),
    # publishing
    # Where a connection breaks the wiki goes on, and what it is doing no look shows yet: two
    # requests that meet are carried out both (captures `race-same-filekey-same-name`). So nothing
    # is sent again before the wiki must have ended (`Policy.publish_for`).
    (Step.PUBLISH, FaultKind.UNREACHABLE): Rule(settle=True, then=Then.WAIT, delays=(300,)),
    (Step.PUBLISH, FaultKind.STORAGE): Rule(waits=(3, 5, 10), settle=True),
    (Step.PUBLISH, FaultKind.STASH_TROUBLE): Rule(
        waits=(3, 5, 10), settle=True, then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    (Step.PUBLISH, FaultKind.STASH_GONE): Rule(settle=True, then=Then.START_OVER),
    # Either may hide a first request that took.
    (Step.PUBLISH, FaultKind.NONCE_USED): Rule(waits=(0, 0), settle=True),
    (Step.PUBLISH, FaultKind.BUSY): Rule(obey=30, settle=True, then=Then.WAIT, delays=(30,)),
    (Step.PUBLISH, FaultKind.PUBLISH_CONFLICT): Rule(waits=(3, 5, 10), settle=True),
    (Step.PUBLISH, FaultKind.NO_RESULT): Rule(waits=(3, 5, 10), settle=True),
    (Step.PUBLISH, FaultKind.NO_CHANGE): Rule(settle=True),
    (Step.PUBLISH, FaultKind.NAME_TAKEN): Rule(settle=True),
    (Step.PUBLISH, FaultKind.TURN_TAKEN): Rule(waits=(0.2,) * 150, then=Then.WAIT, delays=(5,)),
    # A publish request that repeats one takes a turn of its own.
    (Step.PUBLISH, FaultKind.TOO_SOON): Rule(obey=5, then=Then.WAIT, delays=(5,)),
    (Step.PUBLISH, FaultKind.HASH_LOCKED): Rule(then=Then.REQUEUE, delays=(60, 60, 60)),
    (Step.FILE, FaultKind.HASH_LOCKED): Rule(then=Then.REQUEUE, delays=(60, 60, 60)),
    (Step.FILE, FaultKind.STASH_GONE): Rule(waits=(2,)),
    (Step.FILE, FaultKind.NO_RESULT): Rule(then=Then.REQUEUE, delays=(300, 600, 900)),
    # A publish request whose answer was lost, and which the wiki is still carrying out.
    (Step.REQUEST, FaultKind.STILL_PUBLISHING): Rule(
        waits=(5, 10, 15, 30, 60, 60), settle=True, then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    # what a poll tells of the publish request is decided by that one's own rows
    **{
        (Step.POLL, kind): Rule(then=Then.START_OVER)
        for kind in (
            FaultKind.NO_RESULT,
            FaultKind.PUBLISH_CONFLICT,
            FaultKind.STORAGE,
            FaultKind.STASH_TROUBLE,
            FaultKind.STASH_GONE,
            FaultKind.NO_CHANGE,
            FaultKind.NAME_TAKEN,
        )
    },
    # statements: writing them twice would double them, so that whatever may hide a first write
    # that took is settled, and a first one that is still on its way is waited for
    (Step.DESCRIBE, FaultKind.UNREACHABLE): Rule(
        waits=(30, 60), settle=True, then=Then.WAIT, delays=(_PROBE_SECONDS,)
    ),
    (Step.DESCRIBE, FaultKind.EDIT_CONFLICT): Rule(
        waits=(0.5, 1, 2), settle=True, then=Then.REQUEUE, delays=(300, 600, 900)
    ),
    (Step.DESCRIBE, FaultKind.BUSY): Rule(obey=30, settle=True, then=Then.WAIT, delays=(30,)),
    (Step.DESCRIBE, FaultKind.NONCE_USED): Rule(waits=(0, 0), settle=True),
    (Step.DESCRIBE, FaultKind.STORAGE): Rule(
        waits=(3, 5, 10), settle=True, then=Then.REQUEUE, delays=(300, 600, 900)
    ),
}
"""Whatever stands in no row fails at once, with its error."""


def rule_for(step: Step, kind: FaultKind) -> Rule:
    """The rule for `kind` at `step`: the step's own, else the one for any request, else: fail."""
    return TABLE.get((step, kind)) or TABLE.get((Step.REQUEST, kind)) or Rule()
