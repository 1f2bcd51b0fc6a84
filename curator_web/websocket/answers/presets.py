"""Presets: listed, saved, deleted; each answer is the list as it is then."""

from __future__ import annotations

from collections.abc import Iterator

from curator_core.domain.ids import PresetId
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.presets import PresetsOf
from curator_web.protocol import preset_mapping
from curator_web.protocol.client import DeletePreset, FetchPresets, SavePreset
from curator_web.protocol.server import Error, PresetsData, PresetsList, ServerMessage
from curator_web.websocket.answers.desk import Desk


def fetch_presets(desk: Desk, message: FetchPresets) -> Iterator[ServerMessage]:
    """The visitor's own for a source."""
    yield _listed(desk.application.list_presets(desk.visitor.user, message.data.handler))


def save_preset(desk: Desk, message: SavePreset) -> Iterator[ServerMessage]:
    """A new one, or one of the visitor's changed."""
    asked = message.data.preset_id
    yield _listed(
        desk.application.save_preset(
            desk.visitor.user,
            preset_mapping.template(message.data),
            None if asked is None else PresetId(asked),
        )
    )


def delete_preset(desk: Desk, message: DeletePreset) -> Iterator[ServerMessage]:
    """One of the visitor's goes."""
    yield _listed(
        desk.application.delete_preset(desk.visitor.user, PresetId(message.data.preset_id))
    )


def _listed(outcome: PresetsOf | Refused) -> ServerMessage:
    if isinstance(outcome, Refused):
        return Error(data=outcome.reason)
    return PresetsList(
        data=PresetsData(
            handler=outcome.handler,
            presets=tuple(preset_mapping.preset_item(each) for each in outcome.presets),
        )
    )
