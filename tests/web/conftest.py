"""A house with a web shell for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from curator_adapters.sql.engine import make_engine
from curator_adapters.sql.migrate import upgrade
from tests.web.database_house import Webs, webs
from tests.web.house import WebHouse


@pytest.fixture
def house() -> WebHouse:
    """Where everything works."""
    return WebHouse()


@pytest.fixture(params=["sqlite", "mariadb"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Webs]:
    """Two web processes on one database."""
    address = f"sqlite:///{tmp_path / 'curator.db'}"
    if request.param == "mariadb":
        address = request.getfixturevalue("mariadb_url")
    engine = make_engine(address)
    upgrade(engine)
    engine.dispose()
    with webs(address, 2) as both:
        yield both
