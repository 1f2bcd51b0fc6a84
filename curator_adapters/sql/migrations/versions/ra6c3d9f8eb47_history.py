"""What happened to each upload."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from curator_adapters.sql.migrations.steps import drop_tables, index_missing, time

revision = "a6c3d9f8eb47"
down_revision = "f5b2c8e7da36"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what is ours."""
    op.create_table(
        "upload_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("at", time(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("step", sa.String(20)),
        sa.Column("code", sa.String(100)),
        sa.Column("until", time()),
        mysql_charset="utf8mb4",
        if_not_exists=True,
    )
    index_missing("ix_upload_events_upload_id_id", "upload_events", ["upload_id", "id"])
    index_missing("ix_upload_events_at", "upload_events", ["at"])


def downgrade() -> None:
    """Drops it again."""
    drop_tables("upload_events")
