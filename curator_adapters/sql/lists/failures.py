"""Pages of batches with failed uploads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    false,
    func,
    or_,
    select,
)

from curator_adapters.sql.lists.bounded import bounded_total, has_word, named
from curator_adapters.sql.lists.found import STATE, state_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS, WORDS
from curator_core.domain.error_type import ErrorType
from curator_core.domain.ids import BatchId, EditGroupId, UserId
from curator_core.domain.search import Search
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import (
    MAX_SHOWN_FAILURES,
    FailedBatch,
    FailedUpload,
    FailureFilter,
    FailureOrder,
    Listed,
    Page,
)

_uploads, _batches = UPLOADS.c, BATCHES.c
_FEW = 500
"""So many uploads with a word are named one by one."""

_FAILED = _uploads.status == UploadStatus.FAILED.value


def failures(
    connection: Connection, page: Page, which: FailureFilter, order: FailureOrder
) -> Listed[FailedBatch]:
    """`Reports.failures`."""
    fitting = _fitting(connection, which)
    # Batches count their failed ones: without a filter nothing else need be asked.
    found = (
        _of_those(fitting) if fitting or order is FailureOrder.ERROR_TYPE else _all_with_failures()
    )
    rows = connection.execute(
        found.order_by(*_ordered(order, found), _batches.id.desc())
        .limit(page.limit)
        .offset(page.offset)
    ).all()
    uploads = _uploads_of(connection, rows, fitting)
    return Listed(
        items=tuple(_failed_batch(row, uploads[row.id]) for row in rows if uploads[row.id]),
        total=bounded_total(connection, found)
        if fitting
        else connection.scalar(select(func.count()).select_from(_all_with_failures().subquery()))
        or 0,
    )


_BATCH = (
    _batches.id,
    _batches.userid,
    _batches.edit_group_id,
    _batches.created_at,
    _batches.total,
    USERS.c.username,
)


def _all_with_failures() -> Select[Any]:
    return (
        select(*_BATCH, _batches.failed.label("failures"))
        .join_from(BATCHES, USERS, USERS.c.userid == _batches.userid)
        .where(_batches.failed > 0)
    )


def _of_those(fitting: Sequence[ColumnElement[bool]]) -> Select[Any]:
    groups = (
        select(
            _uploads.batchid,
            func.count().label("members"),
            func.min(_uploads.error_type).label("kind"),
        )
        .where(_FAILED, *fitting)
        .group_by(_uploads.batchid)
        # It holds all that is asked for; by itself MariaDB would go through all uploads.
        .with_hint(UPLOADS, "FORCE INDEX (ix_upload_requests_failures)", "mysql")
        .subquery()
    )
    return (
        select(*_BATCH, groups.c.members.label("failures"), groups.c.kind)
        .join_from(groups, BATCHES, _batches.id == groups.c.batchid)
        .join(USERS, USERS.c.userid == _batches.userid)
    )


def _ordered(order: FailureOrder, found: Select[Any]) -> list[ColumnElement[Any]]:
    match order:
        case FailureOrder.RECENT:
            return []
        case FailureOrder.BATCH_SIZE:
            return [_batches.total.desc()]
        case FailureOrder.ERROR_TYPE:
            return [found.selected_columns["kind"]]
        case FailureOrder.USER:
            return [USERS.c.username]


def _fitting(connection: Connection, which: FailureFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.error_type is not None:
        conditions.append(_uploads.error_type == which.error_type.value)
    if which.handler:
        conditions.append(_uploads.handler == which.handler)
    if which.text:
        conditions.append(_fits_text(connection, which.text))
    return conditions


def _fits_text(connection: Connection, text: str) -> ColumnElement[bool]:
    search = Search.of(text)
    if search.number is not None:
        return or_(_uploads.id == search.number, _uploads.batchid == search.number)
    if search.status is not None:
        # All that is listed here has failed.
        return _FAILED if search.status is UploadStatus.FAILED else false()
    users = connection.scalars(select(USERS.c.userid).where(named(text))).all()
    fits: list[ColumnElement[bool]] = [_uploads.userid.in_(users)] if users else []
    if search.words:
        fits.append(_has_words(connection, search.words))
    return or_(*fits) if fits else false()


def _has_words(connection: Connection, words: Sequence[str]) -> ColumnElement[bool]:
    for word in words:
        some = select(WORDS.c.upload_id).where(WORDS.c.word == word).limit(_FEW + 1)
        ids = connection.scalars(some).all()
        if len(ids) <= _FEW:
            others = (has_word(each, _uploads.id) for each in words if each != word)
            return and_(_uploads.id.in_(ids), *others)
    return and_(*(has_word(each, _uploads.id) for each in words))


def _uploads_of(
    connection: Connection, batches: Sequence[Row[Any]], fitting: Sequence[ColumnElement[bool]]
) -> Mapping[int, list[Row[Any]]]:
    """The first failed ones of each batch; only where they are more than are shown is it asked
    for each batch alone."""
    columns = (*STATE, _uploads.filename, _uploads.error_type, _uploads.created_at)
    wanted = select(*columns).where(_FAILED, *fitting).order_by(_uploads.id)
    large = [row.id for row in batches if row.failures > MAX_SHOWN_FAILURES]
    small = [row.id for row in batches if row.failures <= MAX_SHOWN_FAILURES]
    asked = [wanted.where(_uploads.batchid == each).limit(MAX_SHOWN_FAILURES) for each in large]
    if small:
        asked.append(wanted.where(_uploads.batchid.in_(small)))
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for question in asked:
        for row in connection.execute(question):
            found[row.batchid].append(row)
    return found


def _failed_batch(row: Row[Any], uploads: Sequence[Row[Any]]) -> FailedBatch:
    return FailedBatch(
        batch_id=BatchId(row.id),
        user_id=UserId(row.userid),
        username=row.username,
        edit_group_id=EditGroupId(row.edit_group_id) if row.edit_group_id else None,
        created_at=row.created_at,
        handler=uploads[0].handler,
        failed_count=row.failures,
        total=row.total,
        uploads=tuple(_failed_upload(each) for each in uploads),
    )


def _failed_upload(row: Row[Any]) -> FailedUpload:
    return FailedUpload(
        state=state_of(row),
        filename=row.filename,
        error_type=ErrorType(row.error_type or ErrorType.OTHER),
        created_at=row.created_at,
    )
