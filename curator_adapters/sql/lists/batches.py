"""Pages of batches."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, func, select

from curator_adapters.sql.batch_reports import BATCH_REPORTS, batch_report_of
from curator_adapters.sql.lists.bounded import Ids, Newest, in_order, named
from curator_adapters.sql.tables import BATCH_WORDS, BATCHES, UPLOADS, USERS
from curator_core.domain.ids import UserId
from curator_core.domain.search import Search
from curator_core.domain.upload import DUPLICATES, UploadStatus
from curator_core.ports.reports import BatchReport, Listed, Page

_batches = BATCHES.c


def batches(
    connection: Connection, page: Page, text: str | None, user_id: UserId | None
) -> Listed[BatchReport]:
    """`Reports.batches`."""
    newest = Newest(branches=_branches(text, user_id))
    ids = newest.page(connection, page)
    return Listed(
        items=in_order(ids, {each.id: each for each in batches_of(connection, ids)}),
        total=newest.total(connection) if text or user_id else _all(connection),
    )


def batches_of(connection: Connection, ids: Collection[int]) -> tuple[BatchReport, ...]:
    """`Reports.batches_of`."""
    rows = connection.execute(BATCH_REPORTS.where(_batches.id.in_(ids)).order_by(_batches.id)).all()
    return tuple(batch_report_of(row) for row in rows)


def _all(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(BATCHES)) or 0


def _branches(text: str | None, user_id: UserId | None) -> list[Ids]:
    whose = [_batches.userid == user_id] if user_id else []
    if not text:
        return [select(_batches.id).where(*whose)]
    search = Search.of(text)
    if search.number is not None:
        return [select(_batches.id).where(_batches.id == search.number, *whose)]
    users = select(_batches.id).join_from(BATCHES, USERS, USERS.c.userid == _batches.userid)
    found = [users.where(named(text), *whose)]
    if search.status is not None:
        found.append(select(_batches.id).where(_holds(search.status), *whose))
    if search.words:
        found.append(_with_words(search.words, whose))
    return found


def _holds(status: UploadStatus) -> ColumnElement[bool]:
    if status not in DUPLICATES:
        return _batches[status.value] > 0
    # The three are counted together.
    one = select(UPLOADS.c.id).where(
        UPLOADS.c.batchid == _batches.id, UPLOADS.c.status == status.value
    )
    return (_batches.duplicate > 0) & one.correlate(BATCHES).exists()


def _with_words(words: tuple[str, ...], whose: list[ColumnElement[bool]]) -> Ids:
    """Batches whose file names have all of `words` between them."""
    first, *others = words
    known = BATCH_WORDS.alias()
    found = (
        select(_batches.id)
        .join_from(known, BATCHES, _batches.id == known.c.batch_id)
        .where(known.c.word == first, *whose)
    )
    for word in others:
        also = BATCH_WORDS.alias()
        found = found.join(also, (also.c.batch_id == _batches.id) & (also.c.word == word))
    return found
