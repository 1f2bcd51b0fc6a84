"""The words of file names, as an index of our own (docs/decisions/0014)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete, insert, select

from curator_adapters.sql.absent import insert_many_where_absent
from curator_adapters.sql.tables import BATCH_WORDS, UPLOADS, WORDS
from curator_core.domain.search import words_of_title

_AT_ONCE = 2000


def note_words(connection: Connection, batch_id: int, titles: Mapping[int, str]) -> None:
    """Notes the words of new uploads' file names, by the uploads' ids."""
    words = [(word, upload) for upload, title in titles.items() for word in words_of_title(title)]
    if not words:
        return
    connection.execute(
        insert(WORDS), [{"word": word, "upload_id": upload} for word, upload in sorted(words)]
    )
    of_batch = sorted({word for word, _ in words})
    insert_many_where_absent(
        connection, BATCH_WORDS, [{"word": word, "batch_id": batch_id} for word in of_batch]
    )


def replace_words(
    connection: Connection, batch_id: int, upload_id: int, before: str, after: str
) -> None:
    """The file name of an upload was `before` and is `after` from now on. What a batch is found
    by only grows: its other file names may hold the same words."""
    connection.execute(
        delete(WORDS).where(
            WORDS.c.word.in_(words_of_title(before)), WORDS.c.upload_id == upload_id
        )
    )
    note_words(connection, batch_id, {upload_id: after})


def note_missing_words(connection: Connection, batches: Collection[int]) -> None:
    """Notes the words of all uploads of these batches, wherever a release added them that noted
    none."""
    last = 0
    while rows := connection.execute(
        select(UPLOADS.c.id, UPLOADS.c.batchid, UPLOADS.c.filename)
        .where(UPLOADS.c.batchid.in_(batches), UPLOADS.c.id > last)
        .order_by(UPLOADS.c.id)
        .limit(_AT_ONCE)
    ).all():
        last = rows[-1].id
        found = sorted(
            (word, row.id, row.batchid) for row in rows for word in words_of_title(row.filename)
        )
        of_batches = sorted({(word, batch) for word, _, batch in found})
        if found:
            insert_many_where_absent(
                connection,
                WORDS,
                [{"word": word, "upload_id": upload} for word, upload, _ in found],
            )
            insert_many_where_absent(
                connection,
                BATCH_WORDS,
                [{"word": word, "batch_id": batch} for word, batch in of_batches],
            )
