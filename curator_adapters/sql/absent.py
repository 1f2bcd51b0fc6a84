"""Inserts what is not there yet, without failing where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import mysql, sqlite

from curator_adapters.sql.engine import is_mariadb


def insert_where_absent(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]
) -> None:
    """Inserts those of `rows` whose primary key is free, and locks all of them either way."""
    if is_mariadb(connection):
        # Not INSERT IGNORE: that takes a shared lock on what is there, and two transactions
        # that hold one and then write would lock each other out.
        insert = mysql.insert(table).values(list(rows))
        key = table.primary_key.columns[0]
        connection.execute(insert.on_duplicate_key_update({key.name: key}))
    else:
        connection.execute(sqlite.insert(table).values(list(rows)).on_conflict_do_nothing())
