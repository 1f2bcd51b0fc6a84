"""Pages of batches with failed uploads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    false,
    func,
    or_,
    select,
)

from curator_adapters.sql.lists.bounded import count, has_word, named
from curator_adapters.sql.lists.found import STATE, state_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS, WORDS
from curator_core.domain.error_type import ErrorType
from curator_core.domain.ids import BatchId, EditGroupId, UserId
from curator_core.domain.search import Search
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import (
    MAX_SHOWN_FAILURES,
    TOTAL_BOUND,
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
    if fitting.conditions or order is FailureOrder.ERROR_TYPE:
        rows, in_all = _grouped(connection, page, fitting, order)
    else:
        rows, in_all = _counted(connection, page, order)
    uploads = _uploads_of(connection, rows, fitting.conditions)
    return Listed(
        items=tuple(_failed_batch(row, uploads[row.id]) for row in rows if uploads[row.id]),
        total=min(in_all, TOTAL_BOUND) if fitting.conditions else in_all,
    )


_IN_ALL = func.count().over().label("in_all")
"""With each row of a page, how many there are; a page beyond the end does not tell."""


def _counted(
    connection: Connection, page: Page, order: FailureOrder
) -> tuple[Sequence[Row[Any]], int]:
    found = (
        select(*_BATCH, _batches.failed.label("failures"))
        .join_from(BATCHES, USERS, USERS.c.userid == _batches.userid)
        .where(_batches.failed > 0)
    )
    rows = connection.execute(
        _cut(found.add_columns(_IN_ALL).order_by(*_ORDERS[order], _batches.id.desc()), page)
    ).all()
    return rows, rows[0].in_all if rows else count(connection, found)


def _grouped(
    connection: Connection, page: Page, fitting: _Fitting, order: FailureOrder
) -> tuple[Sequence[Row[Any]], int]:
    groups = _groups(fitting)
    ordered = _ORDERS_OF_GROUPS.get(order)
    if ordered is None:
        counted = groups.subquery()
        rows = connection.execute(
            _cut(_joined(counted, _IN_ALL).order_by(*_ORDERS[order], _batches.id.desc()), page)
        ).all()
    else:
        # What needs nothing of the batches is cut before they are looked at.
        some = _cut(
            groups.add_columns(_IN_ALL).order_by(*ordered, _uploads.batchid.desc()), page
        ).subquery()
        rows = connection.execute(
            _joined(some, some.c.in_all).order_by(
                *([some.c.kind] if order is FailureOrder.ERROR_TYPE else []), _batches.id.desc()
            )
        ).all()
    return rows, rows[0].in_all if rows else count(connection, groups)


def _cut(found: Select[Any], page: Page) -> Select[Any]:
    return found.limit(page.limit).offset(page.offset)


def _joined(groups: Subquery, in_all: ColumnElement[int]) -> Select[Any]:
    return (
        select(*_BATCH, groups.c.members.label("failures"), in_all)
        .join_from(groups, BATCHES, _batches.id == groups.c.batchid)
        .join(USERS, USERS.c.userid == _batches.userid)
    )


_BATCH = (
    _batches.id,
    _batches.userid,
    _batches.edit_group_id,
    _batches.created_at,
    _batches.total,
    USERS.c.username,
)


_KIND = func.min(_uploads.error_type)
_ORDERS: Mapping[FailureOrder, Sequence[ColumnElement[Any]]] = {
    FailureOrder.RECENT: (),
    FailureOrder.BATCH_SIZE: (_batches.total.desc(),),
    FailureOrder.USER: (USERS.c.username,),
}
"""Before the newest first."""

_ORDERS_OF_GROUPS: Mapping[FailureOrder, Sequence[ColumnElement[Any]]] = {
    FailureOrder.RECENT: (),
    FailureOrder.ERROR_TYPE: (_KIND,),
}
"""Those that failed uploads tell by themselves."""


def _groups(fitting: _Fitting) -> Select[Any]:
    """Failed uploads by batch."""
    groups = (
        select(_uploads.batchid, func.count().label("members"), _KIND.label("kind"))
        .where(_FAILED, *fitting.conditions)
        .group_by(_uploads.batchid)
    )
    if fitting.names_uploads:
        return groups
    # It holds all that is asked for; by itself MariaDB would go through all uploads.
    return groups.with_hint(UPLOADS, "FORCE INDEX (ix_upload_requests_failures)", "mysql")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fitting:
    """Conditions of failed uploads; `names_uploads`: one of them is by their ids, so that no index
    of states is needed."""

    conditions: Sequence[ColumnElement[bool]]
    names_uploads: bool = False


def _fitting(connection: Connection, which: FailureFilter) -> _Fitting:
    conditions: list[ColumnElement[bool]] = []
    if which.error_type is not None:
        conditions.append(_uploads.error_type == which.error_type.value)
    if which.handler:
        conditions.append(_uploads.handler == which.handler)
    if not which.text:
        return _Fitting(conditions=conditions)
    found = _fitting_text(connection, which.text)
    return replace(found, conditions=[*conditions, *found.conditions])


def _fitting_text(connection: Connection, text: str) -> _Fitting:
    search = Search.of(text)
    if search.number is not None:
        number = or_(_uploads.id == search.number, _uploads.batchid == search.number)
        return _Fitting(conditions=[number], names_uploads=True)
    if search.status is UploadStatus.FAILED:
        return _Fitting(conditions=[_FAILED])  # all that is listed here
    users = connection.scalars(select(USERS.c.userid).where(named(text))).all()
    words = _with_words(connection, search.words) if search.words else None
    if not users:
        return words or _Fitting(conditions=[false()])
    theirs = _uploads.userid.in_(users)
    return _Fitting(conditions=[or_(theirs, and_(*words.conditions)) if words else theirs])


def _with_words(connection: Connection, words: Sequence[str]) -> _Fitting:
    for word in words:
        some = select(WORDS.c.upload_id).where(WORDS.c.word == word).limit(_FEW + 1)
        ids = connection.scalars(some).all()
        if len(ids) <= _FEW:
            others = [has_word(each, _uploads.id) for each in words if each != word]
            return _Fitting(conditions=[_uploads.id.in_(ids), *others], names_uploads=True)
    return _Fitting(conditions=[has_word(each, _uploads.id) for each in words])


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
