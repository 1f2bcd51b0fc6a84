"""Leaves one default preset for each user and source, whatever an older release wrote."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, or_, select, update

from curator_adapters.sql.tables import PRESETS

_presets = PRESETS.c


def settle_defaults(connection: Connection) -> None:
    """Of several defaults the one written last stays. Changes nothing where all is well."""
    marked = connection.execute(
        select(
            _presets.id,
            _presets.userid,
            _presets.handler,
            _presets.is_default,
            _presets.default_for,
        )
        .where(or_(_presets.is_default.is_(True), _presets.default_for.is_not(None)))
        .order_by(_presets.updated_at, _presets.id)
        .with_for_update()
    ).all()
    # MariaDB's index takes texts for the same that differ in case or in spaces at their end.
    newest = {
        (row.userid, row.handler.rstrip().casefold()): row.id for row in marked if row.is_default
    }
    staying = set(newest.values())
    _set_default(connection, [row.id for row in marked if row.id not in staying], None)
    for row in marked:
        if row.id in staying and row.default_for != row.handler:
            _set_default(connection, [row.id], row.handler)


def _set_default(connection: Connection, ids: Collection[int], handler: str | None) -> None:
    if ids:
        connection.execute(
            update(PRESETS)
            .where(_presets.id.in_(ids))
            .values(is_default=handler is not None, default_for=handler)
        )
