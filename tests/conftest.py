"""What all tests share: private servers, and an orderly end when the run is terminated."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.real_wiki import RealWiki, running_mediawiki
from tests.services import MariaDb, RedisAddress, running_mariadb, running_redis

# How long an example takes says more about the machine than about the code.
settings.register_profile("curator", deadline=None)
settings.load_profile("curator")


def pytest_configure() -> None:
    # Ends fixtures, and the processes they started, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=143))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and _needed(item) & {"mariadb", "mediawiki"}:
            item.add_marker("server")
    # What is slow mostly waits, so it runs beside all the rest; begun last, it would run alone.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _needed(test: pytest.Function) -> set[str]:
    """Its fixtures, and those that its parameters stand for."""
    chosen = test.callspec.params.values() if hasattr(test, "callspec") else ()
    return {*test.fixturenames, *(each for each in chosen if isinstance(each, str))}


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A private MariaDB server for the whole run, or for this process's part of it."""
    with running_mariadb() as server:
        yield server


@pytest.fixture
def mariadb_url(mariadb: MariaDb) -> Iterator[str]:
    """SQLAlchemy's address of an empty MariaDB database of this test's own."""
    with mariadb.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_address() -> Iterator[RedisAddress]:
    """A private Redis-compatible server, likewise; tests differ by their key prefix."""
    with running_redis() as address:
        yield address


@pytest.fixture(scope="session")
def mediawiki() -> Iterator[RealWiki]:
    """A private MediaWiki, likewise; tests differ by their files and titles."""
    with running_mediawiki() as wiki:
        yield wiki
