"""Steps of a migration that ask whether they were done, so that one broken off can run again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql


def time() -> sa.types.TypeEngine[Any]:
    """The type of a time, to the microsecond."""
    return sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def on_mariadb() -> bool:
    """Whether this migrates MariaDB; otherwise it is SQLite."""
    return op.get_bind().dialect.name in ("mysql", "mariadb")


def indexes(table: str) -> set[str]:
    """The names of those that `table` has."""
    return {str(index["name"]) for index in sa.inspect(op.get_bind()).get_indexes(table)}


def index_missing(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Makes the index if it is not there."""
    if name not in indexes(table):
        op.create_index(name, table, list(columns), unique=unique)


def drop_indexes(table: str, *names: str) -> None:
    """Drops those that are there."""
    for name in sorted(indexes(table).intersection(names)):
        op.drop_index(name, table)


def add_missing(table: str, columns: Sequence[sa.Column[Any]]) -> None:
    """Adds the columns that are not there."""
    present = _columns(table)
    for column in columns:
        if column.name not in present:
            op.add_column(table, column)


def drop_present(table: str, columns: Sequence[str]) -> None:
    """Drops the columns that are there."""
    present = _columns(table)
    for column in columns:
        if column in present:
            op.drop_column(table, column)


def drop_tables(*tables: str) -> None:
    """Drops those that are there."""
    present = sa.inspect(op.get_bind()).get_table_names()
    for table in tables:
        if table in present:
            op.drop_table(table)


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
