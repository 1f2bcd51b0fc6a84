"""Empty databases of a test's own, and one as the existing deployment left it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from curator_adapters.sql.engine import make_engine, writing
from curator_adapters.sql.migrate import upgrade


@pytest.fixture(params=["sqlite", "mariadb"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'curator.db'}"
    url: str = request.getfixturevalue("mariadb_url")
    return url


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """An empty database."""
    made = make_engine(address)
    yield made
    made.dispose()


@pytest.fixture
def migrated(engine: Engine) -> Engine:
    """A database with this release's schema."""
    upgrade(engine)
    return engine


@pytest.fixture
def existing(engine: Engine) -> Engine:
    """A database as the existing deployment made it, without rows."""
    kind = "sqlite" if engine.dialect.name == "sqlite" else "mariadb"
    statements = Path(__file__).with_name(f"existing_{kind}.sql").read_text()
    with writing(engine) as connection:
        for statement in statements.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    return engine
