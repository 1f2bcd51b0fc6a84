"""Brings a database to this release's schema, one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, func, select

from curator_adapters.sql.adoption import adopt
from curator_adapters.sql.engine import is_mariadb, patient, reading, writing
from curator_core.domain.errors import ServiceDown
from curator_core.domain.policy import Policy

_FOLDER = Path(__file__).parent / "migrations"
_WAIT_SECONDS = 600
"""How long to wait for another process that is migrating."""

_CHANGE_SECONDS = 3600
"""How long one change of a large table may take."""

_ONE_AT_A_TIME = Lock()
"""Alembic keeps what it works on in its module, so two threads would mix up two databases."""


def head() -> str:
    """The revision that this release works with."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(engine: Engine) -> str | None:
    """The database's revision; None where it is empty. Raises `ServiceDown`."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_behind(engine: Engine) -> bool:
    """Whether the database has to be upgraded before this release can work with it. One that a
    later release upgraded need not be. Raises `ServiceDown`."""
    found = current(engine)
    ours = {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}
    return found is None or (found in ours and found != head())


def upgrade(engine: Engine, to: str = "head", policy: Policy | None = None) -> None:
    """Migrates to revision `to` and puts right what an older release left behind; uploads that
    wait without a slot get one by the default pace of `policy`.

    May be called at any time and by any number of processes: one migrates, the others wait for
    it. Broken off, it goes on where it stopped when it is called again. Raises `ServiceDown`.
    """
    with _alone(engine) as (connection, config):
        command.upgrade(config, to)
        if to == "head":
            adopt(connection, policy or Policy())


def downgrade(engine: Engine, to: str) -> None:
    """Goes back to revision `to`, or to `base`, where no table is left. Raises `ServiceDown`."""
    with _alone(engine) as (_, config):
        command.downgrade(config, to)


@contextmanager
def _alone(engine: Engine) -> Iterator[tuple[Connection, Config]]:
    ours = patient(engine, _CHANGE_SECONDS)
    with _ONE_AT_A_TIME, _locked(ours), writing(ours, patience=_WAIT_SECONDS) as connection:
        config = _config()
        config.attributes["connection"] = connection
        try:
            yield connection, config
        except CommandError as error:
            raise ServiceDown("database", f"it cannot be migrated: {error}") from error


@contextmanager
def _locked(engine: Engine) -> Iterator[None]:
    """On SQLite the transaction itself is the lock; MariaDB ends one at every change of a table."""
    with reading(engine) as connection:
        if is_mariadb(connection):
            # The server's locks are shared by all of its databases, and their names are short.
            # This one is free again when the connection closes.
            name = func.concat("curator:", func.sha1(func.database()))
            if not connection.scalar(select(func.get_lock(name, _WAIT_SECONDS))):
                raise ServiceDown("database", "another process has been migrating it for long")
        yield


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
