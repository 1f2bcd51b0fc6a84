"""Presets in the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from curator_adapters.sql.mapping import captions_of, label_json
from curator_adapters.sql.tables import PRESETS, USERS, PresetRow
from curator_adapters.sql.times import now
from curator_core.domain.ids import PresetId, UserId
from curator_core.domain.preset import NewPreset, Preset

_presets = PRESETS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPresets:
    session: Session

    def of(self, user_id: UserId, handler: str) -> tuple[Preset, ...]:
        rows = self.session.scalars(
            select(PresetRow)
            .where(_presets.userid == user_id, _presets.handler == handler)
            .order_by(_presets.id)
        )
        return tuple(preset_of(row) for row in rows)

    def count(self, user_id: UserId) -> int:
        self._hold(user_id)
        mine = select(func.count()).select_from(PRESETS).where(_presets.userid == user_id)
        return self.session.scalars(mine).one()

    def add(self, preset: NewPreset) -> Preset:
        self._make_room(preset)
        inserted = self.session.connection().execute(
            insert(PRESETS).values(**_values(preset), created_at=now(), updated_at=now())
        )
        key = inserted.inserted_primary_key
        return preset_of(
            self.session.scalars(
                select(PresetRow).where(_presets.id == (key[0] if key else None))
            ).one()
        )

    def change(self, preset_id: PresetId, to: NewPreset) -> Preset | None:
        self._hold(to.user_id)
        if self._own(to.user_id, preset_id) is None:
            return None
        self._make_room(to)
        self.session.connection().execute(
            update(PRESETS).where(_presets.id == preset_id).values(**_values(to), updated_at=now())
        )
        return self._own(to.user_id, preset_id)

    def remove(self, user_id: UserId, preset_id: PresetId) -> Preset | None:
        found = self._own(user_id, preset_id)
        removed = self.session.connection().execute(
            delete(PRESETS).where(_presets.id == preset_id, _presets.userid == user_id)
        )
        # Somebody else may have removed it since it was read.
        return found if removed.rowcount else None

    def _own(self, user_id: UserId, preset_id: PresetId) -> Preset | None:
        row = self.session.scalar(
            select(PresetRow).where(_presets.id == preset_id, _presets.userid == user_id)
        )
        return None if row is None else preset_of(row)

    def _hold(self, user_id: UserId) -> None:
        self.session.connection().execute(
            select(USERS.c.userid).where(USERS.c.userid == user_id).with_for_update()
        )

    def _make_room(self, preset: NewPreset) -> None:
        """No preset of the user's is the default where this one is to be."""
        self._hold(preset.user_id)
        if preset.is_default:
            self.session.connection().execute(
                update(PRESETS)
                .where(
                    _presets.userid == preset.user_id,
                    # An older release knows only one of the two.
                    or_(
                        _presets.default_for == preset.handler,
                        and_(_presets.handler == preset.handler, _presets.is_default.is_(True)),
                    ),
                )
                .values(is_default=False, default_for=None)
            )


def preset_of(row: PresetRow) -> Preset:
    """The preset that `row` stores. A default that an older release set counts from our next
    start on, which leaves one of several."""
    return Preset(
        id=PresetId(row.id),
        user_id=UserId(row.userid),
        handler=row.handler,
        title=row.title,
        title_template=row.title_template,
        caption=next(iter(captions_of(row.labels, None)), None),
        categories=row.categories,
        exclude_from_date_category=row.exclude_from_date_category,
        is_default=row.is_default and row.default_for is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _values(preset: NewPreset) -> dict[str, object]:
    return {
        "userid": preset.user_id,
        "handler": preset.handler,
        "title": preset.title,
        "title_template": preset.title_template,
        "labels": label_json(preset.caption) if preset.caption else None,
        "categories": preset.categories,
        "exclude_from_date_category": preset.exclude_from_date_category,
        "is_default": preset.is_default,
        "default_for": preset.handler if preset.is_default else None,
    }
