"""Presets as the wire has them, and back."""

from __future__ import annotations

from curator_core.domain.preset import Preset
from curator_core.use_cases.presets import Template
from curator_web.protocol.client import PresetData
from curator_web.protocol.shapes import Label, PresetItem


def template(sent: PresetData) -> Template:
    """A preset as the core takes it."""
    label = sent.labels
    return Template(
        handler=sent.handler,
        title=sent.title,
        title_template=sent.title_template,
        caption=(label.language, label.value) if label else None,
        categories=sent.categories,
        exclude_from_date_category=sent.exclude_from_date_category,
        is_default=sent.is_default,
    )


def preset_item(preset: Preset) -> PresetItem:
    """A preset in a list."""
    caption = preset.caption
    return PresetItem(
        id=preset.id,
        title=preset.title,
        title_template=preset.title_template,
        labels=Label(language=caption.language, value=caption.text) if caption else None,
        categories=preset.categories,
        exclude_from_date_category=preset.exclude_from_date_category,
        handler=preset.handler,
        is_default=preset.is_default,
        created_at=preset.created_at,
        updated_at=preset.updated_at,
    )
