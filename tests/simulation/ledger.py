"""What was seen during a run: all that invariants need beyond what database and wiki hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from curator_core.domain.ids import BatchId, ImageId, Sha1, UploadId, UserId
from curator_core.domain.upload import Upload
from tests.fakes.locks import FakeHold


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A version that the wiki got from us. `upload_id` is whose edit summary it carries; `late`
    tells that whoever asked for it had lost the lease by then."""

    title: str
    sha1: Sha1
    uploader: str
    upload_id: UploadId | None
    late: bool


@dataclass(slots=True, kw_only=True)
class Ledger:
    """`accepted` are acknowledged pictures by batch; `finished` uploads as they were when they
    ended; `holds` the locks that were not left yet; `slots` what was reserved for each user since
    Redis forgot; `described_late` the titles that were described by somebody who had lost the
    lease by then."""

    accepted: set[tuple[BatchId, ImageId]] = field(default_factory=set)
    finished: dict[UploadId, Upload] = field(default_factory=dict)
    publications: list[Publication] = field(default_factory=list)
    holds: list[FakeHold] = field(default_factory=list)
    slots: dict[UserId, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    described_late: set[str] = field(default_factory=set)

    def forget_redis(self) -> None:
        """Redis lost everything, and nobody is to blame for it."""
        self.holds.clear()
        self.slots.clear()

    def reserve(self, user_id: UserId, first: datetime, count: int, interval: timedelta) -> None:
        """So many slots, so far apart."""
        if interval:
            self.slots[user_id].append((first, first + count * interval))

    def published_by(self, upload_id: UploadId) -> list[Publication]:
        """All that carry this upload's summary."""
        return [each for each in self.publications if each.upload_id == upload_id]
