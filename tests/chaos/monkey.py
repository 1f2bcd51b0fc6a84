"""Carries a plan of blows out, and puts everything right at the end."""

from __future__ import annotations

import heapq
import itertools
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import redis
import requests

from curator_cli.demo.processes import Child
from tests.chaos.house import House
from tests.chaos.plan import BACKGROUND_RATE, Blow, Event, Storm
from tests.chaos.servers import MariaDb, Valkey

_CONTROL_SECONDS = 30
_AGAIN_SECONDS = 0.5
LEAVES_WITHIN = 25.0
"""Seconds after SIGTERM: 20 (SPEC §5), and some for a machine that has other work."""

Step = Callable[[], object]


@dataclass(slots=True, kw_only=True)
class Monkey:
    """Strikes the house; `struck` counts what took place, `amiss` what should not have."""

    house: House
    seed: int
    tell: Callable[[str], None]
    struck: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    amiss: list[str] = field(default_factory=list)
    _steps: list[tuple[float, int, Step]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _began: float = 0.0

    def run(self, plan: tuple[Event, ...], seconds: float, stop: threading.Event) -> None:
        """Until `seconds` have passed or `stop` is set; then all is well again."""
        self._began = time.monotonic()
        self._weather(None)
        for event in plan:
            self._at(event.at, self._strike_of(event))
        try:
            while self._steps and not stop.is_set():
                at, _, step = self._steps[0]
                if at > seconds:
                    break
                if not stop.wait(max(at - self._now(), 0)):
                    heapq.heappop(self._steps)
                    step()
            stop.wait(max(seconds - self._now(), 0))
        finally:
            self._put_right()

    def _strike_of(self, event: Event) -> Step:
        def strike() -> None:
            if not self._carry_out(event):
                # Nobody is there to be struck, or stands still: soon there will be.
                self._in(_AGAIN_SECONDS, strike)
                return
            self.struck[event.blow.value] += 1
            self.tell(f"{self._now():6.1f} s  {event}")

        return strike

    def _carry_out(self, event: Event) -> bool:
        worker, web = f"worker-{event.target + 1}", f"web-{event.target + 1}"
        match event.blow:
            case Blow.KILL_WORKER:
                return self.house.strike(worker, signal.SIGKILL, event.seconds)
            case Blow.KILL_WEB:
                return self.house.strike(web, signal.SIGKILL, event.seconds)
            case Blow.END_WORKER:
                return self._end(worker, event.seconds)
            case Blow.PAUSE_WORKER:
                return self._pause(self.house.posts[worker].child, event.seconds)
            case Blow.PAUSE_WEB:
                return self._pause(self.house.posts[web].child, event.seconds)
            case Blow.RESTART_REDIS:
                return self._restart(self.house.valkey, event.seconds)
            case Blow.RESTART_DATABASE:
                return self._restart(self.house.mariadb, event.seconds)
            case _:
                return self._trouble(event)

    def _trouble(self, event: Event) -> bool:
        match event.blow:
            case Blow.FLUSH:
                return self._flush()
            case Blow.STALL_WIKI:
                return self._pause(self.house.sandbox, event.seconds)
            case Blow.LOSE_STASHES:
                return self._control("stash/lose-sessions") and self._control("stash/expire")
            case Blow.EXPIRE_TOKENS:
                return self._control("tokens/expire")
            case _:
                self._in(event.seconds, lambda: self._weather(None))
                return self._weather(event.storm)

    def _end(self, name: str, away: float) -> bool:
        child = self.house.posts[name].child
        if child is None or _stands_still(child.pid):
            return False

        def look() -> None:
            if child.is_alive() and not _stands_still(child.pid):
                self.amiss.append(
                    f"{name} was still there {LEAVES_WITHIN:.0f} s after SIGTERM:\n"
                    f"{child.last_words()}"
                )
                child.kill()

        if not self.house.strike(name, signal.SIGTERM, away):
            return False
        self._in(LEAVES_WITHIN, look)
        return True

    def _pause(self, child: Child | None, seconds: float) -> bool:
        if not self.house.pause(child):
            return False
        self._in(seconds, lambda: self.house.go_on(child))
        return True

    def _flush(self) -> bool:
        try:
            self.house.valkey.flush()
        except redis.RedisError:
            return False
        return True

    def _restart(self, server: Valkey | MariaDb | None, away: float) -> bool:
        if server is None or server.child is None or not server.child.is_alive():
            return False
        server.child.kill()
        self._in(away, server.start)
        return True

    def _weather(self, storm: Storm | None) -> bool:
        """A storm's faults, or the usual ones; later, where the wiki stands still now."""
        if _wiki_stands_still(self.house):
            self._in(0.5, lambda: self._weather(storm))
            return True
        self._count_faults()
        seed = self.seed * 1000 + next(self._numbers)
        asked: dict[str, object] = {"seed": seed, "rate": BACKGROUND_RATE}
        if storm is not None:
            asked |= {"rate": storm.rate, "kinds": storm.kinds}
        return self._control("faults", asked)

    def _count_faults(self) -> None:
        # The next ones begin to count anew.
        try:
            answer = requests.get(self._address("faults"), timeout=_CONTROL_SECONDS)
            self.faults += Counter(answer.json())
        except requests.RequestException as error:
            self.amiss.append(f"the sandbox did not answer: {error}")

    def _control(self, what: str, asked: dict[str, object] | None = None) -> bool:
        if _wiki_stands_still(self.house):
            return False
        answer = requests.post(self._address(what), json=asked or {}, timeout=_CONTROL_SECONDS)
        answer.raise_for_status()
        return True

    def _put_right(self) -> None:
        house = self.house
        house.go_on(house.sandbox)
        for post in house.posts.values():
            house.go_on(post.child)
        for server in (house.valkey, house.mariadb):
            if server is not None and (server.child is None or not server.child.is_alive()):
                server.start()
        self._count_faults()
        requests.delete(self._address("faults"), timeout=_CONTROL_SECONDS).raise_for_status()

    def _address(self, what: str) -> str:
        return f"{self.house.sandbox_url}/sandbox/{what}"

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _in(self, seconds: float, step: Step) -> None:
        self._at(self._now() + seconds, step)

    def _at(self, seconds: float, step: Step) -> None:
        heapq.heappush(self._steps, (seconds, next(self._numbers), step))


def _wiki_stands_still(house: House) -> bool:
    return house.sandbox is not None and _stands_still(house.sandbox.pid)


def _stands_still(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    except OSError:
        return False
