"""Presets in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import NewPreset, Preset
from tests.fakes.work_tables import Now, Tables


@dataclass(frozen=True, slots=True)
class FakePresets:
    tables: Tables
    clock: Now

    def of(self, user_id: UserId, handler: str) -> tuple[Preset, ...]:
        found = (each for each in self._all(user_id) if each.handler == handler)
        return tuple(sorted(found, key=lambda preset: preset.id))

    def count(self, user_id: UserId) -> int:
        return len(self._all(user_id))

    def add(self, preset: NewPreset) -> Preset:
        if preset.user_id not in self.tables.users:
            raise LookupError(f"nobody remembers user {preset.user_id}")
        now = self.clock.now()
        added = Preset(
            id=PresetId(max(self.tables.presets, default=0) + 1),
            user_id=preset.user_id,
            handler=preset.handler,
            title=preset.title,
            title_template=preset.title_template,
            caption=preset.caption,
            categories=preset.categories,
            exclude_from_date_category=preset.exclude_from_date_category,
            is_default=preset.is_default,
            created_at=now,
            updated_at=now,
        )
        return self._keep(added)

    def change(self, preset_id: PresetId, to: NewPreset) -> Preset | None:
        found = self.tables.presets.get(preset_id)
        if found is None or found.user_id != to.user_id:
            return None
        return self._keep(
            replace(
                found,
                handler=to.handler,
                title=to.title,
                title_template=to.title_template,
                caption=to.caption,
                categories=to.categories,
                exclude_from_date_category=to.exclude_from_date_category,
                is_default=to.is_default,
                updated_at=self.clock.now(),
            )
        )

    def remove(self, user_id: UserId, preset_id: PresetId) -> Preset | None:
        found = self.tables.presets.get(preset_id)
        if found is None or found.user_id != user_id:
            return None
        return self.tables.presets.pop(preset_id)

    def _all(self, user_id: UserId) -> list[Preset]:
        return [each for each in self.tables.presets.values() if each.user_id == user_id]

    def _keep(self, preset: Preset) -> Preset:
        if preset.is_default:
            for former in self.of(preset.user_id, preset.handler):
                self.tables.presets[former.id] = replace(former, is_default=False)
        self.tables.presets[preset.id] = preset
        return preset
