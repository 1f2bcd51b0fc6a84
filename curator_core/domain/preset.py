"""A preset: a contributor's template for the texts of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curator_core.domain.caption import Caption
from curator_core.domain.clockwork import utc
from curator_core.domain.ids import PresetId, UserId

MAX_CHARACTERS = {"title": 255, "title_template": 500, "categories": 500, "handler": 50}
"""What the texts may have (SPEC §11)."""

_NAMES = {
    "title": "A preset's title",
    "title_template": "A preset's template for titles",
    "categories": "A preset's categories",
    "handler": "A preset's source",
}


class IllegalPreset(ValueError):
    """A preset that cannot be kept; its own text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPreset:
    """A preset as it is to be kept. Raises `IllegalPreset` where a text does not fit."""

    user_id: UserId
    handler: str
    title: str
    title_template: str
    caption: Caption | None = None
    categories: str | None = None
    exclude_from_date_category: bool = False
    is_default: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise IllegalPreset("A preset needs a title.")
        for field, most in MAX_CHARACTERS.items():
            text: str = getattr(self, field) or ""
            if len(text) > most:
                raise IllegalPreset(
                    f"{_NAMES[field]} may have {most} characters; this has {len(text)}."
                )
            try:
                text.encode()
            except UnicodeEncodeError:
                raise IllegalPreset(f"{_NAMES[field]} must not hold half a character.") from None


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
