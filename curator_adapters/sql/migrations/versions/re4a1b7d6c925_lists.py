"""What lists and searches need: the words of file names, and indexes."""

from __future__ import annotations

revision = "e4a1b7d6c925"
down_revision = "d3f2a9c5b814"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what is ours."""


def downgrade() -> None:
    """Drops it again."""
