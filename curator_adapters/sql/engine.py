"""Opens the database, and says in one sentence when that cannot be done."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from curator_core.domain.errors import Misconfigured, ServiceDown

LOCK_WAIT_SECONDS = 10
"""How long a statement waits for a lock before the database counts as not answering."""

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 60
_WRITES = "curator_writes"
_PATIENCE = "curator_patience"

_SESSION = (
    "SET SESSION time_zone = '+00:00', tx_isolation = 'READ-COMMITTED', "
    f"innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}, sql_mode = 'TRADITIONAL', autocommit = 0"
)


def make_engine(address: str) -> Engine:
    """An engine for `sqlite:///path` or `mysql://user:password@host/database`.

    Connects to nothing yet. `?tls=1` turns TLS on, `?tls_ca=path` with that authority only.
    Raises `Misconfigured` for an address that cannot be used.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise _misconfigured("is not of the form kind://place") from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite(url)
    if kind in ("mysql", "mariadb"):
        return _mariadb(url)
    raise _misconfigured(f"begins with {kind}; sqlite and mysql (MariaDB) are known")


def patient(engine: Engine, seconds: int) -> Engine:
    """An engine for the same database whose statements may take `seconds`: to change tables."""
    return engine if engine.dialect.name == "sqlite" else _mariadb(engine.url, seconds)


def is_mariadb(connection: Connection) -> bool:
    """Whether this speaks to MariaDB; otherwise it is SQLite."""
    return connection.dialect.name in ("mysql", "mariadb")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read from. Raises `ServiceDown` where the database does not answer."""
    with _service_errors(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, patience: int = LOCK_WAIT_SECONDS) -> Iterator[Connection]:
    """A transaction: committed on a clean exit, rolled back otherwise. Raises `ServiceDown`.

    On SQLite it waits for up to `patience` seconds until nobody else writes.
    """
    with _service_errors(engine), engine.connect() as connection:
        writer = connection.execution_options(**{_WRITES: True, _PATIENCE: patience})
        with writer.begin():
            yield writer


@contextmanager
def _service_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError):
        raise  # our own mistake, not the database's absence
    except DBAPIError as error:
        raise ServiceDown("database", f"{_where(engine)}: {_words(error)}") from error
    except NoFreeConnection as error:
        raise ServiceDown("database", f"{_where(engine)}: no free connection") from error


def _where(engine: Engine) -> str:
    return engine.url.set(query={}).render_as_string(hide_password=True)


def _words(error: DBAPIError) -> str:
    """The driver's own words, without the statement and its parameters."""
    arguments = error.orig.args if error.orig else ()
    return str(arguments[-1]) if arguments else type(error.orig).__name__


def _misconfigured(what: str) -> Misconfigured:
    return Misconfigured((f"The database's address {what}.",))


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise _misconfigured("names no file, which several processes could share")
    # Connections stay open: whoever closes the last one makes SQLite fold its log back into the
    # file, which would cost every unit of work some milliseconds.
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": LOCK_WAIT_SECONDS},
        max_overflow=-1,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late: a transaction that reads before it writes could
    # fail instead of waiting. (SQLAlchemy, "Serializable isolation / Savepoints" of pysqlite.)
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes, patience = options.get(_WRITES, False), options.get(_PATIENCE, LOCK_WAIT_SECONDS)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience * 1000}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _mariadb(url: URL, answer_seconds: int = _ANSWER_SECONDS) -> Engine:
    if not url.database:
        raise _misconfigured("names no database")
    tls = _tls(url)
    # Toolforge forbids idle connections, and a fresh one costs 1.6 ms: so none is pooled, none
    # is stale after a restart of the server, and none crosses a fork.
    engine = create_engine(
        url.set(drivername="mysql+pymysql"),
        poolclass=NullPool,
        # Whoever closes a connection has ended its transaction, and so does the server.
        pool_reset_on_return=None,
        hide_parameters=True,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": answer_seconds,
            "write_timeout": answer_seconds,
            "init_command": _SESSION,
            # The driver need not say it once more.
            "autocommit": None,
            **tls,
        },
    )
    event.listen(engine, "do_connect", _without_our_own_options)
    return engine


def _without_our_own_options(
    _dialect: Dialect, _record: object, _arguments: object, parameters: dict[str, Any]
) -> None:
    parameters.pop("tls", None)
    parameters.pop("tls_ca", None)


def _tls(url: URL) -> dict[str, object]:
    """One shared context: PyMySQL would otherwise build one for each connection, in 39 ms."""
    authority = url.query.get("tls_ca")
    if authority is None and url.query.get("tls", "0") in ("0", "false", "no"):
        return {"ssl_disabled": True}
    return {"ssl": ssl.create_default_context(cafile=str(authority) if authority else None)}
