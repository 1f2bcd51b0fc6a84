"""One default preset for each user and source."""

from __future__ import annotations

revision = "f5b2c8e7da36"
down_revision = "e4a1b7d6c925"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what is ours."""


def downgrade() -> None:
    """Drops it again."""
