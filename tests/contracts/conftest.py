"""Wikis and databases for the contracts: the fake one first, then the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from curator_adapters.sql.engine import make_engine
from curator_adapters.sql.migrate import upgrade
from tests.contracts.database_bench import DatabaseBench, empty, fake_bench, sql_bench
from tests.contracts.wiki_bench import WikiBench
from tests.contracts.wiki_bench_fake import FakeBench
from tests.contracts.wiki_bench_mediawiki import MediaWikiBench
from tests.contracts.wiki_bench_sandbox import SandboxBench
from tests.sandbox import Sandbox, running_sandbox
from tests.services import MariaDb, free_port


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what Debian's MediaWiki cannot do, in tests that say so (`sandbox_only`)."""
    dropped = [
        item
        for item in items
        if isinstance(item, pytest.Function)
        and item.get_closest_marker("sandbox_only")
        and hasattr(item, "callspec")
        and item.callspec.params.get("wiki_bench") == "mediawiki"
    ]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox for the whole run; tests differ by their files and titles."""
    with running_sandbox() as running:
        yield running


@pytest.fixture(params=["fake", "sandbox", "mediawiki"])
def wiki_bench(request: pytest.FixtureRequest, tmp_path: Path) -> WikiBench:
    """A wiki on which nothing is wrong yet."""
    if request.param == "fake":
        return FakeBench()
    if request.param == "mediawiki":
        return MediaWikiBench(request.getfixturevalue("mediawiki"), tmp_path)
    return SandboxBench(request.getfixturevalue("sandbox"), tmp_path)


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated SQLite database for the whole run; each test empties it first."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'curator.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def mariadb_engine(mariadb: MariaDb) -> Iterator[Engine]:
    """A migrated MariaDB database for the whole run; each test empties it first."""
    with mariadb.fresh_database() as url:
        engine = make_engine(url)
        upgrade(engine)
        yield engine


@pytest.fixture(scope="session")
def nobodys_port() -> int:
    """Where no server listens during the whole run."""
    return free_port()


@pytest.fixture(params=["fake", "sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path, nobodys_port: int) -> DatabaseBench:
    """An empty database."""
    if request.param == "fake":
        return fake_bench()
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    empty(engine)
    nowhere = {
        "sqlite": f"sqlite:///{tmp_path / 'no such folder' / 'curator.db'}",
        "mariadb": f"mysql://curator:s3cret@127.0.0.1:{nobodys_port}/curator",
    }
    return sql_bench(engine, make_engine(nowhere[request.param]))
