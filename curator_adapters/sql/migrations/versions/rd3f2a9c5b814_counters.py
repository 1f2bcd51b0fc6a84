"""Counters of each batch's uploads by state, and what failures are grouped by.

The previous release goes on working on this schema, without counting: `Batches.recount` puts that
right. On MariaDB each change of a table is final at once, so every step asks whether it was done.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from curator_adapters.sql.mapping import failure_of
from curator_adapters.sql.migrations.steps import (
    add_missing,
    drop_indexes,
    drop_present,
    index_missing,
)
from curator_core.domain.error_type import error_type_of

revision = "d3f2a9c5b814"
down_revision = "c2e1d8b5f703"
branch_labels = None
depends_on = None

_SLOTS = "ix_upload_requests_batchid_status_publish_at"
_AT_ONCE = 2000

_COUNTED = {
    "queued": ("queued",),
    "in_progress": ("in_progress",),
    "completed": ("completed",),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
    "duplicate": ("duplicate", "duplicated_sdc_updated", "duplicated_sdc_not_updated"),
}

_batches = sa.table(
    "batches", sa.column("id"), sa.column("total"), *(sa.column(name) for name in _COUNTED)
)
_uploads = sa.table(
    "upload_requests",
    sa.column("id"),
    sa.column("batchid"),
    sa.column("status"),
    sa.column("error", sa.JSON()),
    sa.column("error_type"),
)


def upgrade() -> None:
    """Adds what is ours, and fills it."""
    add_missing("batches", _counters())
    add_missing("upload_requests", [sa.Column("error_type", sa.String(20))])
    index_missing(_SLOTS, "upload_requests", ["batchid", "status", "publish_at"])
    _classify()
    # Batches come last: whoever adds uploads waits for those that are written.
    _count()


def downgrade() -> None:
    """Drops it again."""
    drop_indexes("upload_requests", _SLOTS)
    drop_present("upload_requests", ["error_type"])
    drop_present("batches", [column.name for column in _counters()])


def _counters() -> list[sa.Column[Any]]:
    return [
        sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        for name in ("total", *_COUNTED)
    ]


def _count() -> None:
    counts: dict[str, Any] = {"total": _how_many()}
    for name, statuses in _COUNTED.items():
        counts[name] = _how_many(_uploads.c.status.in_(statuses))
    op.execute(sa.update(_batches).values(counts))


def _how_many(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(_uploads)
        .where(_uploads.c.batchid == _batches.c.id, *conditions)
        .correlate(_batches)
        .scalar_subquery()
    )


def _classify() -> None:
    connection = op.get_bind()
    while failed := connection.execute(
        sa.select(_uploads.c.id, _uploads.c.error)
        .where(_uploads.c.status == "failed", _uploads.c.error_type.is_(None))
        .limit(_AT_ONCE)
    ).all():
        kinds: dict[str, list[int]] = {}
        for upload_id, error in failed:
            kinds.setdefault(error_type_of(failure_of(error)).value, []).append(upload_id)
        for kind, ids in kinds.items():
            connection.execute(
                sa.update(_uploads).where(_uploads.c.id.in_(ids)).values(error_type=kind)
            )
