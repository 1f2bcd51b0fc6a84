"""Chooses adapters for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from curator_adapters import bootstrap
from curator_adapters.logging import configure_logging
from curator_adapters.redis.embedded import embedded_redis
from curator_adapters.settings.settings import Settings
from curator_core.application import Application
from curator_core.ports.work import Begin


def settings() -> Settings:
    """The configuration. Raises `Misconfigured`."""
    return Settings.load()


def variables() -> frozenset[str]:
    """The names of all environment variables that configure Curator."""
    return frozenset(str(field.validation_alias) for field in Settings.model_fields.values())


def migrate() -> str:
    """Brings the configured database to this release's schema; answers where it is, without a
    password. Raises `Misconfigured` and `ServiceDown`."""
    loaded = settings()
    bootstrap.migrate(loaded)
    return loaded.database_url.get_secret_value().rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What an operator's command works with."""

    application: Application
    begin: Begin


@contextmanager
def office() -> Iterator[Office]:
    """Curator as it is configured, until the block ends; only warnings are logged, to stderr.
    Raises `Misconfigured`, and `ServiceDown` where the database was not prepared."""
    loaded = settings()
    bootstrap.require_schema(loaded)
    configure_logging("WARNING", as_json=False)
    with bootstrap.connected(loaded) as outside:
        yield Office(
            application=Application.on(outside.ports, loaded.policy), begin=outside.ports.begin
        )


def private_redis(data_dir: Path) -> AbstractContextManager[str]:
    """Holds the embedded Redis-compatible server of `data_dir` until the block ends."""
    return embedded_redis(data_dir)
