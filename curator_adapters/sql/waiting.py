"""Which users have something due, found without reading those that wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    func,
    literal,
    null,
    select,
    union_all,
)

from curator_adapters.sql.tables import UPLOADS
from curator_adapters.sql.times import now
from curator_core.domain.upload import UploadStatus

_uploads = UPLOADS.c

WAITING = UploadStatus.QUEUED.value
QUEUED = _uploads.status == WAITING
IN_PROGRESS = _uploads.status == UploadStatus.IN_PROGRESS.value

_USERS_AT_ONCE = 100
"""One statement asks for the next uploads of so many users."""

_FIRST = 8 * _USERS_AT_ONCE
"""So many users are named at first: enough for some dispatchers that share them out."""

_WINDOW = 2000
"""So many of the longest due uploads are looked through; who is not among them is found by
looking at everybody."""


def something_is_due(connection: Connection) -> bool:
    """Whether anything is due that no message is on its way for."""
    return connection.execute(_unsent(_uploads.id, limit=1)).first() is not None


def users_in_turn(
    connection: Connection, enough: int, user_concurrency: int
) -> Iterator[Sequence[str]]:
    """Users who have something due and room for more, whoever waits longest first, as many of
    them at once as one statement asks for."""
    found = _first_users(connection, user_concurrency)
    if len(found) >= enough or not _is_cut(connection):
        yield from at_once(found)
    else:
        found = []
    if len(found) == _FIRST or _is_cut(connection):
        known = frozenset(found)
        others = [user for user in users_with_due(connection) if user not in known]
        yield from at_once(list(room(connection, others, user_concurrency)))


def at_once(users: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many of them as one statement asks for, then the next."""
    for first in range(0, len(users), _USERS_AT_ONCE):
        yield users[first : first + _USERS_AT_ONCE]


def users_with_due(connection: Connection) -> list[str]:
    """Everybody who has something due, whoever waits longest first."""
    # As a range, so that MariaDB hops from user to user in the index ("Using index for
    # group-by"): with an equality it reads every upload that waits (measured on 10.11).
    only_queued = (_uploads.status >= WAITING, _uploads.status <= WAITING)
    waiting = (
        select(_uploads.userid, func.min(_uploads.not_before).label("first"))
        .where(*only_queued)
        .group_by(_uploads.status, _uploads.userid)
        .subquery()
    )
    due = select(waiting.c.userid).where(waiting.c.first <= now())
    return list(connection.scalars(due.order_by(waiting.c.first, waiting.c.userid)))


def room(connection: Connection, users: Sequence[str], user_concurrency: int) -> dict[str, int]:
    """How many more each of `users` may have under way; those who may have none are left out."""
    if not users:
        return {}
    under_way = _under_way().subquery().c
    counts = select(under_way.userid, func.sum(under_way.uploads)).group_by(under_way.userid)
    if len(users) <= _USERS_AT_ONCE:
        counts = counts.where(under_way.userid.in_(users))
    found = {user: int(count) for user, count in connection.execute(counts)}
    free = {user: user_concurrency - found.get(user, 0) for user in users}
    return {user: more for user, more in free.items() if more > 0}


def _first_users(connection: Connection, user_concurrency: int) -> list[str]:
    """Whoever has one of the longest due uploads, and room for more."""
    due = _unsent(_uploads.userid, _uploads.not_before, limit=_WINDOW).subquery().c
    busy = _under_way().subquery().c
    # Due times and counts in one heap, which is gone through once: MariaDB would compare a table
    # of the ones with a table of the others row by row.
    each = union_all(
        select(due.userid, due.not_before.label("due"), literal(0).label("uploads")),
        select(busy.userid, null(), busy.uploads),
    ).subquery()
    first = func.min(each.c.due)
    return list(
        connection.scalars(
            select(each.c.userid)
            .group_by(each.c.userid)
            .having(first.is_not(None), func.sum(each.c.uploads) < user_concurrency)
            .order_by(first, each.c.userid)
            .limit(_FIRST)
        )
    )


def _is_cut(connection: Connection) -> bool:
    """Whether more is due than the longest due uploads."""
    beyond = _never_sent(_uploads.id).order_by(_uploads.not_before).offset(_WINDOW).limit(1)
    return connection.execute(beyond).first() is not None


def _under_way() -> CompoundSelect[Any]:
    """How many each user has at work, or on their way to a worker."""
    sent = (QUEUED, _uploads.sent_until > now())
    counted = (_uploads.userid, func.count().label("uploads"))
    return union_all(
        select(*counted).where(IN_PROGRESS).group_by(_uploads.userid),
        select(*counted).where(*sent).group_by(_uploads.userid),
    )


def _unsent(*columns: ColumnElement[Any], limit: int) -> CompoundSelect[Any]:
    """What is due and has no message on its way: the longest due of those that were never sent,
    and of those whose message was lost."""
    never = _never_sent(*columns).order_by(_uploads.not_before).limit(limit)
    lost = select(*columns).where(
        QUEUED, _uploads.sent_until <= now(), _uploads.not_before <= now()
    )
    return union_all(select(never.subquery()), select(lost.limit(limit).subquery()))


def _never_sent(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(
        QUEUED, _uploads.sent_until.is_(None), _uploads.not_before <= now()
    )
