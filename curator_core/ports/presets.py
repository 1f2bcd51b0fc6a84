"""Contributors' presets as they are kept."""

from __future__ import annotations

from typing import Protocol

from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import NewPreset, Preset


class Presets(Protocol):
    """Everybody's templates. What is somebody else's is answered as if it were not there.

    A preset that is the default takes the place of the user's former default for the same source
    in the same unit of work. `count`, `add` and `change` hold the user's presets until that ends:
    another one that wants to write some of the same user's waits, so any number at once leave one
    default, and a count stays true.
    """

    def of(self, user_id: UserId, handler: str) -> tuple[Preset, ...]:
        """The user's presets for a source, by id."""
        ...

    def count(self, user_id: UserId) -> int:
        """How many the user has for all sources."""
        ...

    def add(self, preset: NewPreset) -> Preset:
        """A new preset of a remembered user."""
        ...

    def change(self, preset_id: PresetId, to: NewPreset) -> Preset | None:
        """The preset with everything as in `to`, its source too; None, and nothing changes, where
        that user has none of this id."""
        ...

    def remove(self, user_id: UserId, preset_id: PresetId) -> Preset | None:
        """Answers what was removed; None where that user has none of this id."""
        ...
