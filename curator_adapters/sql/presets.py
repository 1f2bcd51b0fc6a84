"""Presets in the database."""

from __future__ import annotations

from curator_adapters.sql.mapping import captions_of
from curator_adapters.sql.tables import PresetRow
from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import Preset


def preset_of(row: PresetRow) -> Preset:
    """The preset that `row` stores."""
    return Preset(
        id=PresetId(row.id),
        user_id=UserId(row.userid),
        handler=row.handler,
        title=row.title,
        title_template=row.title_template,
        caption=next(iter(captions_of(row.labels, None)), None),
        categories=row.categories,
        exclude_from_date_category=row.exclude_from_date_category,
        is_default=row.is_default,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
