"""One house for each database and run, its people, and the account of what was walked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.rows import walked_by
from tests.conformance.running import (
    ADMINISTRATOR,
    CONTRIBUTOR,
    EXEMPT,
    OTHER,
    Curator,
    a_curator,
)
from tests.conformance.visitor import Socket, Visitor
from tests.services import MariaDb, RedisAddress

DATABASES = ["sqlite", "mariadb"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("system")


def _house(request: pytest.FixtureRequest) -> MariaDb | None:
    if request.param == "sqlite":
        return None
    mariadb: MariaDb = request.getfixturevalue("mariadb")
    return mariadb


@pytest.fixture(scope="session", params=DATABASES)
def quiet(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    redis_address: RedisAddress,
) -> Iterator[Curator]:
    """A house in which nobody works: what is queued stays so."""
    folder = tmp_path_factory.mktemp("quiet")
    with a_curator(folder, _house(request), redis_address) as house:
        yield house


@pytest.fixture(scope="module", params=DATABASES)
def busy(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    redis_address: RedisAddress,
) -> Iterator[Curator]:
    """A house with a worker."""
    folder = tmp_path_factory.mktemp("busy")
    with a_curator(folder, _house(request), redis_address, workers=1) as house:
        yield house


@pytest.fixture
def curator(quiet: Curator, request: pytest.FixtureRequest) -> Iterator[Curator]:
    """The quiet house; what a test says that it walks, it has to have walked."""
    with quiet.accounted(walked_by(request.function)):
        yield quiet


@pytest.fixture(scope="session")
def _people(quiet: Curator) -> dict[str, Visitor]:
    return {name: quiet.visitor(name) for name in (CONTRIBUTOR, OTHER, ADMINISTRATOR, EXEMPT)}


@pytest.fixture
def contributor(_people: dict[str, Visitor]) -> Visitor:
    return _people[CONTRIBUTOR]


@pytest.fixture
def other(_people: dict[str, Visitor]) -> Visitor:
    return _people[OTHER]


@pytest.fixture
def administrator(_people: dict[str, Visitor]) -> Visitor:
    return _people[ADMINISTRATOR]


@pytest.fixture
def ada(curator: Curator, contributor: Visitor) -> Iterator[Socket]:
    """The contributor's connection."""
    with contributor.connected() as socket:
        yield socket


@pytest.fixture
def ben(curator: Curator, other: Visitor) -> Iterator[Socket]:
    """The other contributor's."""
    with other.connected() as socket:
        yield socket


@pytest.fixture
def root(curator: Curator, administrator: Visitor) -> Iterator[Socket]:
    """The administrator's."""
    with administrator.connected() as socket:
        yield socket
