"""Inserts what is not there yet, without failing where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import mysql, sqlite

from curator_adapters.sql.engine import is_mariadb


def insert_where_absent(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]
) -> None:
    """Inserts those of `rows` whose primary key is free, and locks all of them either way. What
    the database reckons, such as its now, may stand in them."""
    connection.execute(_insert(connection, table).values(list(rows)))


def insert_many_where_absent(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]
) -> None:
    """The same for many rows of plain values, by way of the driver."""
    connection.execute(_insert(connection, table), list(rows))


def _insert(connection: Connection, table: Table) -> Insert:
    if is_mariadb(connection):
        # Not INSERT IGNORE: that takes a shared lock on what is there, and two transactions
        # that hold one and then write would lock each other out.
        key = table.primary_key.columns[0]
        return mysql.insert(table).on_duplicate_key_update({key.name: key})
    return sqlite.insert(table).on_conflict_do_nothing()
