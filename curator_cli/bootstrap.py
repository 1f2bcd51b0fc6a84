"""Chooses adapters for the command line."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from curator_adapters import bootstrap
from curator_adapters.redis.embedded import embedded_redis
from curator_adapters.settings.settings import Settings


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


def private_redis(data_dir: Path) -> AbstractContextManager[str]:
    """Holds the embedded Redis-compatible server of `data_dir` until the block ends."""
    return embedded_redis(data_dir)
