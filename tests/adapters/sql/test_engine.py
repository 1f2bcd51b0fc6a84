"""Opening databases: addresses, errors, sessions, and several processes at one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from curator_adapters.sql.engine import make_engine, reading, writing
from curator_adapters.sql.migrate import upgrade
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS
from curator_adapters.sql.times import later, now
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.errors import Misconfigured, ServiceDown
from curator_core.domain.ids import BatchId, EditGroupId, UserId
from curator_core.domain.user import User
from tests.contracts.database_bench import an_upload
from tests.services import MariaDb, free_port
from tests.spawned import spawned

SECRET = "s3cret-pa55"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "is not of the form"),
        ("curator.db", "is not of the form"),
        (f"mysql://u:{SECRET}@host:not-a-port/curator", "is not of the form"),
        (f"postgresql://u:{SECRET}@host/curator", "begins with postgresql"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        (f"mysql://u:{SECRET}@host", "names no database"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(
    address: str, told: str
) -> None:
    with pytest.raises(Misconfigured, match=told) as caught:
        make_engine(address)
    assert SECRET not in str(caught.value)


@contextmanager
def _down(address: str) -> Iterator[list[str]]:
    words: list[str] = []
    engine = make_engine(address)
    with pytest.raises(ServiceDown) as caught, reading(engine) as connection:
        connection.execute(text("SELECT 1"))
    error: BaseException | None = caught.value
    while error is not None:
        words.append(f"{error} {error!r}")
        error = error.__cause__ or error.__context__
    yield words


def test_a_server_that_is_not_there_is_told_by_its_place(mariadb: MariaDb) -> None:
    port = free_port()
    with _down(f"mysql://curator:{SECRET}@127.0.0.1:{port}/curator") as words:
        assert f"127.0.0.1:{port}/curator" in words[0]
        assert "Connection refused" in words[0]
        assert not any(SECRET in each for each in words)


def test_a_wrong_password_is_told_and_not_shown(mariadb: MariaDb) -> None:
    with _down(f"mysql://curator:{SECRET}@{mariadb.host}:{mariadb.port}/curator") as words:
        assert "Access denied" in words[0]
        assert not any(SECRET in each for each in words)


def test_a_database_that_the_server_does_not_have_is_told(mariadb: MariaDb) -> None:
    with _down(f"{mariadb.server_url}no_such_database") as words:
        assert "Unknown database 'no_such_database'" in words[0]
        assert not any(mariadb.password in each for each in words)


def test_a_server_without_tls_is_refused_where_tls_was_asked_for(mariadb_url: str) -> None:
    with _down(f"{mariadb_url}&tls=1") as words:
        assert "SSL" in words[0]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with _down(f"sqlite:///{tmp_path}/nowhere/curator.db") as words:
        assert "nowhere/curator.db: unable to open database file" in words[0]


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "curator.db").write_text("Dear diary" * 1000)
    with _down(f"sqlite:///{tmp_path}/curator.db") as words:
        assert "file is not a database" in words[0]


def test_a_database_without_our_tables_is_told(engine: Engine) -> None:
    with pytest.raises(ServiceDown, match="batches"), SqlBegin(engine)() as work:
        work.batches.get(BatchId(1))


def test_an_error_of_a_statement_shows_no_parameters(migrated: Engine) -> None:
    values = {"id": 1, "userid": "nobody", "created_at": now(), "updated_at": now()}
    with pytest.raises(IntegrityError) as caught, writing(migrated) as connection:
        connection.execute(insert(BATCHES).values(**values, edit_group_id="s3cret"))
    assert "s3cret" not in str(caught.value)


def test_a_time_without_a_zone_never_reaches_the_database(migrated: Engine) -> None:
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="without a zone"), writing(migrated) as connection:
        connection.execute(
            insert(USERS).values(userid="1", username="A", created_at=naive, updated_at=naive)
        )


def test_the_databases_clock_is_utc_whatever_the_server_is_set_to(migrated: Engine) -> None:
    # The tests' MariaDB lives five hours east.
    before = datetime.now(UTC) - timedelta(seconds=2)
    with reading(migrated) as connection:
        told, hour = connection.execute(select(now(), later(timedelta(hours=-1)))).one()
    assert before < told < datetime.now(UTC) + timedelta(seconds=2)
    assert told - hour == timedelta(hours=1)


def test_times_are_kept_to_the_millisecond_at_least(migrated: Engine) -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 123_000, UTC)
    with writing(migrated) as connection:
        connection.execute(
            insert(USERS).values(userid="1", username="A", created_at=moment, updated_at=moment)
        )
    with reading(migrated) as connection:
        assert connection.execute(select(USERS.c.created_at)).scalar_one() == moment


def test_a_row_of_an_unknown_user_is_refused(migrated: Engine) -> None:
    with pytest.raises(IntegrityError), SqlBegin(migrated)() as work:
        work.batches.add(UserId("nobody"), EditGroupId("0123456789ab"))


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_readers_of_a_file_do_not_wait_for_a_writer(migrated: Engine) -> None:
    with writing(migrated) as writer:
        writer.execute(
            insert(USERS).values(userid="1", username="A", created_at=now(), updated_at=now())
        )
        with reading(migrated) as reader:
            assert reader.execute(select(USERS.c.userid)).all() == []


def _fill(address: str, process: int) -> None:
    engine = make_engine(address)
    upgrade(engine)
    begin = SqlBegin(engine)
    user = UserId(str(process))
    with begin() as work:
        work.users.remember(User(id=user, username=f"User {process}"))
        batch = work.batches.add(user, EditGroupId("0123456789ab"))
    for number in range(50):
        with begin() as work:
            # Reads before it writes, which a transaction begun as a reader could not do here.
            asked = [an_upload(user, f"{process}-{number}")]
            work.uploads.image_ids(batch.id, [each.image_id for each in asked])
            work.uploads.add(batch.id, None, "", asked, timedelta(0))
    engine.dispose()


def test_processes_that_write_at_once_wait_for_each_other(address: str) -> None:
    with spawned(3) as processes:
        list(processes.map(_fill, [address] * 3, range(3)))
    engine = make_engine(address)
    with reading(engine) as connection:
        assert len(connection.execute(select(UPLOADS.c.id)).all()) == 150
    engine.dispose()
