"""What goes wrong in a run, and when: a list that is drawn before it begins."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.simulation.scenario import USERS, Scenario, draw_scenario

ANY = "*"
TIME = "second"

WIKI = ("blacklist_reason", "max_size", "look", "send", "publish", "write", "read", "refresh")
WRITES = ("send", "publish", "write")
LASTING = ("publish", "write")
CALLS = (*WIKI, "commit", "commit", "hold", "free", "renew", "fetch", "image", "reserve", "send")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """`what` happens at the `nth` call named `call` (`*`: of any name), or in that second; after
    the call's effect where `after`. `seconds`, `count` and `how` say more of it."""

    what: str
    call: str
    nth: int
    after: bool = False
    seconds: float = 0.0
    count: int = 1
    how: str = ""

    def __str__(self) -> str:
        when = f"in second {self.nth}" if self.call == TIME else f"at {self.call} no. {self.nth}"
        more = [self.how, f"{self.seconds:.0f} s" if self.seconds else ""]
        more += [f"× {self.count}" if self.count != 1 else ""]
        place = (", after it" if self.after else ", before it") if self.call != TIME else ""
        told = " ".join(each for each in more if each)
        return f"{when}{place}: {self.what}{' ' + told if told else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`schedule` is the seed of everything that takes time; it decides who comes first."""

    seed: int
    schedule: int
    scenario: Scenario
    mishaps: tuple[Mishap, ...]

    def keeping(self, places: Sequence[int], schedule: int | None = None) -> Plan:
        """With the mishaps at these places of the list only."""
        return replace(
            self,
            mishaps=tuple(self.mishaps[place] for place in places),
            schedule=self.schedule if schedule is None else schedule,
        )


def draw_plan(seed: int) -> Plan:
    """The same for the same seed."""
    chance = random.Random(f"plan {seed}")
    few = chance.random() < 0.3
    mishaps = [
        _mishap(chance) for _ in range(chance.randint(1, 4) if few else chance.randint(5, 16))
    ]
    return Plan(seed=seed, schedule=seed, scenario=draw_scenario(seed), mishaps=tuple(mishaps))


def _mishap(chance: random.Random) -> Mishap:
    draws = list(_DRAWS)
    draw = chance.choices(draws, weights=[_DRAWS[each] for each in draws])[0]
    return draw(chance)


def _place(chance: random.Random, calls: Sequence[str] = CALLS) -> tuple[str, int]:
    """Any call is as likely as another; rare ones come sooner or later by their name."""
    call = ANY if calls is CALLS and chance.random() < 0.4 else chance.choice(calls)
    most = {ANY: 500, "commit": 200, "renew": 30, "send": 30}.get(call, 12)
    return call, chance.randint(1, most)


def _second(chance: random.Random) -> int:
    return int(chance.triangular(0, 300, 20))


def _a_death(chance: random.Random) -> Mishap:
    call, nth = _place(chance)
    return Mishap(
        what="the process is killed",
        call=call,
        nth=nth,
        after=chance.random() < 0.5,
        seconds=chance.uniform(0.5, 40),
    )


def _a_pause(chance: random.Random) -> Mishap:
    call, nth = _place(chance)
    seconds = chance.choice(
        (chance.uniform(1, 30), chance.uniform(61, 75), chance.uniform(61, 200))
    )
    return Mishap(what="the process stands still", call=call, nth=nth, after=True, seconds=seconds)


def _an_overtaking(chance: random.Random) -> Mishap:
    call, nth = _place(chance, (*WRITES, "commit", "hold", "hold", "fetch", "free"))
    return Mishap(
        what="the process stands still until overtaken",
        call=call,
        nth=nth,
        after=True,
        count=chance.randint(1, 22),
    )


def _a_stop(chance: random.Random) -> Mishap:
    call, nth = _place(chance)
    return Mishap(
        what="the process is asked to end", call=call, nth=nth, seconds=chance.uniform(1, 30)
    )


def _a_jump(chance: random.Random) -> Mishap:
    call, nth = _place(chance)
    seconds = chance.choice((-86400, -3600, -30, 30, 700, 3600, 86400))
    return Mishap(what="the clock jumps", call=call, nth=nth, seconds=float(seconds))


def _a_lost_answer(chance: random.Random) -> Mishap:
    call, nth = _place(chance, (*WIKI, "publish", "publish", "write", "send", "commit"))
    how = chance.choice(("unreachable", "unreachable", "nonce_used", "busy"))
    return Mishap(
        what="the answer is lost",
        call=call,
        nth=nth,
        after=True,
        how="" if call == "commit" else how,
        count=chance.choice((1, 1, 1, 3)),
    )


def _a_refusal(chance: random.Random) -> Mishap:
    call, nth = _place(chance, (*WIKI, *WRITES))
    kinds = ["unreachable", "bad_token", "nonce_used", "busy", "read_only", "rate_limited"]
    if call in WRITES:
        kinds += ["storage", "storage"]
    if call in ("send", "publish"):
        kinds += ["stash_trouble", "stash_trouble", "stash_gone"]
    if call == "publish":
        kinds += ["publish_conflict", "no_result"]
    if call == "write":
        kinds += ["edit_conflict", "edit_conflict"]
    return Mishap(
        what="the wiki refuses",
        call=call,
        nth=nth,
        how=chance.choice(kinds),
        count=chance.choice((1, 1, 2, 4, 6)),
        seconds=chance.choice((0.0, 0.0, chance.uniform(1, 60))),
    )


def _a_broken_connection(chance: random.Random) -> Mishap:
    call = chance.choice(LASTING)
    # The wiki may work on a file for minutes; what it may do to a page takes seconds.
    longest = 250 if call == "publish" else 25
    return Mishap(
        what="the connection breaks too early",
        call=call,
        nth=chance.randint(1, 8),
        seconds=chance.choice((chance.uniform(0, 3), chance.uniform(3, longest))),
    )


def _a_storm(chance: random.Random) -> Mishap:
    how = chance.choice(("unreachable", "unreachable", "busy", "read_only", "rate_limited"))
    return Mishap(
        what="the wiki's storm",
        call=TIME,
        nth=_second(chance),
        seconds=chance.uniform(2, 150),
        how=how,
    )


def _an_outage(chance: random.Random) -> Mishap:
    return Mishap(
        what="a service is away",
        call=TIME,
        nth=_second(chance),
        seconds=chance.choice((chance.uniform(0.5, 5), chance.uniform(5, 120))),
        how=chance.choice(("database", "redis", "redis", "queue")),
    )


def _a_moment(what: str) -> Callable[[random.Random], Mishap]:
    """Something that takes no time, in any second or at any call."""

    def draw(chance: random.Random) -> Mishap:
        if chance.random() < 0.5:
            return Mishap(what=what, call=TIME, nth=_second(chance))
        call, nth = _place(chance)
        return Mishap(what=what, call=call, nth=nth)

    return draw


def _a_revocation(chance: random.Random) -> Mishap:
    call, nth = _place(chance)
    return Mishap(
        what="the token is revoked",
        call=call,
        nth=nth,
        how=chance.choice(USERS),
        seconds=chance.uniform(1, 400),
    )


def _a_source(chance: random.Random) -> Mishap:
    call = chance.choice(("image", "fetch"))
    return Mishap(
        what="the source has trouble",
        call=call,
        nth=chance.randint(1, 12),
        count=chance.choice((1, 2, 4, 8)),
    )


def _by_others(chance: random.Random) -> Mishap:
    call, nth = _place(chance, ("look", "send", "publish", "publish", "write", "commit"))
    how = chance.choice(("the same bytes", "the title", "the same file", "the description"))
    return Mishap(what="somebody else uploads", call=call, nth=nth, how=how)


def _a_wish(what: str) -> Callable[[random.Random], Mishap]:
    """Something that a contributor does, to one of the batches."""

    def draw(chance: random.Random) -> Mishap:
        if chance.random() < 0.5:
            call, nth = _place(chance)
        else:
            call, nth = TIME, chance.randint(5, 300)
        return Mishap(
            what=what, call=call, nth=nth, count=chance.randrange(8), seconds=chance.uniform(1, 90)
        )

    return draw


_DRAWS: dict[Callable[[random.Random], Mishap], int] = {
    _a_death: 20,
    _a_pause: 12,
    _an_overtaking: 24,
    _a_stop: 4,
    _a_jump: 5,
    _a_lost_answer: 16,
    _a_refusal: 16,
    _a_broken_connection: 5,
    _a_storm: 6,
    _an_outage: 6,
    _a_moment("Redis forgets everything"): 6,
    _a_moment("the queue loses its messages"): 4,
    _a_moment("the queue doubles its messages"): 6,
    _a_moment("the stash is lost"): 4,
    _a_moment("the wiki's jobs are lost"): 3,
    _a_moment("the bytes at the source change"): 3,
    _a_revocation: 4,
    _a_source: 5,
    _by_others: 6,
    _a_wish("a slice is sent again"): 3,
    _a_wish("a batch is retried"): 8,
    _a_wish("a batch is retried by an administrator"): 3,
    _a_wish("a batch is cancelled"): 4,
    _a_wish("an upload is cancelled"): 6,
    _a_wish("an upload is failed by hand"): 2,
    _a_wish("a batch is paused"): 4,
}
"""How each is drawn, and how often."""
