"""One default preset for each user and source.

The previous release goes on working on this schema: it leaves the new column empty. On MariaDB each
change of a table is final at once, so every step asks whether it was done: broken off, the
migration can run again.
"""

from __future__ import annotations

import sqlalchemy as sa

from curator_adapters.sql.migrations.steps import (
    add_missing,
    drop_indexes,
    drop_present,
    index_missing,
)

revision = "f5b2c8e7da36"
down_revision = "e4a1b7d6c925"
branch_labels = None
depends_on = None

_PRESETS = "presets"
_DEFAULTS = "ux_presets_userid_default_for"


def upgrade() -> None:
    """Adds what is ours, empty: which of several defaults stays is settled at each start."""
    add_missing(_PRESETS, [sa.Column("default_for", sa.String(50))])
    index_missing(_DEFAULTS, _PRESETS, ["userid", "default_for"], unique=True)


def downgrade() -> None:
    """Drops it again."""
    drop_indexes(_PRESETS, _DEFAULTS)
    drop_present(_PRESETS, ["default_for"])
