"""A preset: a contributor's template for the texts of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.caption import Caption
from curator_core.domain.clockwork import utc
from curator_core.domain.ids import PresetId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A preset as it is stored; `is_default` is true of one at most for a user and source."""

    id: PresetId
    user_id: UserId
    handler: str
    title: str
    title_template: str
    caption: Caption | None
    categories: str | None
    exclude_from_date_category: bool
    is_default: bool
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        utc(self.created_at)
        utc(self.updated_at)
