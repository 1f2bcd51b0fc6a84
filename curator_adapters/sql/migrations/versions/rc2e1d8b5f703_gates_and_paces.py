"""Gates, paces, endings that were asked for, and which token an upload acts with.

The previous release goes on working on this schema. On MariaDB each change of a table is final at
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
    time,
)

revision = "c2e1d8b5f703"
down_revision = "b1d0c7a4e6f2"
branch_labels = None
depends_on = None

_UPLOADS = "upload_requests"
_RETRIES = "ix_upload_requests_retry_of"
_SENT = "ix_upload_requests_status_sent_until_userid"
_UNSENT = "ix_upload_requests_status_sent_until_not_before"
"""Takes the place of the former, whose columns it holds."""


def upgrade() -> None:
    """Adds what is ours."""
    add_missing(_UPLOADS, _upload_columns())
    add_missing("batches", [sa.Column("retry_of", sa.Integer())])
    index_missing(_RETRIES, _UPLOADS, ["retry_of"])
    index_missing(_UNSENT, _UPLOADS, ["status", "sent_until", "not_before", "userid"])
    drop_indexes(_UPLOADS, _SENT)
    _create_gates()
    index_missing("ix_gates_probing", "gates", ["probing"])
    _create_paces()


def downgrade() -> None:
    """Drops it again. An ending that was asked for is forgotten: the upload goes on."""
    drop_tables("paces", "gates")
    index_missing(_SENT, _UPLOADS, ["status", "sent_until", "userid"])
    drop_indexes(_UPLOADS, _RETRIES, _UNSENT)
    drop_present("batches", ["retry_of"])
    drop_present(_UPLOADS, [column.name for column in _upload_columns()])


def _upload_columns() -> list[sa.Column[Any]]:
    return [sa.Column("stop", sa.JSON()), sa.Column("token_print", sa.String(32))]


def _create_gates() -> None:
    op.create_table(
        "gates",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("last_upload", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", time()),
        sa.Column("probe_at", time()),
        sa.Column("probing", sa.Integer()),
        sa.Column("probes", sa.Integer(), nullable=False),
        mysql_charset="utf8mb4",
        if_not_exists=True,
    )


def _create_paces() -> None:
    op.create_table(
        "paces",
        sa.Column("userid", sa.String(255), primary_key=True),
        sa.Column("publish_after", time()),
        sa.Column("lead_us", sa.BigInteger()),
        mysql_charset="utf8mb4",
        if_not_exists=True,
    )
