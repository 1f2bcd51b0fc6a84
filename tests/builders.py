"""What tests are about, made ready: name only what matters."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from curator_core.application import Application, Ports
from curator_core.domain.batch import Batch
from curator_core.domain.errors import LeaseLost, ServiceDown
from curator_core.domain.ids import (
    BatchId,
    ImageId,
    LeaseToken,
    SealedToken,
    SliceId,
    UploadId,
    UserId,
)
from curator_core.domain.pace import Limits
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Lease, Upload, UploadStatus
from curator_core.domain.user import User
from curator_core.use_cases.add_uploads import SliceAccepted, SliceRefused
from curator_core.use_cases.items import Item
from tests.core.fate import Fate
from tests.fakes.clock import START, FakeChance, FakeClock, FakeHeartbeat
from tests.fakes.downloads import FakeDownloads
from tests.fakes.locks import FakeLocks
from tests.fakes.login import FakeLogin
from tests.fakes.meter import FakeMeter
from tests.fakes.progress import FakeProgress
from tests.fakes.recovery_mark import FakeRecoveryMark
from tests.fakes.slots import FakeSlots
from tests.fakes.sources import FakeSource, FakeSources, a_media_image
from tests.fakes.token_vault import FakeVault
from tests.fakes.upload_queue import FakeQueue
from tests.fakes.wiki import FakeWiki, FakeWikis
from tests.fakes.work import FakeDatabase

QUEUED = UploadStatus.QUEUED
IN_PROGRESS = UploadStatus.IN_PROGRESS

A_LEASE = Lease(token=LeaseToken("1" * 32), until=START + timedelta(seconds=60))

_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def an_item(id: str = "1001", **changes: Any) -> Item:  # noqa: A002 - the contract's own name
    """A picture as a contributor asks for it."""
    item = Item(
        id=id,
        collection="a-sequence",
        title=f"Bridge {id}.jpg",
        wikitext=f"== Summary ==\nBridge {id}",
        captions=(("en", f"Bridge number {id}"),),
    )
    return replace(item, **changes)


def some_items(count: int, first: int = 1) -> list[Item]:
    """As many pictures, by number."""
    return [an_item(str(number)) for number in range(first, first + count)]


def an_upload(status: UploadStatus = QUEUED, **changes: Any) -> Upload:
    """An upload in any state, with the lease and the token that the state asks for."""
    fields: dict[str, Any] = {
        "id": UploadId(1),
        "batch_id": BatchId(1),
        "user_id": UserId("1"),
        "image_id": ImageId("1001"),
        "handler": "mapillary",
        "collection": "a-sequence",
        "filename": "Bridge 1001.jpg",
        "wikitext": "== Summary ==\nBridge 1001",
        "status": status,
        "sealed_token": None if status.is_final else SealedToken("sealed"),
        "lease": A_LEASE if status is IN_PROGRESS else None,
        "created_at": START,
        "updated_at": START,
    }
    return Upload(**fields | changes)


@dataclass(frozen=True, slots=True)
class _OffClock:
    """Another machine's clock, so much ahead."""

    clock: FakeClock
    by: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.by


class House:
    """Curator on fakes: one wiki with Ada and Grace, one source, and everything in between.

    Ada's uploads are the tests' subject; whatever goes wrong is told to the fakes.
    """

    def __init__(
        self,
        *,
        policy: Policy | None = None,
        limits: Limits | None = None,
        wiki_is_off_by: timedelta = timedelta(0),
        fate: Fate | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.chance = FakeChance()
        self.heartbeat = FakeHeartbeat()
        self.database = FakeDatabase(self.clock)
        self.slots = FakeSlots(self.clock)
        self.locks = FakeLocks(self.clock)
        self.recovery_mark = FakeRecoveryMark(self.clock)
        self.queue = FakeQueue()
        self.progress = FakeProgress(self.clock)
        self.meter = FakeMeter()
        self.vault = FakeVault()
        self.wiki = FakeWiki(_OffClock(self.clock, wiki_is_off_by))
        self.login = FakeLogin(self.wiki)
        self.source = FakeSource()
        self.downloads = FakeDownloads()
        self.fate = fate or Fate()
        self.policy = policy or Policy()
        self.app = Application.on(self._ports(), self.policy)

        self.ada = self._somebody("Ada", limits)
        self.ada_token = self.wiki.grant(self.wiki.accounts["Ada"])
        self.grace = self._somebody("Grace", None)
        self.grace_token = self.wiki.grant(self.wiki.accounts["Grace"])

    def _ports(self) -> Ports:
        fate = self.fate
        return Ports(
            begin=fate.begin(self.database.begin),
            reports=self.database.reports,
            locks=fate.locks(self.locks),
            slots=self.slots,
            recovery_mark=self.recovery_mark,
            queue=self.queue,
            progress=self.progress,
            meter=self.meter,
            vault=self.vault,
            wikis=fate.wikis(FakeWikis(self.wiki)),
            login=self.login,
            sources=fate.sources(FakeSources(self.source)),
            downloads=fate.downloads(self.downloads),
            clock=self.clock,
            chance=self.chance,
            heartbeat=self.heartbeat,
        )

    def _somebody(self, name: str, limits: Limits | None) -> User:
        account = self.wiki.add_account(name, limits=limits)
        return User(id=account.user_id, username=name)

    # What there is to upload

    def a_picture(self, image_id: str = "1001", size: int = 3000) -> bytes:
        """Puts a picture of so many bytes at the source; answers them."""
        data = _JPEG + random.Random(image_id).randbytes(size - len(_JPEG))
        image = a_media_image(image_id)
        self.source.remove(image.id)
        self.source.add("a-sequence", image)
        self.downloads.offer(image.addresses.original, data)
        return data

    def a_batch(self, user: User | None = None) -> Batch:
        """An empty batch, Ada's unless told otherwise."""
        return self.app.create_batch(user or self.ada)

    def add(
        self, batch: Batch, *items: Item, slice_id: int = 1, user: User | None = None
    ) -> SliceAccepted | SliceRefused:
        """Sends a slice, as Ada unless told otherwise."""
        user = user or self.ada
        return self.app.add_uploads(
            user=user,
            token=self.grace_token if user == self.grace else self.ada_token,
            batch_id=batch.id,
            slice_id=SliceId(slice_id),
            handler="mapillary",
            items=items,
        )

    def an_accepted_upload(self, image_id: str = "1001", size: int = 3000, **item: Any) -> UploadId:
        """A picture that Ada has added to a new batch, not yet begun."""
        self.a_picture(image_id, size)
        batch = self.a_batch()
        accepted = self.add(batch, an_item(image_id, **item))
        assert isinstance(accepted, SliceAccepted), accepted
        return self.uploads(batch)[-1].id

    # What is kept

    def uploads(self, batch: Batch) -> list[Upload]:
        """The batch's uploads as they are stored."""
        stored = self.database.committed.uploads.values()
        return [upload for upload in stored if upload.batch_id == batch.id]

    def upload(self, upload_id: UploadId) -> Upload:
        """An upload as it is stored."""
        return self.database.committed.uploads[upload_id]

    def change(self, upload_id: UploadId, **fields: Any) -> None:
        """Somebody writes to the database by hand."""
        self.database.committed.uploads[upload_id] = replace(self.upload(upload_id), **fields)

    def asked(self) -> list[str]:
        """The names of all requests that the wiki got, in order."""
        return [request.action for request in self.wiki.requests]

    # Work

    def process(self, upload_id: UploadId) -> None:
        """What a worker does with one message, surprises included."""
        process = self.app.process_upload
        attempt = process.start(upload_id)
        if attempt is None:
            return
        try:
            process.carry_out(attempt)
        except (LeaseLost, ServiceDown, AssertionError):
            raise
        except Exception as surprise:  # noqa: BLE001 - this plays a shell's outermost edge
            process.surprised(attempt, surprise)

    def work(self) -> list[UploadId]:
        """Dispatches once and processes what was sent; answers what that was.

        As in a worker, what was lost on the way is left to lease and timer.
        """
        with suppress(ServiceDown):
            self.app.dispatch_due_uploads()
        sent = list(self.queue.take())
        for upload_id in sent:
            with suppress(LeaseLost, ServiceDown):
                self.process(upload_id)
        return sent

    def work_to_the_end(self, at_most: timedelta = timedelta(hours=4)) -> None:
        """Dispatchers and workers go on until every upload is finished."""
        until = self.clock.now() + at_most
        while not all(each.status.is_final for each in self.database.committed.uploads.values()):
            assert self.clock.now() < until, "uploads were lost"
            if not self.work():
                self.clock.advance(timedelta(seconds=5))


def a_house(**changes: Any) -> House:
    """A house where everything works; see `House` for what can be otherwise."""
    return House(**changes)
