"""Counters after an adoption, and after a release was at work that does not count."""

from __future__ import annotations

from sqlalchemy import Engine, func, select, text

from curator_adapters.sql.engine import reading, writing
from curator_adapters.sql.migrate import upgrade
from curator_adapters.sql.reports import SqlReports
from curator_adapters.sql.tables import UPLOADS
from curator_adapters.sql.tallies import COUNTERS
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.error_type import ErrorType
from curator_core.domain.ids import BatchId
from curator_core.ports.reports import BatchStats, FailureFilter, FailureOrder, Page, UploadFilter
from curator_core.use_cases.recount_batches import RecountBatches
from tests.adapters.sql import existing_rows

BATCH = BatchId(5)


def counted(engine: Engine) -> dict[str, int]:
    """By the database, state by state."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(UPLOADS.c.status, func.count()).group_by(UPLOADS.c.status)
        ).all()
    return {row[0]: row[1] for row in rows}


def stats(engine: Engine) -> BatchStats:
    report = SqlReports(engine).batch(BATCH)
    assert report is not None
    return report.stats


def test_an_adopted_batch_counts_what_it_holds(existing: Engine) -> None:
    existing_rows.fill(existing)
    upgrade(existing)

    told, there = stats(existing), counted(existing)

    assert told.total == len(existing_rows.UPLOADS) == sum(there.values())
    assert told.queued == there["queued"]
    # What was at work has been put back.
    assert told.in_progress == 0
    assert (told.completed, told.failed) == (there["completed"], there["failed"])
    assert told.duplicate == sum(n for status, n in there.items() if status.startswith("dup"))


def test_failures_of_another_release_are_listed_under_something(existing: Engine) -> None:
    existing_rows.fill(existing)
    upgrade(existing)
    with reading(existing) as connection:
        kinds = connection.execute(
            select(UPLOADS.c.status, UPLOADS.c.error_type.is_(None)).distinct()
        ).all()
    assert {status for status, has_none in kinds if not has_none} == {"failed"}
    assert ("failed", True) not in kinds


def test_what_a_release_did_that_does_not_count_is_put_right(existing: Engine) -> None:
    existing_rows.fill(existing)
    upgrade(existing)
    with writing(existing) as connection:
        connection.execute(
            text("UPDATE upload_requests SET status = 'completed' WHERE status = 'queued'")
        )
    before = stats(existing)
    assert before.queued

    recounted = RecountBatches(begin=SqlBegin(existing))()

    assert recounted.wrong == (BATCH,)
    after = stats(existing)
    assert after.queued == 0
    assert after.completed == before.completed + before.queued
    assert not RecountBatches(begin=SqlBegin(existing))().wrong


def test_what_such_a_release_added_is_found_and_listed_with_the_rest(existing: Engine) -> None:
    existing_rows.fill(existing)
    upgrade(existing)
    with writing(existing) as connection:
        for statement in (
            "INSERT INTO users (userid, username, created_at, updated_at)"
            " SELECT '8', 'Bela', created_at, updated_at FROM users WHERE userid = '7'",
            "INSERT INTO upload_requests (batchid, userid, status, `key`, handler, filename,"
            " wikitext, copyright_override, error, created_at, updated_at)"
            " SELECT batchid, '8', 'failed', 'new', handler, 'A windmill.jpg', wikitext, 0,"
            """ '{"type": "error", "message": "Read timed out"}', created_at, updated_at"""
            " FROM upload_requests WHERE id = 3",
        ):
            connection.exec_driver_sql(statement)
    reports = SqlReports(existing)
    assert reports.batches(Page(), text="windmill").total == 0

    upgrade(existing)
    RecountBatches(begin=SqlBegin(existing))()

    assert reports.users(Page(), text="bela").total == 1
    assert [each.id for each in reports.batches(Page(), text="windmill").items] == [BATCH]
    [upload] = reports.all_uploads(Page(), UploadFilter(text="windmill")).items
    narrowed = FailureFilter(error_type=ErrorType.TIMEOUT)
    [listed] = reports.failures(Page(), narrowed, FailureOrder.RECENT).items
    assert [each.state.id for each in listed.uploads] == [upload.state.id]


def test_every_counter_is_a_column_of_the_report() -> None:
    assert set(COUNTERS) == set(BatchStats.__dataclass_fields__)
