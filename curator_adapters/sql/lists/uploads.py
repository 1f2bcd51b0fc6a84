"""Pages of all uploads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from curator_adapters.sql.lists.bounded import (
    Ids,
    Newest,
    bounded_total,
    count,
    has_word,
    in_order,
    named,
)
from curator_adapters.sql.lists.found import UPLOAD_REPORT, upload_report_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS, WORDS
from curator_core.domain.search import Search
from curator_core.ports.reports import TOTAL_BOUND, Listed, Page, UploadFilter, UploadReport

_uploads = UPLOADS.c

_FEW = 5_000
"""So many uploads may be looked at one by one."""


def all_uploads(connection: Connection, page: Page, which: UploadFilter) -> Listed[UploadReport]:
    """`Reports.all_uploads`."""
    if which.text:
        newest = Newest(branches=_branches(connection, which, which.text))
        if _others(which):
            ids, total = newest.page_and_total(connection, page)
        else:
            ids, total = newest.page(connection, page), newest.total(connection)
    else:
        ids, total = _by_time(connection, page, which), _total_by_time(connection, which)
    return Listed(items=in_order(ids, _reports(connection, ids)), total=total)


def _reports(connection: Connection, ids: Collection[int]) -> dict[int, UploadReport]:
    rows = connection.execute(select(*UPLOAD_REPORT).where(_uploads.id.in_(ids))).all()
    return {row.id: upload_report_of(row) for row in rows}


def _by_time(connection: Connection, page: Page, which: UploadFilter) -> list[int]:
    """The newest by one range of an index for each state, of which no more is read than may be on
    the page."""
    enough = page.offset + page.limit
    order = (_uploads.created_at.desc(), _uploads.id.desc())
    ranges = [
        select(_uploads.id, _uploads.created_at).where(*of_status, *_within(which)).order_by(*order)
        for of_status in _each_status(which)
    ]
    if len(ranges) == 1:
        found = ranges[0].limit(page.limit).offset(page.offset)
        return [row.id for row in connection.execute(found)]
    merged = union_all(*(select(each.limit(enough).subquery()) for each in ranges)).subquery()
    found = (
        select(merged.c.id)
        .order_by(merged.c.created_at.desc(), merged.c.id.desc())
        .limit(page.limit)
        .offset(page.offset)
    )
    return list(connection.scalars(found))


def _total_by_time(connection: Connection, which: UploadFilter) -> int:
    if which == UploadFilter(text=which.text):
        return connection.scalar(select(func.sum(BATCHES.c.total))) or 0
    counts = (
        bounded_total(connection, select(_uploads.id).where(*of_status, *_within(which)))
        for of_status in _each_status(which)
    )
    return min(sum(counts), TOTAL_BOUND)


def _each_status(which: UploadFilter) -> list[list[ColumnElement[bool]]]:
    """A condition for each state, or none at all."""
    return [[_uploads.status == each.value] for each in sorted(which.statuses)] or [[]]


def _within(which: UploadFilter) -> list[ColumnElement[bool]]:
    since = [_uploads.created_at >= which.since] if which.since else []
    return since + ([_uploads.created_at < which.until] if which.until else [])


def _others(which: UploadFilter) -> list[ColumnElement[bool]]:
    """What holds beside the text."""
    wanted = [each.value for each in which.statuses]
    return [*([_uploads.status.in_(wanted)] if wanted else []), *_within(which)]


def _branches(connection: Connection, which: UploadFilter, text: str) -> list[Ids]:
    search, others = Search.of(text), _others(which)
    if search.number is not None:
        return [select(_uploads.id).where(_uploads.id == search.number, *others)]
    found: list[Ids] = []
    if users := _users(connection, text):
        found.append(select(_uploads.id).where(_uploads.userid.in_(users), *others))
    if search.status is not None:
        found.append(select(_uploads.id).where(_uploads.status == search.status.value, *others))
    if search.words:
        few = bool(others) and _are_few(connection, which)
        found.append(_with_words(connection, search.words, others, few=few))
    return found


def _users(connection: Connection, text: str) -> Sequence[str]:
    return connection.scalars(select(USERS.c.userid).where(named(text))).all()


def _are_few(connection: Connection, which: UploadFilter) -> bool:
    """Whether what the other conditions leave is quicker looked through than a common word."""
    left = 0
    for of_status in _each_status(which):
        some = select(_uploads.id).where(*of_status, *_within(which)).limit(_FEW + 1)
        left += count(connection, some)
    return left <= _FEW


def _with_words(
    connection: Connection,
    words: tuple[str, ...],
    others: list[ColumnElement[bool]],
    *,
    few: bool,
) -> Ids:
    """Uploads whose file names have all of `words`: from the rarest word, or from the uploads
    where those are few."""
    if few:
        return select(_uploads.id).where(*others, *(has_word(word, _uploads.id) for word in words))
    rarest, *more = sorted(words, key=lambda word: _frequency(connection, word))
    found: Select[Any] = select(WORDS.c.upload_id).where(WORDS.c.word == rarest)
    if others:
        found = found.join(UPLOADS, _uploads.id == WORDS.c.upload_id).where(*others)
    return found.where(*(has_word(word, WORDS.c.upload_id) for word in more))


def _frequency(connection: Connection, word: str) -> int:
    return bounded_total(connection, select(WORDS.c.upload_id).where(WORDS.c.word == word))
