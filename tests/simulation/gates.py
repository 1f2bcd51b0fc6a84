"""The ports of one process: every call to the outside passes `World.call`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from curator_core.application import Ports
from curator_core.domain.ids import BatchId, EditGroupId, LeaseToken, UploadId, UserId
from curator_core.domain.pace import Pace
from curator_core.domain.user import AccessToken
from curator_core.ports.downloads import LocalFile, unheard
from curator_core.ports.locks import Hold
from curator_core.ports.login import Login
from curator_core.ports.meter import Unmetered
from curator_core.ports.recovery_mark import RecoveryMark
from curator_core.ports.reports import UploadState
from curator_core.ports.sources import Source
from curator_core.ports.wiki import Wiki
from curator_core.ports.work import Work
from tests.fakes.progress import FakeChanges
from tests.simulation.schedule import Death, Process, ProcessClock

if TYPE_CHECKING:
    from tests.simulation.world import World


def ports_of(world: World, process: Process) -> Ports:
    """All ports as `process` has them."""
    gate = Gate(world, process)
    return Ports(
        begin=gate.begin,
        reports=world.database.reports,
        locks=gate,
        slots=Slots(gate),
        queue=Queue(gate),
        progress=Progress(gate),
        meter=Unmetered(),
        vault=world.vault,
        wikis=Wikis(gate),
        login=cast(Login, _Role(gate, world.login)),
        recovery_mark=cast(RecoveryMark, _Mark(gate)),
        sources=Sources(gate),
        downloads=gate,
        clock=ProcessClock(world.schedule, process),
        chance=Chance(gate),
        heartbeat=Heartbeat(gate),
    )


class Gate:
    """`Begin`, `Locks` and `Downloads`, whose blocks are left without an effect by the dead."""

    def __init__(self, world: World, process: Process) -> None:
        self.world = world
        self.process = process

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        return self.world.call(self.process, name, effect)

    @contextmanager
    def begin(self) -> Iterator[Work]:
        mishaps = self.world.arrive(self.process, "commit")
        with self.world.database.begin() as work:
            yield cast(Work, work)
        self.world.left(self.process, "commit", mishaps)

    @contextmanager
    def hold(self, name: str, at_most: timedelta) -> Iterator[Hold]:
        real = self.world.locks.hold(name, at_most)
        # Kept, so that nothing frees what the dead hold: it runs out by itself.
        self.world.never_left.append(real)
        hold = self.call("hold", lambda: self.world.watch.held(real.__enter__()))
        try:
            yield Held(self, hold)
        finally:
            self.call("free", lambda: self.world.watch.freed(hold, real))

    @contextmanager
    def fetch(
        self,
        address: str,
        hosts: frozenset[str],
        max_size: int,
        advanced: Callable[[], None] = unheard,
    ) -> Iterator[LocalFile]:
        real = self.world.downloads.fetch(address, hosts, max_size, advanced)
        file = self.call("fetch", real.__enter__)
        try:
            yield file
        finally:
            real.__exit__(None, None, None)


class Held:
    """A lock that this process holds."""

    def __init__(self, gate: Gate, hold: Hold) -> None:
        self._gate = gate
        self._hold = hold

    def renew(self) -> None:
        self._gate.call("renew", self._hold.renew)


class Slots:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def reserve(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        world = self._gate.world
        return cast(
            tuple[timedelta, ...],
            self._gate.call("reserve", lambda: world.watch.reserved(user_id, count, pace)),
        )

    def restart(self, user_id: UserId, wait: timedelta) -> None:
        self._gate.call("restart", lambda: self._gate.world.watch.restarted(user_id, wait))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._gate.world.slots, name)
        return lambda *args: self._gate.call("pace", lambda: real(*args))


class _Mark:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._gate.world.recovery_mark, name)
        return lambda *args: self._gate.call("mark", lambda: real(*args))


class Queue:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def send(self, uploads: Sequence[UploadId]) -> tuple[str, ...]:
        world = self._gate.world
        return cast(tuple[str, ...], self._gate.call("message", lambda: world.message(uploads)))

    def wake(self) -> None:
        self._gate.call("wake", self._gate.world.wake)


class Progress:
    """Telling those who watch changes nothing, so that no time is spent on it."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def announce(self, changes: Sequence[UploadState]) -> None:
        if self._gate.process.dead:
            raise Death

    def touch(self, batch_id: BatchId) -> None:
        if self._gate.process.dead:
            raise Death

    def listen(self) -> AbstractContextManager[FakeChanges]:
        return self._gate.world.progress.listen()


class Chance:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def lease_token(self) -> LeaseToken:
        token = self._gate.world.chance.lease_token()
        self._gate.world.schedule.current.lease = token
        return token

    def edit_group_id(self) -> EditGroupId:
        return self._gate.world.chance.edit_group_id()


class Heartbeat:
    """Beats in a task of its own, which stands still when its process does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    @contextmanager
    def during(self, beat: Callable[[], bool], every: timedelta) -> Iterator[None]:
        schedule, process = self._gate.world.schedule, self._gate.process
        ended = beating = False

        def beats() -> None:
            nonlocal beating
            goes_on = True
            while goes_on:
                schedule.sleep(every.total_seconds())
                if ended:
                    return
                beating = True
                try:
                    goes_on = beat()
                except Exception:  # noqa: BLE001 - the port promises that it counts as True
                    goes_on = True
                finally:
                    beating = False

        about = schedule.current.about
        schedule.spawn(process, beats).about = about
        try:
            yield
        finally:
            ended = True
            while beating and not process.dead:
                schedule.sleep(0.01)


class Wikis:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def session(self, user_id: UserId, token: AccessToken) -> Wiki:
        self._gate.world.watch.opened(user_id, token)
        return cast(Wiki, _Roles(self._gate, self._gate.world.wikis.session(user_id, token)))


class _Roles:
    def __init__(self, gate: Gate, real: object) -> None:
        self._gate = gate
        self._real = real

    def __getattr__(self, role: str) -> _Role:
        return _Role(self._gate, getattr(self._real, role))


class _Role:
    def __init__(self, gate: Gate, real: object) -> None:
        self._gate = gate
        self._real = real

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._real, name)
        served = self._gate.world.served

        def ask(*args: Any, **named: Any) -> Any:
            effect = lambda: real(*args, **named)  # noqa: E731 - the request as the wiki gets it
            return self._gate.call(name, lambda: served(name, effect, args))

        return ask


class Sources:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def named(self, handler: str) -> Source | None:
        source = self._gate.world.sources.named(handler)
        return cast(Source, _Source(self._gate, source)) if source else None


class _Source:
    def __init__(self, gate: Gate, real: Source) -> None:
        self._gate = gate
        self._real = real

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name != "image":
            return real
        return lambda image_id: self._gate.call(name, lambda: real(image_id))
