"""The schema's history: forth, back, several at once, and broken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlmodel import SQLModel

from curator_adapters.sql.engine import make_engine, reading, writing
from curator_adapters.sql.migrate import current, downgrade, head, is_behind, upgrade
from curator_core.domain.errors import ServiceDown
from tests.adapters.sql import existing_rows
from tests.contracts.database_bench import at_once
from tests.spawned import spawned

EXISTING = "5cc957424c9d"
WITH_LEASES = "b1d0c7a4e6f2"
WITHOUT_DEFAULTS = "e4a1b7d6c925"
FORMER = "c2e1d8b5f703"
"""The previous release's."""


def schema_of(engine: Engine) -> dict[str, object]:
    """Tables with their columns, indexes and foreign keys, in words that can be compared."""
    with reading(engine) as connection:
        inspector = inspect(connection)
        return {
            table: (
                [(each["name"], str(each["type"])) for each in inspector.get_columns(table)],
                sorted(
                    (str(each["name"]), each["column_names"])
                    for each in inspector.get_indexes(table)
                ),
                sorted(each["constrained_columns"] for each in inspector.get_foreign_keys(table)),
            )
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }


def test_an_empty_database_has_no_revision(engine: Engine) -> None:
    assert current(engine) is None


def test_the_migrated_schema_is_the_one_that_the_code_works_with(engine: Engine) -> None:
    upgrade(engine)
    assert current(engine) == head()
    with reading(engine) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_first_revision_is_the_existing_deployments_schema(
    engine: Engine, existing: Engine
) -> None:
    as_it_is = schema_of(existing)
    with writing(engine) as connection:
        for table in ("presets", "upload_requests", "batches", "users", "alembic_version"):
            connection.execute(text(f"DROP TABLE {table}"))
    upgrade(engine, EXISTING)
    assert schema_of(engine) == as_it_is


def test_a_database_goes_forth_and_back_and_forth(engine: Engine) -> None:
    upgrade(engine, EXISTING)
    assert current(engine) == EXISTING
    old = schema_of(engine)
    upgrade(engine)
    new = schema_of(engine)
    downgrade(engine, EXISTING)
    assert current(engine) == EXISTING
    assert set(schema_of(engine)) == set(old)
    upgrade(engine, FORMER)
    former = schema_of(engine)
    upgrade(engine)
    assert schema_of(engine) == new
    downgrade(engine, FORMER)
    assert schema_of(engine) == former
    upgrade(engine)
    assert schema_of(engine) == new
    downgrade(engine, "base")
    assert (schema_of(engine), current(engine)) == ({}, None)
    upgrade(engine)
    assert schema_of(engine) == new


def test_an_upgrade_of_what_is_new_enough_changes_nothing(migrated: Engine) -> None:
    before = schema_of(migrated)
    upgrade(migrated)
    assert (schema_of(migrated), current(migrated)) == (before, head())


def test_threads_that_upgrade_at_once_migrate_once(address: str) -> None:
    engines = [make_engine(address) for _ in range(4)]
    at_once(4, lambda number: upgrade(engines[number]))
    assert {current(engine) for engine in engines} == {head()}
    for engine in engines:
        engine.dispose()


def _upgrade(address: str) -> str | None:
    engine = make_engine(address)
    upgrade(engine)
    return current(engine)


def test_processes_that_upgrade_at_once_migrate_once(address: str) -> None:
    with spawned(3) as processes:
        assert set(processes.map(_upgrade, [address] * 3)) == {head()}


class _PowerCut(Exception):
    """What a test throws in the middle of a migration."""


@contextmanager
def _broken_off_before(statement: str) -> Iterator[None]:
    def cut(_c: Connection, _cursor: object, sql: str, *_: object) -> None:
        if sql.strip().startswith(statement):
            raise _PowerCut

    event.listen(Engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(_PowerCut):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", cut)


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        (EXISTING, "ALTER TABLE upload_requests ADD COLUMN attempts"),
        (EXISTING, "CREATE INDEX ix_upload_requests_status_sent_until"),
        (EXISTING, "CREATE TABLE IF NOT EXISTS publishing_rights"),
        (EXISTING, "CREATE INDEX ix_publishing_rights"),
        (EXISTING, "UPDATE alembic_version"),
        (WITHOUT_DEFAULTS, "ALTER TABLE presets ADD COLUMN default_for"),
        (WITHOUT_DEFAULTS, "CREATE UNIQUE INDEX ux_presets_userid_default_for"),
        (WITH_LEASES, "ALTER TABLE upload_requests ADD COLUMN token_print"),
        (WITH_LEASES, "ALTER TABLE batches ADD COLUMN retry_of"),
        (WITH_LEASES, "CREATE INDEX ix_upload_requests_retry_of"),
        (WITH_LEASES, "CREATE INDEX ix_upload_requests_status_sent_until_not_before"),
        (WITH_LEASES, "CREATE TABLE IF NOT EXISTS gates"),
        (WITH_LEASES, "CREATE TABLE IF NOT EXISTS paces"),
        (WITH_LEASES, "UPDATE alembic_version"),
        (FORMER, "ALTER TABLE batches ADD COLUMN total"),
        (FORMER, "ALTER TABLE upload_requests ADD COLUMN error_type"),
        (FORMER, "CREATE INDEX ix_upload_requests_batchid_status_publish_at"),
        (FORMER, "UPDATE batches SET"),
        (FORMER, "ALTER TABLE users ADD COLUMN name_key"),
        (FORMER, "CREATE TABLE IF NOT EXISTS batch_words"),
        (FORMER, "UPDATE alembic_version"),
    ],
)
def test_a_migration_that_was_broken_off_goes_on(engine: Engine, start: str, moment: str) -> None:
    upgrade(engine, start)
    with _broken_off_before(moment):
        upgrade(engine)
    # On MariaDB the revisions before the one that was broken off stand.
    assert current(engine) != head()
    upgrade(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, SQLModel.metadata) == []


@pytest.mark.parametrize(
    ("filled", "table"), [("INSERT INTO upload_words", "users"), ("SET error_type", "batches")]
)
def test_the_previous_release_works_on_while_much_is_filled(
    existing: Engine, filled: str, table: str
) -> None:
    if existing.dialect.name == "sqlite":
        pytest.skip("on SQLite one transaction migrates, and nobody else writes meanwhile")
    existing_rows.fill(existing)
    upgrade(existing, FORMER)
    seen = 0

    def look(_c: Connection, _cursor: object, sql: str, *_: object) -> None:
        nonlocal seen
        if filled in sql:
            seen += 1
            with writing(existing) as connection:
                assert connection.execute(text(f"SELECT 1 FROM {table} FOR UPDATE NOWAIT")).all()

    event.listen(Engine, "before_cursor_execute", look)
    try:
        upgrade(existing)
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert seen


def test_a_database_of_a_newer_release_is_left_alone(migrated: Engine) -> None:
    with writing(migrated) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_tomorrow'"))
    before = schema_of(migrated)
    with pytest.raises(ServiceDown, match="from_tomorrow"):
        upgrade(migrated)
    assert schema_of(migrated) == before


def test_a_database_is_behind_until_it_is_upgraded(engine: Engine) -> None:
    assert is_behind(engine)
    upgrade(engine, EXISTING)
    assert is_behind(engine)
    upgrade(engine)
    assert not is_behind(engine)


def test_a_database_that_a_later_release_upgraded_is_not_behind(migrated: Engine) -> None:
    with writing(migrated) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffffffffffff'"))
    assert not is_behind(migrated)
