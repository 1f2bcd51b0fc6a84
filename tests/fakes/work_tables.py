"""What a database in memory keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from curator_core.domain.batch import Batch
from curator_core.domain.breaker import Gate, GateName
from curator_core.domain.history import Event
from curator_core.domain.ids import BatchId, LeaseToken, PresetId, SliceId, UploadId, UserId
from curator_core.domain.preset import Preset
from curator_core.domain.upload import Upload
from curator_core.domain.user import User


class Now(Protocol):
    """Tells the database's time."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Who holds a name, and until when."""

    upload_id: UploadId
    token: LeaseToken
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """When a user logged in first, and when their name changed last."""

    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGate:
    """A gate, who struck it last, and how many probed it in vain."""

    gate: Gate
    last_upload: UploadId | None = None
    probes: int = 0


@dataclass(slots=True, kw_only=True)
class Tables:
    """Everything that is stored; the values are frozen, so a shallow copy is a snapshot."""

    users: dict[UserId, User] = field(default_factory=dict)
    remembered: dict[UserId, Remembered] = field(default_factory=dict)
    batches: dict[BatchId, Batch] = field(default_factory=dict)
    uploads: dict[UploadId, Upload] = field(default_factory=dict)
    slices: dict[tuple[BatchId, SliceId], str] = field(default_factory=dict)
    rights: dict[str, Right] = field(default_factory=dict)
    sent_until: dict[UploadId, datetime] = field(default_factory=dict)
    messages: dict[UploadId, str] = field(default_factory=dict)
    gates: dict[GateName, StoredGate] = field(default_factory=dict)
    leads: dict[UserId, timedelta] = field(default_factory=dict)
    publish_after: dict[UserId, datetime] = field(default_factory=dict)
    presets: dict[PresetId, Preset] = field(default_factory=dict)
    history: dict[UploadId, tuple[Event, ...]] = field(default_factory=dict)

    def copy(self) -> Tables:
        return Tables(
            users=dict(self.users),
            remembered=dict(self.remembered),
            batches=dict(self.batches),
            uploads=dict(self.uploads),
            slices=dict(self.slices),
            rights=dict(self.rights),
            sent_until=dict(self.sent_until),
            messages=dict(self.messages),
            gates=dict(self.gates),
            leads=dict(self.leads),
            publish_after=dict(self.publish_after),
            presets=dict(self.presets),
            history=dict(self.history),
        )
