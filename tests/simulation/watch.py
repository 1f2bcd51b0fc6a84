"""Sees what happens in a run, and asks after every call whether all is as it must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from curator_core.domain.ids import UploadId, UserId
from curator_core.domain.pace import Pace
from curator_core.domain.upload import Upload
from curator_core.domain.user import AccessToken
from tests.fakes.locks import FakeHold
from tests.simulation.invariants import (
    OF_A_CHANGE,
    OF_A_PUBLICATION,
    OF_THE_MOMENT,
    Violation,
    users_act_by_their_own_tokens,
    violation,
)
from tests.simulation.ledger import Publication

if TYPE_CHECKING:
    from tests.simulation.world import World


class Watch:
    """`violation` is the first invariant that did not hold: it ends the run."""

    def __init__(self, world: World) -> None:
        self.violation: Violation | None = None
        self._world = world
        self._seen: Mapping[UploadId, Upload] = {}
        self._versions = {title: len(each) for title, each in world.wiki.files.items()}

    def judge(self, invariant: Callable[..., str | None], found: str | None) -> None:
        """Takes down what an invariant found, if anything."""
        if found is not None and self.violation is None:
            self.violation = violation(invariant, found)
            self._world.schedule.stopped = True

    def look(self) -> None:
        """At all that changed since the last look."""
        world = self._world
        stored = world.uploads()
        if stored is not self._seen:
            before, self._seen = self._seen, stored
            changed = [(before.get(key), now) for key, now in stored.items()]
            changed = [(was, now) for was, now in changed if was is not now]
            for was, now in changed:
                for invariant in OF_A_CHANGE:
                    self.judge(invariant, invariant(world, was, now))
            if changed:
                world.rest_if_all_is_done()
        for title, versions in world.wiki.files.items():
            if len(versions) != self._versions.get(title):
                self._versions[title] = len(versions)
                self._published(title)
        for of_the_moment in OF_THE_MOMENT:
            self.judge(of_the_moment, of_the_moment(world))

    def _published(self, title: str) -> None:
        world, version = self._world, self._world.wiki.files[title][-1]
        if version.uploader not in world.users:
            return
        publication = Publication(
            title=title,
            sha1=version.sha1,
            uploader=version.uploader,
            upload_id=self._summarised(version.summary),
            late=not self._has_lease(),
        )
        world.ledger.publications.append(publication)
        for invariant in OF_A_PUBLICATION:
            self.judge(invariant, invariant(world, publication))

    def _summarised(self, summary: str) -> UploadId | None:
        for upload in self._world.uploads().values():
            told = f"Fake image {upload.image_id}, Curator batch {upload.batch_id} "
            if summary.startswith(told):
                return upload.id
        return None

    def _has_lease(self) -> bool:
        """Whether the current task works under a lease that is its own."""
        world, task = self._world, self._world.schedule.current
        upload = world.uploads().get(task.about) if task.about else None
        lease = upload.lease if upload else None
        now = world.database.clock.now()
        return lease is not None and lease.token == task.lease and lease.until > now

    # Calls whose answers must be remembered

    def describing(self, title: str) -> None:
        """Statements arrive at the wiki."""
        if not self._has_lease():
            self._world.ledger.described_late.add(title)

    def held(self, hold: FakeHold) -> FakeHold:
        """Somebody took a lock."""
        self._world.ledger.holds.append(hold)
        return hold

    def freed(self, hold: FakeHold, real: Any) -> None:
        """Somebody leaves it."""
        if hold in self._world.ledger.holds:
            self._world.ledger.holds.remove(hold)
        real.__exit__(None, None, None)

    def reserved(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        """Somebody reserves slots."""
        world = self._world
        waits = world.slots.reserve(user_id, count, pace)
        first = world.redis_clock.now() + waits[0]
        world.ledger.reserve(user_id, first, count, pace.interval)
        return waits

    def restarted(self, user_id: UserId, wait: timedelta) -> None:
        """A user's slots are given anew: what was reserved before counts no more."""
        self._world.slots.restart(user_id, wait)
        self._world.ledger.slots.pop(user_id, None)

    def opened(self, user_id: UserId, token: AccessToken) -> None:
        """A session with the wiki begins."""
        found = users_act_by_their_own_tokens(self._world, user_id, token)
        self.judge(users_act_by_their_own_tokens, found)
