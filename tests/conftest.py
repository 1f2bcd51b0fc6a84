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


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A private MariaDB server for the whole run."""
    with running_mariadb() as server:
        yield server


@pytest.fixture
def mariadb_url(mariadb: MariaDb) -> Iterator[str]:
    """SQLAlchemy's address of an empty MariaDB database of this test's own."""
    with mariadb.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_address() -> Iterator[RedisAddress]:
    """A private Redis-compatible server for the whole run; tests differ by their key prefix."""
    with running_redis() as address:
        yield address


@pytest.fixture(scope="session")
def mediawiki() -> Iterator[RealWiki]:
    """A private MediaWiki for the whole run; tests differ by their files and titles."""
    with running_mediawiki() as wiki:
        yield wiki
