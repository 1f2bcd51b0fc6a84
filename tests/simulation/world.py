"""Everything that a run consists of: the fakes, the processes, and the one way between them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from curator_core.application import Application
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import ImageId, UploadId, UserId
from curator_core.domain.pace import Pace
from curator_core.domain.statement import Statement
from curator_core.domain.upload import Upload, UploadStatus
from curator_core.domain.user import AccessToken, User
from tests.fakes.clock import START, FakeChance
from tests.fakes.downloads import FakeDownloads
from tests.fakes.locks import FakeHold, FakeLocks
from tests.fakes.login import FakeLogin
from tests.fakes.progress import FakeProgress
from tests.fakes.recovery_mark import FakeRecoveryMark
from tests.fakes.slots import FakeSlots
from tests.fakes.sources import FakeSource, FakeSources, a_media_image
from tests.fakes.token_vault import FakeVault
from tests.fakes.upload_queue import FakeQueue
from tests.fakes.wiki import FakeWiki, FakeWikis, fault
from tests.fakes.work import FakeDatabase
from tests.simulation.faults import Faults
from tests.simulation.gates import ports_of
from tests.simulation.invariants import (
    OF_A_CHANGE,
    OF_A_PUBLICATION,
    OF_THE_MOMENT,
    Violation,
    violation,
)
from tests.simulation.ledger import Ledger, Publication
from tests.simulation.plan import LASTING, Mishap, Plan
from tests.simulation.scenario import ADMINISTRATOR, USERS, Picture
from tests.simulation.schedule import Death, Process, Schedule, Signal

if TYPE_CHECKING:
    from tests.simulation.actors import Actors
    from tests.simulation.plants import Plant

_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"

_TAKES = {"commit": 0.01, "send": 1.0, "fetch": 1.0, "publish": 0.5, "write": 0.5}
_REDIS = frozenset(
    {"hold", "free", "renew", "reserve", "restart", "pace", "mark", "message", "wake"}
)


class OffClock:
    """A service's clock, so much ahead."""

    def __init__(self, schedule: Schedule, by: float) -> None:
        self._schedule = schedule
        self._start = START + timedelta(seconds=by)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._schedule.now)

    def sleep(self, how_long: timedelta) -> None:
        raise NotImplementedError("a service waits for nobody")


class World:
    """`nature` is the process of all that is not Curator, `web` and `workers` are; killed ones
    come back under the same name."""

    def __init__(self, plan: Plan, plant: Plant | None = None) -> None:
        self.plan = plan
        scenario = plan.scenario
        self.scenario = scenario
        self.schedule = Schedule()
        self.actors: Actors
        self.chance = FakeChance(plan.seed)
        self.dice = random.Random(f"schedule {plan.schedule}")
        self.ledger = Ledger()
        self.violation: Violation | None = None
        self.is_calm = False
        self.unanswered = 0
        self.never_left: list[object] = []
        self.work_there = Signal(self.schedule)
        self.nature = Process("nature")
        self._delay: float | None = None
        self._seen: Mapping[UploadId, Upload] = {}
        self._versions: dict[str, int] = {}
        self._bytes: dict[str, list[bytes]] = {}

        clocks = {name: OffClock(self.schedule, by) for name, by in scenario.offsets.items()}
        self.database = FakeDatabase(clocks["database"])
        self.slots = FakeSlots(clocks["redis"])
        self.locks = FakeLocks(clocks["redis"])
        self.recovery_mark = FakeRecoveryMark(clocks["redis"])
        self.queue = FakeQueue()
        self.progress = FakeProgress(clocks["redis"])
        self.vault = FakeVault()
        self.wiki = FakeWiki(clocks["wiki"])
        self.wiki.background_from = scenario.background_from
        self.wiki.while_publishing = self._publishing_takes_time
        self.wikis = FakeWikis(self.wiki)
        self.login = FakeLogin(self.wiki)
        self.source = FakeSource()
        self.sources = FakeSources(self.source)
        self.downloads = FakeDownloads()
        self.plant = plant
        if plant is not None:
            plant.into(self)

        self.users: dict[str, User] = {}
        self.tokens: dict[str, AccessToken] = {}
        for name in (*USERS, ADMINISTRATOR):
            account = self.wiki.add_account(name, limits=scenario.limits)
            self.users[name] = User(id=account.user_id, username=name)
            self.log_in(name)
        for picture in scenario.pictures:
            self._put_into_source(picture)
        for picture in scenario.on_wiki:
            self.wiki.add_file(f"Old {picture.image_id}.jpg", self._bytes[picture.image_id][0])
        self._versions = {title: len(each) for title, each in self.wiki.files.items()}
        self.faults = Faults(self)
        self.faults.plan(plan.mishaps)

    # The one way to the outside

    def call(self, process: Process, name: str, effect: Callable[[], Any]) -> Any:
        """One call that `process` makes: it takes time, and may go wrong before or after its
        effect, or without one."""
        mishaps = self.arrive(process, name)
        answer = effect()
        self.left(process, name, mishaps)
        return answer

    def arrive(self, process: Process, name: str) -> list[Mishap]:
        """The first half of a call."""
        if process.dead:
            raise Death
        # What changes the wiki travels by itself, whatever becomes of its sender meanwhile.
        self.schedule.sleep(0.001 if name in LASTING else self.takes(name))
        return self.faults.arriving(process, name)

    def left(self, process: Process, name: str, mishaps: list[Mishap]) -> None:
        """The second."""
        self.watch()
        self.faults.leaving(process, name, mishaps)

    def takes(self, name: str) -> float:
        """How long a call takes, this time."""
        usual = _TAKES.get(name) or (0.005 if name in _REDIS else 0.2)
        return usual * (0.2 + 1.6 * self.dice.random())

    def served(self, name: str, effect: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """One request as the wiki serves it, which goes on whatever becomes of who sent it."""
        if name not in LASTING:
            return effect()
        delay, self._delay = self._delay, None
        answers: list[Any] = []
        done = Signal(self.schedule)
        client = self.schedule.current

        def serve() -> None:
            if name == "write":
                self._note_write(args[0].text)
            try:
                answers.append(effect())
            except Faulted as faulted:
                answers.append(faulted)
            self.watch()
            done.fire()

        task = self.schedule.spawn(self.nature, serve, self.takes(name) + (delay or 0.0))
        task.about, task.lease = client.about, client.lease
        if delay is not None:
            raise fault(FaultKind.UNREACHABLE, "", "The connection broke.")
        done.wait()
        if isinstance(answers[0], Faulted):
            raise answers[0]
        return answers[0]

    def delay(self, seconds: float) -> None:
        """The connection breaks on the request that is being sent; it arrives all the same, and
        has its effect so much later."""
        self._delay = seconds

    def _publishing_takes_time(self) -> None:
        if self.schedule.current.process is self.nature:
            self.schedule.sleep(self.takes("publish"))

    # What is seen

    def watch(self) -> None:
        """Looks at what changed, and whether all is as it must be."""
        stored = self.database.committed.uploads
        if stored is not self._seen:
            before, self._seen = self._seen, stored
            changed = [(before.get(key), now) for key, now in stored.items()]
            changed = [(was, now) for was, now in changed if was is not now]
            for was, now in changed:
                self._changed(was, now)
            if changed:
                self._rest_if_all_is_done()
        for title, versions in self.wiki.files.items():
            if len(versions) != self._versions.get(title):
                self._versions[title] = len(versions)
                self._published(title)
        for invariant in OF_THE_MOMENT:
            self.judge(invariant, invariant(self))

    def _rest_if_all_is_done(self) -> None:
        is_done = all(upload.status.is_final for upload in self.uploads().values())
        if is_done and self.is_calm and not self.unanswered:
            self.schedule.stopped = True

    def judge(self, invariant: Callable[..., str | None], found: str | None) -> None:
        """The first that does not hold ends the run."""
        if found is not None and self.violation is None:
            self.violation = violation(invariant, found)
            self.schedule.stopped = True

    def _changed(self, before: Upload | None, now: Upload) -> None:
        for invariant in OF_A_CHANGE:
            self.judge(invariant, invariant(self, before, now))

    def _published(self, title: str) -> None:
        version = self.wiki.files[title][-1]
        if version.uploader not in self.users:
            return
        publication = Publication(
            title=title,
            sha1=version.sha1,
            uploader=version.uploader,
            upload_id=self._summarised(version.summary),
            late=not self._has_lease(),
        )
        self.ledger.publications.append(publication)
        for invariant in OF_A_PUBLICATION:
            self.judge(invariant, invariant(self, publication))

    def _summarised(self, summary: str) -> UploadId | None:
        for upload in self.uploads().values():
            told = f"Fake image {upload.image_id}, Curator batch {upload.batch_id} "
            if summary.startswith(told):
                return upload.id
        return None

    def _note_write(self, title: str) -> None:
        if not self._has_lease():
            self.ledger.described_late.add(title)

    def _has_lease(self) -> bool:
        task = self.schedule.current
        upload = self.uploads().get(task.about) if task.about else None
        lease = upload.lease if upload else None
        now = self.database.clock.now()
        return lease is not None and lease.token == task.lease and lease.until > now

    def held(self, hold: FakeHold) -> FakeHold:
        self.ledger.holds.append(hold)
        return hold

    def freed(self, hold: FakeHold, real: Any) -> None:
        if hold in self.ledger.holds:
            self.ledger.holds.remove(hold)
        real.__exit__(None, None, None)

    def reserved(self, user_id: UserId, count: int, pace: Pace) -> tuple[timedelta, ...]:
        waits = self.slots.reserve(user_id, count, pace)
        first = self.locks.clock.now() + waits[0]
        self.ledger.reserve(user_id, first, count, pace.interval)
        return waits

    def restarted(self, user_id: UserId, wait: timedelta) -> None:
        self.slots.restart(user_id, wait)
        self.ledger.slots.pop(user_id, None)

    def message(self, uploads: Sequence[UploadId]) -> tuple[str, ...]:
        sent = self.queue.send(uploads)
        self.work_there.fire()
        return sent

    def wake(self) -> None:
        self.queue.wake()
        self.work_there.fire()

    def opened(self, user_id: UserId, token: AccessToken) -> None:
        """A session: with the user's own token only."""
        if self.ledger.tokens.get(token) != user_id:
            self.judge(opened_with_ones_own_token, f"{user_id} with somebody else's token")

    # What there is

    def uploads(self) -> Mapping[UploadId, Upload]:
        """As they are stored."""
        return self.database.committed.uploads

    def upload_at_work(self) -> Upload | None:
        """The one that the current task is at work on, else any that is in progress."""
        about = self.schedule.current.about
        if about is not None and about in self.uploads():
            return self.uploads()[about]
        working = (u for u in self.uploads().values() if u.status is UploadStatus.IN_PROGRESS)
        return next(working, None)

    def image_at_work(self) -> ImageId | None:
        upload = self.upload_at_work()
        return upload.image_id if upload else None

    def picture_bytes(self, image_id: ImageId) -> list[bytes]:
        """All that the source ever had for this picture, newest last."""
        return self._bytes[image_id]

    def statements_of(self, upload: Upload) -> tuple[Statement, ...]:
        image = a_media_image(upload.image_id)
        return self.source.statements(image, copyright_override=upload.copyright_override)

    def name_of(self, user_id: UserId) -> str:
        return next(user.username for user in self.users.values() if user.id == user_id)

    def offer(self, image_id: str, data: bytes) -> None:
        """The source has these bytes from now on."""
        self._bytes.setdefault(image_id, []).append(data)
        self.downloads.offer(a_media_image(image_id).addresses.original, data)

    def _put_into_source(self, picture: Picture) -> None:
        self.source.add("a-sequence", a_media_image(picture.image_id))
        noise = random.Random(f"motif {picture.motif}").randbytes(picture.size - len(_JPEG))
        self.offer(picture.image_id, _JPEG + noise)

    # What can be done to it

    def log_in(self, name: str) -> None:
        token = self.wiki.grant(self.wiki.accounts[name])
        self.tokens[name] = token
        self.ledger.tokens[token] = self.users[name].id
        self.ledger.secrets += [token.key, token.secret]

    def revoke(self, name: str) -> None:
        self.wiki.revoke(self.wiki.accounts[name])

    def calm(self) -> None:
        """Faults end: what is away comes back, who stands still goes on."""
        self.is_calm = True
        self.faults.calm()
        for service in ("database", "redis", "queue"):
            self.switch(service, down=False)
        self.actors.resume_all()
        self._rest_if_all_is_done()

    def wish(self, name: str, mishap: Mishap) -> None:
        self.actors.wish(name, mishap)

    def switch(self, service: str, *, down: bool) -> None:
        """A service of our own goes away, or comes back."""
        match service:
            case "database":
                self.database.down = down
            case "redis":
                self.locks.down = self.slots.down = self.queue.down = down
                self.recovery_mark.down = down
            case _:
                self.queue.down = down

    def kill(self, process: Process, restart_after: float) -> None:
        self.actors.kill(process, restart_after)

    def stop(self, process: Process, restart_after: float) -> None:
        self.actors.stop(process, restart_after)

    def application(self, process: Process) -> Application:
        """Curator in this process."""
        app = Application.on(ports_of(self, process), self.scenario.policy)
        return self.plant.over(app) if self.plant else app


def opened_with_ones_own_token() -> None:
    """A user's uploads are made with that user's token only."""
