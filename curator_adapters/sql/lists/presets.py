"""Pages of everybody's presets."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import Session

from curator_adapters.sql.lists.bounded import bounded_total, named
from curator_adapters.sql.presets import preset_of
from curator_adapters.sql.tables import PRESETS, USERS, PresetRow
from curator_core.domain.preset import Preset
from curator_core.domain.search import Search
from curator_core.ports.reports import Listed, Page

_presets = PRESETS.c


def presets(connection: Connection, page: Page, text: str | None) -> Listed[Preset]:
    """`Reports.presets`."""
    found = select(PresetRow)
    if text:
        search = Search.of(text)
        if search.number is not None:
            found = found.where(_presets.id == search.number)
        else:
            found = found.join(USERS, USERS.c.userid == _presets.userid).where(
                or_(named(text), _presets.title.istartswith(text.strip(), autoescape=True))
            )
    rows = Session(connection).scalars(
        found.order_by(_presets.id.desc()).limit(page.limit).offset(page.offset)
    )
    all_of_them = select(func.count()).select_from(PRESETS)
    return Listed(
        items=tuple(preset_of(row) for row in rows),
        total=bounded_total(connection, found) if text else connection.scalar(all_of_them) or 0,
    )
