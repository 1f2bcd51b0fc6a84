"""The schema of the existing deployment, from which ours goes on (SPEC §11)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "5cc957424c9d"
down_revision = None
branch_labels = None
depends_on = None

_TABLE: dict[str, Any] = {"mysql_charset": "utf8mb4"}


def upgrade() -> None:
    """Creates it in an empty database."""
    op.create_table(
        "users",
        sa.Column("userid", sa.String(255), primary_key=True),
        sa.Column("username", sa.String(255), nullable=False),
        *_times(),
        **_TABLE,
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), primary_key=True),
        _user(),
        sa.Column("edit_group_id", sa.String(12)),
        *_times(),
        **_TABLE,
    )
    op.create_table("upload_requests", *_upload_columns(), **_TABLE)
    op.create_table(
        "presets",
        sa.Column("id", sa.Integer(), primary_key=True),
        _user(),
        sa.Column("handler", sa.String(50), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("title_template", sa.String(500), nullable=False),
        sa.Column("labels", sa.JSON()),
        sa.Column("categories", sa.String(500)),
        _flag("exclude_from_date_category"),
        _flag("is_default"),
        *_times(),
        **_TABLE,
    )
    for table, columns in _INDEXED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index(
        "ix_upload_requests_batchid_status_updated_at",
        "upload_requests",
        ["batchid", "status", "updated_at"],
    )


def downgrade() -> None:
    """Drops everything."""
    for table in ("presets", "upload_requests", "batches", "users"):
        op.drop_table(table)


_INDEXED = {
    "users": ["username"],
    "batches": ["userid", "created_at", "updated_at"],
    "upload_requests": [
        "batchid",
        "userid",
        "status",
        "key",
        "handler",
        "filename",
        "created_at",
        "updated_at",
    ],
    "presets": ["userid", "handler", "is_default"],
}


def _upload_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("batchid", sa.Integer(), sa.ForeignKey("batches.id"), nullable=False),
        _user(),
        sa.Column("status", sa.String(50), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("handler", sa.String(255), nullable=False),
        sa.Column("collection", sa.String(255)),
        sa.Column("access_token", sa.Text()),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("wikitext", sa.Text(), nullable=False),
        _flag("copyright_override"),
        sa.Column("labels", sa.JSON()),
        sa.Column("result", sa.Text()),
        sa.Column("error", sa.JSON()),
        sa.Column("success", sa.Text()),
        sa.Column("celery_task_id", sa.String(255)),
        *_times(),
    ]


def _user() -> sa.Column[Any]:
    return sa.Column("userid", sa.String(255), sa.ForeignKey("users.userid"), nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default="0")


def _times() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(), nullable=False) for name in ("created_at", "updated_at")]
