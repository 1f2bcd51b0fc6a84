"""The tables as rows; none of these classes leaves `curator_adapters.sql`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from curator_adapters.sql.times import UtcTime
from curator_core.domain.history import MAX_CODE, MAX_WORDS
from curator_core.domain.search import MAX_WORD

_CHARSET = {"mysql_charset": "utf8mb4"}
_CLUSTERED = {**_CHARSET, "sqlite_with_rowid": False}
"""Rows in the order of their primary key, on SQLite too."""

_LONG_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts only what it calls INTEGER by itself."""

_JSON = JSON(none_as_null=True)


def _binary(length: int) -> TypeEngine[str]:
    """A text that is compared character by character, on both databases alike."""
    return String(length).with_variant(
        mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
    )


def _counter() -> Column[int]:
    return Column(Integer, nullable=False, server_default="0")


class UserRow(SQLModel, table=True):
    """Somebody who logged in; `userid` is the `sub` of OAuth's identify, `name_key` what
    beginnings of names are compared with."""

    __tablename__ = "users"
    __table_args__ = _CHARSET

    userid: str = Field(sa_column=Column(String(255), primary_key=True))
    username: str = Field(sa_column=Column(String(255), nullable=False, index=True))
    name_key: str | None = Field(sa_column=Column(_binary(255), index=True))
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class BatchRow(SQLModel, table=True):
    """A batch. From `total` on it counts its uploads by state, the three duplicate ones together
    (`tallies`)."""

    __tablename__ = "batches"
    __table_args__ = _CHARSET

    id: int = Field(sa_column=Column(Integer, primary_key=True))
    userid: str = Field(
        sa_column=Column(String(255), ForeignKey("users.userid"), nullable=False, index=True)
    )
    edit_group_id: str | None = Field(sa_column=Column(String(12)))
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))
    updated_at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))
    paused: bool = Field(sa_column=Column(Boolean, nullable=False, server_default="0"))
    retry_of: int | None = Field(sa_column=Column(Integer))
    total: int = Field(sa_column=_counter())
    queued: int = Field(sa_column=_counter())
    in_progress: int = Field(sa_column=_counter())
    completed: int = Field(sa_column=_counter())
    failed: int = Field(sa_column=_counter())
    cancelled: int = Field(sa_column=_counter())
    duplicate: int = Field(sa_column=_counter())


class UploadRow(SQLModel, table=True):
    """An upload. From `slice_id` on the columns are ours; the others are older than we are.

    `key` is the image id, `labels` the first caption and `captions` the rest, `sent_until` the
    time until which its last message counts as on its way, `stop` the ending that was asked for,
    `error_type` what a failed one is listed under.
    """

    __tablename__ = "upload_requests"
    __table_args__ = (
        Index("ix_upload_requests_batchid_status_updated_at", "batchid", "status", "updated_at"),
        # Newest first within a state, or among failures by batch.
        Index("ix_upload_requests_status_created_at", "status", "created_at"),
        Index(
            "ix_upload_requests_failures", "status", "handler", "batchid", "error_type", "userid"
        ),
        # The last slot of what waits in a batch.
        Index("ix_upload_requests_batchid_status_publish_at", "batchid", "status", "publish_at"),
        # Who has something waiting, and what comes next of theirs.
        Index("ix_upload_requests_status_userid_not_before", "status", "userid", "not_before"),
        # Whose messages are on their way, and what is due and was not sent.
        Index(
            "ix_upload_requests_status_sent_until_not_before",
            "status",
            "sent_until",
            "not_before",
            "userid",
        ),
        # Who is at work, and whose lease ran out.
        Index("ix_upload_requests_status_lease_until_userid", "status", "lease_until", "userid"),
        _CHARSET,
    )

    id: int = Field(sa_column=Column(Integer, primary_key=True))
    batchid: int = Field(
        sa_column=Column(Integer, ForeignKey("batches.id"), nullable=False, index=True)
    )
    userid: str = Field(
        sa_column=Column(String(255), ForeignKey("users.userid"), nullable=False, index=True)
    )
    status: str = Field(sa_column=Column(String(50), nullable=False, index=True))
    key: str = Field(sa_column=Column(String(255), nullable=False, index=True))
    handler: str = Field(sa_column=Column(String(255), nullable=False, index=True))
    collection: str | None = Field(sa_column=Column(String(255)))
    access_token: str | None = Field(sa_column=Column(Text), repr=False)
    filename: str = Field(sa_column=Column(String(255), nullable=False, index=True))
    wikitext: str = Field(sa_column=Column(Text, nullable=False))
    copyright_override: bool = Field(sa_column=Column(Boolean, nullable=False, server_default="0"))
    labels: Any = Field(sa_column=Column(_JSON))
    result: str | None = Field(sa_column=Column(Text))
    error: Any = Field(sa_column=Column(_JSON))
    success: str | None = Field(sa_column=Column(Text))
    celery_task_id: str | None = Field(sa_column=Column(String(255)))
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))
    updated_at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))

    slice_id: int | None = Field(sa_column=Column(BigInteger))
    captions: Any = Field(sa_column=Column(_JSON))
    publish_at: datetime | None = Field(sa_column=Column(UtcTime))
    not_before: datetime | None = Field(sa_column=Column(UtcTime))
    sent_until: datetime | None = Field(sa_column=Column(UtcTime))
    lease_token: str | None = Field(sa_column=Column(String(32)))
    lease_until: datetime | None = Field(sa_column=Column(UtcTime))
    attempts: int = Field(sa_column=Column(Integer, nullable=False, server_default="0"))
    checkpoint: Any = Field(sa_column=Column(_JSON))
    retry_of: int | None = Field(sa_column=Column(Integer, index=True))
    stop: Any = Field(sa_column=Column(_JSON))
    token_print: str | None = Field(sa_column=Column(String(32)))
    error_type: str | None = Field(sa_column=Column(String(20)))


class PresetRow(SQLModel, table=True):
    """A contributor's template for the texts of a batch. `default_for` is ours: the handler where
    it is the default, so that the database refuses a second one."""

    __tablename__ = "presets"
    __table_args__ = (
        Index("ux_presets_userid_default_for", "userid", "default_for", unique=True),
        _CHARSET,
    )

    id: int = Field(sa_column=Column(Integer, primary_key=True))
    userid: str = Field(
        sa_column=Column(String(255), ForeignKey("users.userid"), nullable=False, index=True)
    )
    handler: str = Field(sa_column=Column(String(50), nullable=False, index=True))
    title: str = Field(sa_column=Column(String(255), nullable=False))
    title_template: str = Field(sa_column=Column(String(500), nullable=False))
    labels: Any = Field(sa_column=Column(_JSON))
    categories: str | None = Field(sa_column=Column(String(500)))
    exclude_from_date_category: bool = Field(
        sa_column=Column(Boolean, nullable=False, server_default="0")
    )
    is_default: bool = Field(
        sa_column=Column(Boolean, nullable=False, server_default="0", index=True)
    )
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    default_for: str | None = Field(sa_column=Column(String(50)))


class SliceRow(SQLModel, table=True):
    """A slice that was accepted; `digest` is of its content."""

    __tablename__ = "slices"
    __table_args__ = _CHARSET

    batch_id: int = Field(sa_column=Column(Integer, ForeignKey("batches.id"), primary_key=True))
    slice_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    digest: str = Field(sa_column=Column(String(64), nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class WordRow(SQLModel, table=True):
    """A word of an upload's file name."""

    __tablename__ = "upload_words"
    __table_args__ = _CLUSTERED

    word: str = Field(sa_column=Column(_binary(MAX_WORD), primary_key=True))
    upload_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))


class BatchWordRow(SQLModel, table=True):
    """A word of the file names in a batch."""

    __tablename__ = "batch_words"
    __table_args__ = _CLUSTERED

    word: str = Field(sa_column=Column(_binary(MAX_WORD), primary_key=True))
    batch_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))


class EventRow(SQLModel, table=True):
    """Something that happened to an upload. No foreign key: nothing is to wait for its history."""

    __tablename__ = "upload_events"
    __table_args__ = (
        Index("ix_upload_events_upload_id_id", "upload_id", "id"),
        Index("ix_upload_events_at", "at"),
        _CHARSET,
    )

    id: int = Field(sa_column=Column(_LONG_ID, primary_key=True))
    upload_id: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    kind: str = Field(sa_column=Column(String(20), nullable=False))
    what: str = Field(sa_column=Column(String(MAX_WORDS), nullable=False))
    step: str | None = Field(sa_column=Column(String(20)))
    code: str | None = Field(sa_column=Column(String(MAX_CODE)))
    until: datetime | None = Field(sa_column=Column(UtcTime))


class RightRow(SQLModel, table=True):
    """The right to publish, `sha1:…` for certain bytes or `user:…` for a user's turn."""

    __tablename__ = "publishing_rights"
    __table_args__ = _CHARSET

    name: str = Field(sa_column=Column(String(300), primary_key=True))
    upload_id: int = Field(sa_column=Column(Integer, nullable=False, index=True))
    lease_token: str = Field(sa_column=Column(String(32), nullable=False))
    until: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class GateRow(SQLModel, table=True):
    """A breaker at work; `last_upload` struck it last, `probes` probed it in vain."""

    __tablename__ = "gates"
    __table_args__ = _CHARSET

    name: str = Field(sa_column=Column(String(300), primary_key=True))
    kind: str = Field(sa_column=Column(String(50), nullable=False))
    scope: str = Field(sa_column=Column(String(20), nullable=False))
    subject: str = Field(sa_column=Column(String(255), nullable=False))
    strikes: int = Field(sa_column=Column(Integer, nullable=False))
    last_upload: int | None = Field(sa_column=Column(Integer))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    closed_at: datetime | None = Field(sa_column=Column(UtcTime))
    probe_at: datetime | None = Field(sa_column=Column(UtcTime))
    probing: int | None = Field(sa_column=Column(Integer, index=True))
    probes: int = Field(sa_column=Column(Integer, nullable=False))


class PaceRow(SQLModel, table=True):
    """What was measured of a user's uploads, in microseconds, and when the next may be
    published."""

    __tablename__ = "paces"
    __table_args__ = _CHARSET

    userid: str = Field(sa_column=Column(String(255), primary_key=True))
    publish_after: datetime | None = Field(sa_column=Column(UtcTime))
    lead_us: int | None = Field(sa_column=Column(BigInteger))


def _table(row: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(row.__tablename__)]


USERS = _table(UserRow)
BATCHES = _table(BatchRow)
UPLOADS = _table(UploadRow)
PRESETS = _table(PresetRow)
SLICES = _table(SliceRow)
WORDS = _table(WordRow)
BATCH_WORDS = _table(BatchWordRow)
EVENTS = _table(EventRow)
RIGHTS = _table(RightRow)
GATES = _table(GateRow)
PACES = _table(PaceRow)
