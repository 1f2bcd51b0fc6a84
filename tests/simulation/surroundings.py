"""Everything around Curator in a run: services with clocks of their own, people and pictures."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from curator_core.domain.ids import UploadId, UserId
from curator_core.domain.statement import Statement
from curator_core.domain.upload import Upload
from curator_core.domain.user import AccessToken, User
from tests.fakes.clock import START, FakeChance
from tests.fakes.downloads import FakeDownloads
from tests.fakes.locks import FakeLocks
from tests.fakes.login import FakeLogin
from tests.fakes.progress import FakeProgress
from tests.fakes.recovery_mark import FakeRecoveryMark
from tests.fakes.slots import FakeSlots
from tests.fakes.sources import FakeSource, FakeSources, a_media_image
from tests.fakes.token_vault import FakeVault
from tests.fakes.upload_queue import FakeQueue
from tests.fakes.wiki import FakeWiki, FakeWikis
from tests.fakes.work import FakeDatabase
from tests.simulation.scenario import ADMINISTRATOR, USERS, Picture, Scenario
from tests.simulation.schedule import Schedule

_IN_MEMORY = Path("/dev/shm")
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


class ServiceClock:
    """A service's own clock, so many seconds ahead."""

    def __init__(self, schedule: Schedule, by: float) -> None:
        self._schedule = schedule
        self._start = START + timedelta(seconds=by)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._schedule.now)

    def sleep(self, how_long: timedelta) -> None:
        raise NotImplementedError("a service waits for nobody")


class Surroundings:
    """`tokens` are those of the users' last logins, `owners` whose each token is that ever was."""

    def __init__(self, schedule: Schedule, scenario: Scenario, seed: int) -> None:
        clocks = {name: ServiceClock(schedule, by) for name, by in scenario.offsets.items()}
        self.chance = FakeChance(seed)
        self.database = FakeDatabase(clocks["database"])
        self.redis_clock = clocks["redis"]
        self.slots = FakeSlots(self.redis_clock)
        self.locks = FakeLocks(self.redis_clock)
        self.recovery_mark = FakeRecoveryMark(self.redis_clock)
        self.progress = FakeProgress(self.redis_clock)
        self.queue = FakeQueue()
        self.vault = FakeVault()
        self.wiki = FakeWiki(clocks["wiki"])
        self.wiki.background_from = scenario.background_from
        self.wikis = FakeWikis(self.wiki)
        self.login = FakeLogin(self.wiki)
        self.source = FakeSource()
        self.sources = FakeSources(self.source)
        self.downloads = FakeDownloads(folder=_IN_MEMORY if _IN_MEMORY.is_dir() else None)
        self.users: dict[str, User] = {}
        self.tokens: dict[str, AccessToken] = {}
        self.owners: dict[AccessToken, UserId] = {}
        self._bytes: dict[str, list[bytes]] = {}
        for name in (*USERS, ADMINISTRATOR):
            account = self.wiki.add_account(name, limits=scenario.limits)
            self.users[name] = User(id=account.user_id, username=name)
            self.log_in(name)
        for picture in scenario.pictures:
            self._put_into_source(picture)
        for picture in scenario.on_wiki:
            self.wiki.add_file(f"Old {picture.image_id}.jpg", self._bytes[picture.image_id][0])

    # What there is

    def uploads(self) -> Mapping[UploadId, Upload]:
        """As they are stored."""
        return self.database.committed.uploads

    def picture_bytes(self, image_id: str) -> list[bytes]:
        """All that the source ever had for this picture, newest last."""
        return self._bytes[image_id]

    def statements_of(self, upload: Upload) -> tuple[Statement, ...]:
        """What Curator knows of the picture."""
        image = a_media_image(upload.image_id)
        return self.source.statements(image, copyright_override=upload.copyright_override)

    def name_of(self, user_id: UserId) -> str:
        """The user's name."""
        return next(user.username for user in self.users.values() if user.id == user_id)

    # What can be done to it

    def offer(self, image_id: str, data: bytes) -> None:
        """The source has these bytes from now on."""
        self._bytes.setdefault(image_id, []).append(data)
        self.downloads.offer(a_media_image(image_id).addresses.original, data)

    def log_in(self, name: str) -> None:
        """A new token."""
        token = self.wiki.grant(self.wiki.accounts[name])
        self.tokens[name] = token
        self.owners[token] = self.users[name].id

    def revoke(self, name: str) -> None:
        """All of the user's tokens turn invalid."""
        self.wiki.revoke(self.wiki.accounts[name])

    def redis_forgets(self) -> None:
        """As after a restart without a copy on disk."""
        self.locks.forget()
        self.slots.forget()
        self.recovery_mark.forget()

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

    def _put_into_source(self, picture: Picture) -> None:
        self.source.add("a-sequence", a_media_image(picture.image_id))
        noise = random.Random(f"motif {picture.motif}").randbytes(picture.size - len(_JPEG))
        self.offer(picture.image_id, _JPEG + noise)
