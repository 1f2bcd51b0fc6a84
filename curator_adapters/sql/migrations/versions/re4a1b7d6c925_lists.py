"""What lists and searches need: the words of file names, keys of user names, and indexes.

The previous release goes on working on this schema: users that it adds meanwhile are found by
their names from our next start on, uploads by their words once their batch is counted anew
(`Batches.recount`). On MariaDB each change of a table is final at once, so every step asks whether
it was done, and words are noted again where they are known already.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from curator_adapters.sql.absent import insert_many_where_absent
from curator_adapters.sql.migrations.steps import (
    add_missing,
    drop_indexes,
    drop_present,
    drop_tables,
    index_missing,
)
from curator_core.domain.search import MAX_WORD, name_key, words_of_title

revision = "e4a1b7d6c925"
down_revision = "d3f2a9c5b814"
branch_labels = None
depends_on = None

_UPLOADS = "upload_requests"
_NEWEST = "ix_upload_requests_status_created_at"
_FAILURES = "ix_upload_requests_failures"
_NAMES = "ix_users_name_key"
_AT_ONCE = 5000

_users = sa.table("users", sa.column("userid"), sa.column("username"), sa.column("name_key"))
_uploads = sa.table(_UPLOADS, sa.column("id"), sa.column("batchid"), sa.column("filename"))


def upgrade() -> None:
    """Adds what is ours, and fills it."""
    add_missing("users", [sa.Column("name_key", _binary(255))])
    index_missing(_NAMES, "users", ["name_key"])
    index_missing(_NEWEST, _UPLOADS, ["status", "created_at"])
    index_missing(_FAILURES, _UPLOADS, ["status", "handler", "batchid", "error_type", "userid"])
    words = _create("upload_words", "upload_id")
    of_batches = _create("batch_words", "batch_id")
    _fill_words(words, of_batches)
    # Users come last: claims and logins of the previous release wait for those that are written.
    _fill_names()


def downgrade() -> None:
    """Drops it again."""
    drop_tables("batch_words", "upload_words")
    drop_indexes(_UPLOADS, _NEWEST, _FAILURES)
    drop_indexes("users", _NAMES)
    drop_present("users", ["name_key"])


def _binary(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(
        mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
    )


def _create(name: str, of_what: str) -> sa.Table:
    op.create_table(
        name,
        sa.Column("word", _binary(MAX_WORD), primary_key=True),
        sa.Column(of_what, sa.Integer(), primary_key=True, autoincrement=False),
        mysql_charset="utf8mb4",
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("word", _binary(MAX_WORD), primary_key=True),
        sa.Column(of_what, sa.Integer(), primary_key=True),
    )


def _fill_names() -> None:
    connection = op.get_bind()
    unnamed = sa.select(_users.c.userid, _users.c.username).where(_users.c.name_key.is_(None))
    found = connection.execute(unnamed).all()
    if found:
        connection.execute(
            sa.update(_users)
            .where(_users.c.userid == sa.bindparam("user"))
            .values(name_key=sa.bindparam("key")),
            [{"user": user, "key": name_key(name)} for user, name in found],
        )


def _fill_words(words: sa.Table, of_batches: sa.Table) -> None:
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(_uploads).where(_uploads.c.id > last).order_by(_uploads.c.id).limit(_AT_ONCE)
    ).all():
        last = rows[-1].id
        found = [
            (word, row.id, row.batchid) for row in rows for word in words_of_title(row.filename)
        ]
        if found:
            insert_many_where_absent(
                connection,
                words,
                [{"word": word, "upload_id": upload} for word, upload, _ in sorted(found)],
            )
            pairs = sorted({(word, batch) for word, _, batch in found})
            insert_many_where_absent(
                connection, of_batches, [{"word": word, "batch_id": batch} for word, batch in pairs]
            )
