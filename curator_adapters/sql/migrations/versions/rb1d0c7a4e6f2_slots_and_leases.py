"""Slots, leases, checkpoints, slices and publishing rights.

An older release goes on working on this schema. On MariaDB each change of a table is final at
once, so every step asks whether it was done: broken off, the migration can run again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from curator_adapters.sql.migrations.steps import (
    add_missing,
    drop_indexes,
    drop_present,
    drop_tables,
    index_missing,
    on_mariadb,
    time,
)

revision = "b1d0c7a4e6f2"
down_revision = "5cc957424c9d"
branch_labels = None
depends_on = None

_UPLOADS = "upload_requests"
_TABLES = ("users", "batches", _UPLOADS, "presets")
_INDEXES = {
    "ix_upload_requests_status_userid_not_before": ["status", "userid", "not_before"],
    "ix_upload_requests_status_sent_until_userid": ["status", "sent_until", "userid"],
    "ix_upload_requests_status_lease_until_userid": ["status", "lease_until", "userid"],
}
_FINAL = (
    "completed",
    "failed",
    "cancelled",
    "duplicate",
    "duplicated_sdc_updated",
    "duplicated_sdc_not_updated",
)


def upgrade() -> None:
    """Adds what is ours; a finished upload's access token is erased (SPEC §1)."""
    if on_mariadb():
        for table in _TABLES:
            _hold_any_text_and_microseconds(table)
    add_missing(_UPLOADS, _upload_columns())
    add_missing("batches", [sa.Column("paused", sa.Boolean(), nullable=False, server_default="0")])
    for name, columns in _INDEXES.items():
        index_missing(name, _UPLOADS, columns)
    _create_slices()
    _create_rights()
    index_missing("ix_publishing_rights_upload_id", "publishing_rights", ["upload_id"])
    uploads = sa.table(_UPLOADS, sa.column("status"), sa.column("access_token"))
    op.execute(
        uploads.update()
        .where(uploads.c.access_token.is_not(None), uploads.c.status.in_(_FINAL))
        .values(access_token=None)
    )


def downgrade() -> None:
    """Drops it again; what older releases know is left as it is."""
    drop_tables("publishing_rights", "slices")
    drop_indexes(_UPLOADS, *_INDEXES)
    drop_present("batches", ["paused"])
    drop_present(_UPLOADS, [column.name for column in _upload_columns()])


def _upload_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("slice_id", sa.BigInteger()),
        sa.Column("captions", sa.JSON()),
        sa.Column("publish_at", time()),
        sa.Column("not_before", time()),
        sa.Column("sent_until", time()),
        sa.Column("lease_token", sa.String(32)),
        sa.Column("lease_until", time()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("checkpoint", sa.JSON()),
        sa.Column("retry_of", sa.Integer()),
    ]


def _create_slices() -> None:
    op.create_table(
        "slices",
        sa.Column("batch_id", sa.Integer(), sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column("slice_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", time(), nullable=False),
        mysql_charset="utf8mb4",
        if_not_exists=True,
    )


def _create_rights() -> None:
    op.create_table(
        "publishing_rights",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.String(32), nullable=False),
        sa.Column("until", time(), nullable=False),
        mysql_charset="utf8mb4",
        if_not_exists=True,
    )


def _hold_any_text_and_microseconds(table: str) -> None:
    """What an older release left to the server's defaults: a narrow character set would refuse
    emoji. User ids are digits, and MariaDB changes no column of a foreign key: they stay."""
    columns = sa.text(
        "SELECT column_name, column_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND table_name = :table AND column_name <> 'userid' "
        "AND (character_set_name <> 'utf8mb4' OR datetime_precision < 6)"
    )
    changes = [
        _modified(name, kind, "NULL" if nullable == "YES" else "NOT NULL")
        for name, kind, nullable in op.get_bind().execute(columns, {"table": table})
    ]
    if changes:
        # One statement, so that the table is rewritten once.
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}, DEFAULT CHARACTER SET utf8mb4")


def _modified(name: str, kind: str, null: str) -> str:
    if kind == "datetime":
        return f"MODIFY `{name}` DATETIME(6) {null}"
    return f"MODIFY `{name}` {kind} CHARACTER SET utf8mb4 {null}"
