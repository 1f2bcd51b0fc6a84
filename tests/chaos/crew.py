"""Keeps the users of a chaos run at work."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Iterator
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
_TWINS = 0.01
"""Of the photographs, those that two users want."""


class Supply:
    """Hands out photographs: each once, but for a few that a second user gets as well."""

    def __init__(self, photographs: Iterable[Photograph], seed: int) -> None:
        self._left = iter(photographs)
        self._chance = random.Random(f"{seed}/twins")
        self._twins: list[tuple[str, Photograph]] = []
        self._taking = threading.Lock()

    def take(self, count: int, username: str) -> list[Photograph]:
        """At most `count` of them, fewer at the end."""
        with self._taking:
            return list(self._some(count, username))

    def _some(self, count: int, username: str) -> Iterator[Photograph]:
        for _ in range(count):
            if self._twins and self._twins[0][0] != username:
                yield self._twins.pop(0)[1]
                continue
            photograph = next(self._left, None)
            if photograph is None:
                return
            if self._chance.random() < _TWINS:
                self._twins.append((username, photograph))
            yield photograph


@dataclass(slots=True, kw_only=True)
class Crew:
    """Each user in a thread; `over` ends the adding, once everybody's share is accepted.

    `minds`: users cancel batches, and retry what failed.
    """

    users: list[User]
    supply: Supply
    ledger: Ledger
    share: int
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
        return self.over.is_set() and len(user.wishes) >= self.share

    def _batch(self, user: User) -> None:
        batch = user.create_batch()
        for slice_id in range(user.chance.randint(*_SLICES_IN_A_BATCH)):
            wanted = self.supply.take(user.chance.choice(_SLICES), user.name)
            if not wanted:
                self.over.wait()
                return
            user.add(batch, slice_id, wanted)
            self._pause(user)
            if self._is_done(user):
                return
        if self.minds:
            self._change_mind(user, batch)

    def _pause(self, user: User) -> None:
        mean_slice = sum(_SLICES) / len(_SLICES)
        usual = self.seconds * _BUSY_SHARE * mean_slice / max(self.share, 1)
        self.over.wait(user.chance.uniform(0, 2 * usual))
        while len(user.wishes) >= self.share and not self.over.is_set():
            if self.ledger.unfinished_of(user.user_id) < _FEW_LEFT:
                return
            self.over.wait(0.5)

    def _change_mind(self, user: User, batch: int) -> None:
        if user.chance.random() < 0.15:
            user.cancel(batch)
        if user.chance.random() < 0.3:
            user.retry(user.chance.choice(user.batches))
