"""One run from its first login to the evidence."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import requests
from websockets.exceptions import WebSocketException

from curator_cli.sandbox.mapillary.sequences import Photograph
from tests.chaos.contributors import User, logged_in
from tests.chaos.crew import Crew, Supply, shares, twins_of
from tests.chaos.house import House
from tests.chaos.ledger import Ledger
from tests.chaos.monkey import Monkey
from tests.chaos.plan import Event, Stage, planned
from tests.chaos.sandbox import account_names
from tests.chaos.verdict import Evidence, OnWiki

_TELL_EVERY_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.5

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How long, how much and by which seed; `settle`: seconds within which all has to end."""

    seconds: float
    uploads: int
    seed: int
    settle: float
    minds: bool = False
    calm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The evidence, and what was amiss beside it; `settled` after so many seconds without
    faults, None where it did not."""

    evidence: Evidence
    amiss: list[str]
    struck: Counter[str]
    faults: Counter[str]
    starts: Counter[str]
    repeated: Counter[str]
    secrets: dict[str, str] = field(repr=False)
    chaos_seconds: float
    settled: float | None
    asked: Asked


def run(house: House, asked: Asked, photographs: Sequence[Photograph], tell: Tell) -> Outcome:
    """Everything is to stand already."""
    stop, over = threading.Event(), threading.Event()
    users = logged_in(account_names(house.size.users), house.web_urls, asked.seed, stop)
    ledger = Ledger(house.database_url, house.environment["TOKEN_ENCRYPTION_KEY"])
    crew = Crew(
        users=users,
        supply=Supply(photographs, twins_of(users)),
        ledger=ledger,
        shares=shares(users, asked.uploads),
        seconds=asked.seconds,
        minds=asked.minds,
        over=over,
    )
    monkey = Monkey(house=house, seed=asked.seed, tell=tell)
    try:
        ledger.start()
        began = time.monotonic()
        crew.start()
        _tell_now_and_then(tell, crew, ledger, stop)
        monkey.run(_plan(house, asked), asked.seconds, stop)
        over.set()
        chaos_seconds = time.monotonic() - began
        tell("The faults are over.")
        settled = _settle(crew, ledger, asked.settle)
    finally:
        stop.set()
        over.set()
        crew.join(10)
        ledger.stop()
    rows = ledger.rows()
    unfinished = {row.batch_id for row in rows if not row.is_final}
    seen, unseen = _seen(users, {row.batch_id for row in rows} - unfinished)
    evidence = Evidence(
        wishes=[wish for user in users for wish in user.wishes],
        rows=rows,
        files=_files(house),
        cancelled=frozenset(batch for user in users for batch in user.cancelled),
        miscounted=ledger.miscounted(),
        seen=seen,
    )
    return Outcome(
        evidence=evidence,
        amiss=monkey.amiss + crew.discontent() + unseen + house.fallen,
        struck=monkey.struck,
        faults=monkey.faults,
        starts=house.starts,
        repeated=sum((user.repeated for user in users), Counter()),
        secrets=house.secrets() | ledger.secrets | {user.name: user.cookie for user in users},
        chaos_seconds=chaos_seconds,
        settled=settled,
        asked=asked,
    )


def _plan(house: House, asked: Asked) -> tuple[Event, ...]:
    stage = Stage(
        workers=house.size.workers,
        webs=house.size.webs,
        lease=house.size.lease,
        database_restarts=house.mariadb is not None,
    )
    return () if asked.calm else planned(asked.seed, asked.seconds, stage)


def _settle(crew: Crew, ledger: Ledger, at_most: float) -> float | None:
    """How long it took until everybody had their acknowledgements and all was done."""
    began = time.monotonic()
    while time.monotonic() - began < at_most:
        if crew.is_done() and ledger.look() and ledger.unfinished == 0:
            return time.monotonic() - began
        time.sleep(_LOOK_EVERY_SECONDS)
    return None


def _tell_now_and_then(tell: Tell, crew: Crew, ledger: Ledger, stop: threading.Event) -> None:
    began = time.monotonic()

    def talk() -> None:
        while not stop.wait(_TELL_EVERY_SECONDS):
            states = ", ".join(f"{count} {name}" for name, count in sorted(ledger.states.items()))
            seconds = time.monotonic() - began
            tell(f"{seconds:6.1f} s  {crew.accepted()} acknowledged: {states}")

    threading.Thread(target=talk, name="teller", daemon=True).start()


def _files(house: House) -> list[OnWiki]:
    answer = requests.get(f"{house.sandbox_url}/sandbox/files", timeout=120)
    answer.raise_for_status()
    return [OnWiki.told(file) for file in answer.json()]


def _seen(users: Sequence[User], finished: set[int]) -> tuple[dict[int, dict[str, str]], list[str]]:
    """What users are shown of their finished batches, and what nobody showed them."""
    seen, unseen = {}, []
    for user in users:
        for batch in finished & set(user.batches):
            try:
                seen[batch] = user.seen_at_the_end(batch)
            except (OSError, WebSocketException) as error:
                unseen.append(f"batch {batch} of {user.name} was not shown as complete: {error!r}")
    return seen, unseen
