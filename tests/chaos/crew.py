"""Keeps the users of a chaos run at work."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from curator_cli.sandbox.mapillary.sequences import Photograph
from tests.chaos.contributors import User
from tests.chaos.ledger import Ledger

_SLICES = (1, 4, 18, 18, 40)
_SLICES_IN_A_BATCH = (1, 6)
_BUSY_SHARE = 0.6
"""Of the time, in which a user's share is to be accepted; then what is done is topped up."""
_FEW_LEFT = 15
"""Unfinished uploads of a user, below which more are added."""
_TWINS = 2
"""So many users, the first ones, want the same photographs at the same time, a few at once."""
_TWINS_SLICES = (1, 4)
_TWINS_PART = 0.25
"""Of another's share."""
_WAIT_FOR_TWIN_SECONDS = 3.0


class Supply:
    """Hands out photographs: each once, but for what twins get, which is the same for both."""

    def __init__(self, photographs: Iterable[Photograph], twins: Iterable[str]) -> None:
        self._left = iter(photographs)
        self._shared: list[Photograph] = []
        self._taken = dict.fromkeys(twins, 0)
        self._taking = threading.Lock()

    def take(self, count: int, username: str) -> list[Photograph]:
        """`count` of them, fewer at the end."""
        with self._taking:
            if username not in self._taken:
                return list(itertools.islice(self._left, count))
            begin = self._taken[username]
            missing = max(begin + count - len(self._shared), 0)
            self._shared += itertools.islice(self._left, missing)
            taken = self._shared[begin : begin + count]
            self._taken[username] += len(taken)
            return taken

    def is_twin(self, username: str) -> bool:
        """Whether somebody else wants the same."""
        return username in self._taken

    def is_ahead(self, username: str) -> bool:
        """Whether a twin has taken more than another."""
        return self._taken[username] > min(self._taken.values())


def shares(users: Sequence[User], uploads: int) -> dict[str, int]:
    """How many each is to bring, at least `uploads` together; a twin fewer."""
    twins = twins_of(users)
    usual = math.ceil(uploads / (len(users) - len(twins) * (1 - _TWINS_PART)))
    return {
        user.name: math.ceil(usual * _TWINS_PART) if user.name in twins else usual for user in users
    }


def twins_of(users: Sequence[User]) -> list[str]:
    """The names of those who want the same."""
    return [user.name for user in users[:_TWINS]] if len(users) > _TWINS else []


@dataclass(slots=True, kw_only=True)
class Crew:
    """Each user in a thread; `over` ends the adding, once everybody's share is accepted.

    `minds`: users cancel batches, and retry what failed.
    """

    users: list[User]
    supply: Supply
    ledger: Ledger
    shares: Mapping[str, int]
    seconds: float
    minds: bool
    over: threading.Event
    _content: set[str] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Everybody begins."""
        for user in self.users:
            thread = threading.Thread(target=self._work, args=(user,), name=user.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def is_done(self) -> bool:
        """Whether everybody has got all acknowledgements."""
        return not any(thread.is_alive() for thread in self._threads)

    def join(self, seconds: float) -> None:
        """Waits for everybody, `seconds` for each."""
        for thread in self._threads:
            thread.join(seconds)

    def discontent(self) -> list[str]:
        """Whoever did not get all answers; the trace went to stderr."""
        names = [user.name for user in self.users if user.name not in self._content]
        return [f"{name} did not get all answers" for name in names]

    def accepted(self) -> int:
        """How many uploads were acknowledged."""
        return sum(len(user.wishes) for user in self.users)

    def _work(self, user: User) -> None:
        try:
            while not self._is_done(user):
                self._batch(user)
            self._content.add(user.name)
        finally:
            user.leave()

    def _is_done(self, user: User) -> bool:
        return self.over.is_set() and len(user.wishes) >= self.shares[user.name]

    def _batch(self, user: User) -> None:
        batch = user.create_batch()
        for slice_id in range(user.chance.randint(*_SLICES_IN_A_BATCH)):
            wanted = self.supply.take(user.chance.choice(self._slices(user)), user.name)
            if not wanted:
                self.over.wait()
                return
            user.add(batch, slice_id, wanted)
            self._pause(user)
            if self._is_done(user):
                return
        if self.minds:
            self._change_mind(user, batch)

    def _slices(self, user: User) -> Sequence[int]:
        return _TWINS_SLICES if self.supply.is_twin(user.name) else _SLICES

    def _pause(self, user: User) -> None:
        slices = self._slices(user)
        usual = self.seconds * _BUSY_SHARE * sum(slices) / len(slices) / self.shares[user.name]
        self.over.wait(user.chance.uniform(0, 2 * usual))
        if self.supply.is_twin(user.name):
            until = time.monotonic() + _WAIT_FOR_TWIN_SECONDS
            while self.supply.is_ahead(user.name) and time.monotonic() < until:
                user.stop.wait(0.05)
        while len(user.wishes) >= self.shares[user.name] and not self.over.is_set():
            if self.ledger.unfinished_of(user.user_id) < _FEW_LEFT:
                return
            self.over.wait(0.5)

    def _change_mind(self, user: User, batch: int) -> None:
        if user.chance.random() < 0.15:
            user.cancel(batch)
        if user.chance.random() < 0.3:
            user.retry(user.chance.choice(user.batches))
