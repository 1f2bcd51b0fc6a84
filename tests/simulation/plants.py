"""Bugs to plant: what a simulation that is worth its time must find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from curator_core.application import Application
from curator_core.domain.errors import LockHeld
from curator_core.domain.history import Event, EventKind
from curator_core.domain.ids import LeaseToken, Sha1, UploadId, UserId
from curator_core.domain.pace import Pace
from curator_core.domain.upload import Upload
from curator_core.domain.user import AccessToken
from curator_core.ports.files import Standing
from curator_core.ports.publisher import Published
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.material import Goal
from curator_core.use_cases.process_upload.publish import Publish
from curator_core.use_cases.process_upload.settling import Duplicates, NameTaken
from tests.fakes.history import FakeHistory
from tests.fakes.locks import FakeHold, FakeLocks
from tests.fakes.publisher import FakePublisher
from tests.fakes.slots import FakeSlots
from tests.fakes.uploads import FakeUploads
from tests.fakes.wiki import FakeSession, FakeWikis
from tests.fakes.work import FakeDatabase, FakeWork

if TYPE_CHECKING:
    from tests.simulation.world import World


class Plant:
    """Changes the world before its processes begin, and each process's use cases."""

    def into(self, world: World) -> None:
        """Replaces a fake."""

    def over(self, app: Application) -> Application:
        """Replaces a use case."""
        return app


# A lock is deleted by whoever leaves, whoever holds it by then


class _DeletingLocks(FakeLocks):
    @contextmanager
    def hold(self, name: str, at_most: timedelta) -> Iterator[FakeHold]:
        self.refuse_if_down()
        hold = FakeHold(self, name, at_most, self.clock.now() + at_most)
        if self.holder(name) is not None:
            raise LockHeld(name)
        self._holds[name] = hold
        try:
            yield hold
        finally:
            self._holds.pop(name, None)


class LockDelete(Plant):
    """A lock is freed by whoever leaves it, whosever it is by then."""

    def into(self, world: World) -> None:
        world.locks = _DeletingLocks(world.redis_clock)


# The next free slot is read, and written in another step


class _TwoStepSlots(FakeSlots):
    def __init__(self, world: World) -> None:
        super().__init__(world.redis_clock)
        self._world = world

    def reserve(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        if count < 1 or not pace.interval:
            return (timedelta(0),) * count
        now = self._clock.now()
        first = max(self.next_free.get(user_id, now), now)
        self._world.schedule.sleep(self._world.takes("reserve"))
        self.next_free[user_id] = first + count * pace.interval
        return tuple(first - self._clock.now() + pace.interval * place for place in range(count))


class ReadThenWriteSlots(Plant):
    """Two that reserve at once are given the same slots."""

    def into(self, world: World) -> None:
        world.slots = _TwoStepSlots(world)


# An upload is written whoever's it is by now


class _UnfencedUploads(FakeUploads):
    def keep(self, upload: Upload, under: LeaseToken) -> Upload:
        self._free([upload.id] if upload.lease is None else [])
        return self._write(replace(upload, not_before=upload.not_before or self.clock.now()))


class _UnfencedDatabase(FakeDatabase):
    @contextmanager
    def begin(self) -> Iterator[FakeWork]:
        with super().begin() as work:
            work.uploads = _UnfencedUploads(work.uploads.tables, work.uploads.clock)
            yield work


class UnfencedCompletion(Plant):
    """An attempt that lost its lease writes all the same."""

    def into(self, world: World) -> None:
        world.database = _UnfencedDatabase(world.database.clock)


# Once publishing was begun it is begun again without a look, and whatever the wiki warns of


@dataclass(frozen=True, slots=True, kw_only=True)
class _BlindPublish(Publish):
    def judge(
        self, attempt: Attempt, goal: Goal, standing: Standing
    ) -> Published | Duplicates | NameTaken | None:
        if attempt.checkpoint.publish_begun is not None:
            return None
        return Publish.judge(self, attempt, goal, standing)


class _IgnoringPublisher(FakePublisher):
    def _warning(self, title: str, sha1: Sha1) -> None:
        return None


class _IgnoringWikis(FakeWikis):
    def session(self, user_id: UserId, token: AccessToken) -> FakeSession:
        session = super().session(user_id, token)
        return replace(session, publisher=_IgnoringPublisher(self._wiki, token))


class BlindRepublish(Plant):
    """Publishing is repeated without looking whether the first request took."""

    def into(self, world: World) -> None:
        world.wikis = _IgnoringWikis(world.wiki)

    def over(self, app: Application) -> Application:
        bring = app.process_upload.bring_to_wiki
        blind = _BlindPublish(persistence=bring.publish.persistence, polling=bring.publish.polling)
        process = replace(app.process_upload, bring_to_wiki=replace(bring, publish=blind))
        return replace(app, process_upload=process)


# Whoever falls silent keeps what it worked on


class _ForgettingUploads(FakeUploads):
    def rescue(self, limit: int) -> tuple[Upload, ...]:
        return ()


class _ForgettingDatabase(FakeDatabase):
    @contextmanager
    def begin(self) -> Iterator[FakeWork]:
        with super().begin() as work:
            work.uploads = _ForgettingUploads(work.uploads.tables, work.uploads.clock)
            yield work


class NoRescue(Plant):
    """Uploads of dead workers are never put back."""

    def into(self, world: World) -> None:
        world.database = _ForgettingDatabase(world.database.clock)


# Whoever is asked to end is said to have ended


class _HastyHistory(FakeHistory):
    def note(self, noted: Mapping[UploadId, Sequence[Event]]) -> None:
        super().note({of: [_hasty(each) for each in events] for of, events in noted.items()})


def _hasty(event: Event) -> Event:
    asked = event.kind is EventKind.STOP_ASKED
    return replace(event, kind=EventKind.ENDED) if asked else event


class _HastyDatabase(FakeDatabase):
    @contextmanager
    def begin(self) -> Iterator[FakeWork]:
        with super().begin() as work:
            work.history = _HastyHistory(work.history.tables, work.history.clock)
            yield work


class HastyHistory(Plant):
    """An upload that is asked to end at its next safe point is told to have ended."""

    def into(self, world: World) -> None:
        world.database = _HastyDatabase(world.database.clock)


PLANTS: dict[str, Plant] = {
    "lock-delete": LockDelete(),
    "read-then-write-slots": ReadThenWriteSlots(),
    "unfenced-completion": UnfencedCompletion(),
    "blind-republish": BlindRepublish(),
    "no-rescue": NoRescue(),
    "hasty-history": HastyHistory(),
}
