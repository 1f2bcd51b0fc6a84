"""What happened to each upload."""

from __future__ import annotations

revision = "a6c3d9f8eb47"
down_revision = "f5b2c8e7da36"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what is ours."""


def downgrade() -> None:
    """Drops it again."""
