"""The benchmark of lists asks what there is to ask, and its data are as it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from curator_adapters.sql.engine import make_engine, reading, writing
from curator_adapters.sql.reports import SqlReports
from curator_adapters.sql.tallies import recount
from curator_core.ports.reports import Page, UploadFilter
from tests.benchmarks.archive import Size, archive
from tests.services import MariaDb

SMALL = Size(rows=4000, batches=200, users=40)


@pytest.fixture(scope="module")
def address(mariadb: MariaDb) -> Iterator[str]:
    with archive(mariadb, SMALL) as url:
        yield url


def test_an_archive_that_was_there_counts_right_and_knows_its_words(address: str) -> None:
    engine = make_engine(address)
    with writing(engine) as connection:
        assert recount(connection, after=0, limit=1000)[0] == []
    reports = SqlReports(engine)
    assert reports.standing().stats.total == SMALL.rows
    common = reports.all_uploads(Page(), UploadFilter(text="photo"))
    rare = reports.all_uploads(Page(), UploadFilter(text="unicorn"))
    assert common.total == SMALL.rows
    assert [each.state.id for each in rare.items] == [SMALL.rare]
    engine.dispose()


def test_batches_are_uneven_and_every_state_is_there(address: str) -> None:
    engine = make_engine(address)
    with reading(engine) as connection:
        sizes = connection.execute(
            text("SELECT MIN(total), MAX(total) FROM batches WHERE total > 0")
        ).one()
        states = set(connection.scalars(text("SELECT DISTINCT status FROM upload_requests")))
    assert sizes[1] >= 10 * sizes[0]
    assert len(states) == 8
    engine.dispose()
