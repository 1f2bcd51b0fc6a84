"""Times in the database: stored without a zone as UTC, aware in Python, told by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, bindparam
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from curator_core.domain.clockwork import utc

_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, to the microsecond; a naive one is refused with `ValueError`."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class _DatabaseTime(FunctionElement[datetime]):
    inherit_cache = True
    type = UtcTime()
    name = "database_time"


def later(by: timedelta) -> ColumnElement[datetime]:
    """The database's now and `by`, which may be negative; the same throughout a statement."""
    return later_by(bindparam(None, microseconds(by), BigInteger()))


def later_by(count: ColumnElement[int]) -> ColumnElement[datetime]:
    """The database's now and so many microseconds, reckoned by the database."""
    return _DatabaseTime(count)


def microseconds(duration: timedelta) -> int:
    """Whole ones."""
    return duration // _MICROSECOND


def now() -> ColumnElement[datetime]:
    """The database's now."""
    return later(timedelta(0))


@compiles(_DatabaseTime, "sqlite")
def _on_sqlite(element: _DatabaseTime, compiler: SQLCompiler, **kw: Any) -> str:
    by = compiler.process(element.clauses, **kw)
    # SQLite's clock has milliseconds. The zeros make its text as long as SQLAlchemy's, since
    # SQLite compares times as texts.
    shift = f"printf('%+.6f seconds', ({by}) / 1000000.0)"
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {shift}) || '000')"


@compiles(_DatabaseTime, "mysql")
@compiles(_DatabaseTime, "mariadb")
def _on_mariadb(element: _DatabaseTime, compiler: SQLCompiler, **kw: Any) -> str:
    by = compiler.process(element.clauses, **kw)
    return f"TIMESTAMPADD(MICROSECOND, {by}, UTC_TIMESTAMP(6))"
