"""A contributor keeps templates for the texts of batches."""

from __future__ import annotations

from dataclasses import dataclass

from curator_core.domain.caption import Caption
from curator_core.domain.ids import PresetId
from curator_core.domain.preset import IllegalPreset, NewPreset, Preset
from curator_core.domain.user import User
from curator_core.ports.sources import Sources
from curator_core.ports.work import Begin
from curator_core.use_cases.items import unknown_source
from curator_core.use_cases.ownership import Refused

MAX_PRESETS = 500
"""So many may a user keep."""


_OF_THE_CONTRACT = frozenset({"mapillary", "flickr"})
"""Presets of these can be kept whether or not this server fetches from them: an adopted database
may hold some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetsOf:
    """A user's presets for a source, by id."""

    handler: str
    presets: tuple[Preset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A preset as it was asked for: nothing is checked yet. `caption` is language and text."""

    handler: str
    title: str
    title_template: str
    caption: tuple[str, str] | None = None
    categories: str | None = None
    exclude_from_date_category: bool = False
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPresets:
    """- Everybody sees their own."""

    begin: Begin
    sources: Sources

    def __call__(self, user: User, handler: str) -> PresetsOf | Refused:
        """Raises `ServiceDown`."""
        if not _is_source(self.sources, handler):
            return Refused(reason=unknown_source(handler))
        with self.begin() as work:
            return PresetsOf(handler=handler, presets=work.presets.of(user.id, handler))


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePreset:
    """- A preset with an id is changed where it is the user's own; without one it is new.
    - One is the default for its user and source: a new default takes the former one's place.
    - What the database would cut is refused before it, and so is one more than `MAX_PRESETS`.
    """

    begin: Begin
    sources: Sources

    def __call__(
        self, user: User, template: Template, preset_id: PresetId | None = None
    ) -> PresetsOf | Refused:
        """All presets of that source, this one among them. Raises `ServiceDown`."""
        if not _is_source(self.sources, template.handler):
            return Refused(reason=unknown_source(template.handler))
        preset = _checked(user, template)
        if isinstance(preset, Refused):
            return preset
        with self.begin() as work:
            # A session outlives a restored database, which may not know its user yet.
            work.users.remember(user)
            if preset_id is not None:
                if work.presets.change(preset_id, preset) is None:
                    return _no_such_preset(preset_id)
            elif work.presets.count(user.id) >= MAX_PRESETS:
                return Refused(
                    reason=f"You have {MAX_PRESETS} presets already: delete one to save another."
                )
            else:
                work.presets.add(preset)
            return PresetsOf(
                handler=preset.handler, presets=work.presets.of(user.id, preset.handler)
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePreset:
    """- Everybody deletes their own."""

    begin: Begin

    def __call__(self, user: User, preset_id: PresetId) -> PresetsOf | Refused:
        """What is left for the deleted one's source. Raises `ServiceDown`."""
        with self.begin() as work:
            removed = work.presets.remove(user.id, preset_id)
            if removed is None:
                return _no_such_preset(preset_id)
            return PresetsOf(
                handler=removed.handler, presets=work.presets.of(user.id, removed.handler)
            )


def _is_source(sources: Sources, handler: str) -> bool:
    return handler in _OF_THE_CONTRACT or sources.named(handler) is not None


def _no_such_preset(preset_id: PresetId) -> Refused:
    return Refused(reason=f"You have no preset {preset_id}.")


def _checked(user: User, template: Template) -> NewPreset | Refused:
    caption = None
    if template.caption is not None and template.caption[1].strip():
        language, text = template.caption
        try:
            caption = Caption(language=language, text=text)
        except ValueError as wrong:
            return Refused(reason=f"The caption cannot be used: {wrong}.")
    try:
        return NewPreset(
            user_id=user.id,
            handler=template.handler,
            title=template.title,
            title_template=template.title_template,
            caption=caption,
            categories=template.categories,
            exclude_from_date_category=template.exclude_from_date_category,
            is_default=template.is_default,
        )
    except IllegalPreset as wrong:
        return Refused(reason=str(wrong))
