"""Which uploads are due and whose worker fell silent, found without reading those that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    or_,
    select,
    union_all,
    update,
)

from curator_adapters.sql.closed_gates import Barred, barred_now
from curator_adapters.sql.engine import is_mariadb
from curator_adapters.sql.tables import BATCHES, RIGHTS, UPLOADS, USERS
from curator_adapters.sql.times import later, now
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import UploadStatus

_uploads = UPLOADS.c

_USERS_AT_ONCE = 200
"""One statement asks for the next uploads of so many users; SQLite joins at most 500 questions."""

_WAITING = UploadStatus.QUEUED.value
_QUEUED = _uploads.status == _WAITING
_IN_PROGRESS = _uploads.status == UploadStatus.IN_PROGRESS.value


class Next(NamedTuple):
    """An upload whose turn may come."""

    due: datetime
    id: int
    user: str
    handler: str


def take_due(
    connection: Connection, limit: int, user_concurrency: int, resend: timedelta
) -> tuple[UploadId, ...]:
    """`Uploads.take_due`: one short statement where nothing is due, two where gates hold back all
    that is; at most seven for each 200 users otherwise, of whom the first mostly suffice."""
    waiting = users_with_due(connection)
    barred = barred_now(connection) if waiting else Barred()
    waiting = [] if barred.everybody else [user for user in waiting if user not in barred.users]
    if len(waiting) > _USERS_AT_ONCE:
        waiting = list(_room(connection, waiting, user_concurrency))
    taken: list[int] = []
    for some in at_once(waiting):
        if len(taken) < limit:
            more = limit - len(taken)
            taken += _taken(connection, some, user_concurrency, more, barred.sources)
    mark_sent(connection, taken, resend)
    return tuple(UploadId(each) for each in taken)


def at_once(users: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many of them as one statement asks for, then the next."""
    for first in range(0, len(users), _USERS_AT_ONCE):
        yield users[first : first + _USERS_AT_ONCE]


def mark_sent(connection: Connection, uploads: Sequence[int], resend: timedelta) -> None:
    """Their messages count as on their way for so long."""
    if uploads:
        connection.execute(
            update(UPLOADS)
            .where(_uploads.id.in_(uploads), _QUEUED)
            .values(sent_until=later(resend))
        )


def rescue(connection: Connection, limit: int) -> list[int]:
    """`Uploads.rescue`; answers the ids, in order."""
    silent = (
        select(_uploads.id)
        .where(_IN_PROGRESS, _uploads.lease_until <= now())
        .order_by(_uploads.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = sorted(connection.scalars(silent))
    if ids:
        connection.execute(
            update(UPLOADS)
            .where(_uploads.id.in_(ids))
            .values(
                status=UploadStatus.QUEUED.value,
                lease_token=None,
                lease_until=None,
                sent_until=None,
                not_before=now(),
                updated_at=now(),
            )
        )
        connection.execute(delete(RIGHTS).where(RIGHTS.c.upload_id.in_(ids)))
    return ids


def users_with_due(connection: Connection) -> list[str]:
    """Who has something due, whoever waits longest first."""
    # As a range, so that MariaDB hops from user to user in the index ("Using index for
    # group-by"): with an equality it reads every upload that waits (measured on 10.11).
    only_queued = (_uploads.status >= _WAITING, _uploads.status <= _WAITING)
    waiting = (
        select(_uploads.userid, func.min(_uploads.not_before).label("first"))
        .where(*only_queued)
        .group_by(_uploads.status, _uploads.userid)
        .subquery()
    )
    due = select(waiting.c.userid).where(waiting.c.first <= now())
    return list(connection.scalars(due.order_by(waiting.c.first, waiting.c.userid)))


def _room(connection: Connection, users: Iterable[str], user_concurrency: int) -> dict[str, int]:
    """How many more each of `users` may have under way; those who may have none are left out."""
    at_work = select(_uploads.userid, func.count()).where(_IN_PROGRESS).group_by(_uploads.userid)
    sent = (
        select(_uploads.userid, func.count())
        .where(_QUEUED, _uploads.sent_until > now())
        .group_by(_uploads.userid)
    )
    under_way: Counter[str] = Counter()
    for user, count in connection.execute(union_all(at_work, sent)):
        under_way[user] += count
    room = {user: user_concurrency - under_way[user] for user in users}
    return {user: free for user, free in room.items() if free > 0}


def _held_users(connection: Connection, users: Sequence[str]) -> list[str]:
    """Those of `users` whom nobody else holds, held until the transaction ends."""
    user = USERS.c.userid
    question = select(user).where(user.in_(users)).with_for_update(skip_locked=True)
    held = frozenset(connection.scalars(question))
    return [each for each in users if each in held]


def _taken(
    connection: Connection,
    users: Sequence[str],
    user_concurrency: int,
    limit: int,
    but_from: Collection[str],
) -> list[int]:
    """What these users' turns come to."""
    # Callers share the users out among themselves: none waits, and what each user has under way
    # stays as it is counted until the marks are committed.
    held = _held_users(connection, users) if is_mariadb(connection) else users
    room = _room(connection, held, user_concurrency) if held else {}
    return _by_turns(_next_of_each(connection, room, limit, but_from))[:limit]


def _next_of_each(
    connection: Connection, room: Mapping[str, int], limit: int, but_from: Collection[str]
) -> list[Next]:
    """Each user's next due uploads, as many as there is room for."""
    fair = -(-limit // max(len(room), 1))
    counts = {user: min(free, fair) for user, free in room.items()}
    rows = next_of_each(connection, counts, but_from=but_from)
    if len(rows) < limit:
        # Some had less than an even part: whoever was cut short may have more.
        found = Counter(row.user for row in rows)
        more = {user: min(room[user], limit) for user in found if found[user] == fair}
        rows = [row for row in rows if row.user not in more]
        rows += next_of_each(connection, more, but_from=but_from)
    return rows


def next_of_each(
    connection: Connection,
    counts: Mapping[str, int],
    *,
    only_from: str | None = None,
    but_from: Collection[str] = (),
) -> list[Next]:
    """So many of each user's next due uploads that no message is on its way for, of one source
    only, or of all but some."""
    wanted: list[ColumnElement[bool]] = []
    if only_from is not None:
        wanted.append(_uploads.handler == only_from)
    if but_from:
        wanted.append(_uploads.handler.not_in(but_from))
    questions = [select(_next_of(user, count, wanted).subquery()) for user, count in counts.items()]
    if not questions:
        return []
    return [Next(*row) for row in connection.execute(union_all(*questions))]


def _next_of(
    user: str, count: int, wanted: Sequence[ColumnElement[bool]]
) -> Select[tuple[datetime | None, int, str, str]]:
    return (
        select(_uploads.not_before, _uploads.id, _uploads.userid, _uploads.handler)
        .join(BATCHES, _uploads.batchid == BATCHES.c.id)
        .where(_QUEUED, _uploads.userid == user, _uploads.not_before <= now(), *wanted)
        .where(or_(_uploads.sent_until.is_(None), _uploads.sent_until <= now()))
        .where(BATCHES.c.paused.is_(False))
        .order_by(_uploads.not_before, _uploads.id)
        .limit(count)
    )


def _by_turns(rows: Iterable[Next]) -> list[int]:
    """Everybody's first, then everybody's second, and so on; in each round by due time."""
    turns: Counter[str] = Counter()
    ordered = []
    for row in sorted(rows):
        ordered.append((turns[row.user], row.due, row.id))
        turns[row.user] += 1
    return [upload_id for _, _, upload_id in sorted(ordered)]
