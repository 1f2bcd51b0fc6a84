"""Which uploads are due and whose worker fell silent, found without reading those that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, func, or_, select, union_all, update

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


def take_due(
    connection: Connection, limit: int, user_concurrency: int, resend: timedelta
) -> tuple[UploadId, ...]:
    """`Uploads.take_due`: one short statement where nothing is due, at most seven otherwise."""
    waiting = _users_with_due(connection)
    if len(waiting) > _USERS_AT_ONCE:
        waiting = list(_room(connection, waiting, user_concurrency))[:_USERS_AT_ONCE]
    if waiting and is_mariadb(connection):
        # Callers share the users out among themselves: none waits, and what each user has
        # under way stays as it is counted until the marks are committed.
        waiting = _held_users(connection, waiting)
    if not waiting:
        return ()
    room = _room(connection, waiting, user_concurrency)
    taken = _by_turns(_next_of_each(connection, room, limit))[:limit]
    if taken:
        connection.execute(
            update(UPLOADS).where(_uploads.id.in_(taken), _QUEUED).values(sent_until=later(resend))
        )
    return tuple(UploadId(each) for each in taken)


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


def _users_with_due(connection: Connection) -> list[str]:
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


def _next_of_each(
    connection: Connection, room: Mapping[str, int], limit: int
) -> list[tuple[datetime, int, str]]:
    """Each user's next due uploads, as many as there is room for: due time, id, user."""
    fair = -(-limit // max(len(room), 1))
    rows = _asked(connection, {user: min(free, fair) for user, free in room.items()})
    if len(rows) < limit:
        # Some had less than an even part: whoever was cut short may have more.
        counts = Counter(user for _, _, user in rows)
        more = {user: min(room[user], limit) for user in counts if counts[user] == fair}
        rows = [row for row in rows if row[2] not in more] + _asked(connection, more)
    return rows


def _asked(connection: Connection, counts: Mapping[str, int]) -> list[tuple[datetime, int, str]]:
    questions = [select(_next_of(user, count).subquery()) for user, count in counts.items()]
    if not questions:
        return []
    return [(row[0], row[1], row[2]) for row in connection.execute(union_all(*questions))]


def _next_of(user: str, count: int) -> Select[tuple[datetime | None, int, str]]:
    return (
        select(_uploads.not_before, _uploads.id, _uploads.userid)
        .join(BATCHES, _uploads.batchid == BATCHES.c.id)
        .where(_QUEUED, _uploads.userid == user, _uploads.not_before <= now())
        .where(or_(_uploads.sent_until.is_(None), _uploads.sent_until <= now()))
        .where(BATCHES.c.paused.is_(False))
        .order_by(_uploads.not_before, _uploads.id)
        .limit(count)
    )


def _by_turns(rows: Iterable[tuple[datetime, int, str]]) -> list[int]:
    """Everybody's first, then everybody's second, and so on; in each round by due time."""
    turns: Counter[str] = Counter()
    ordered = []
    for due, upload_id, user in sorted(rows):
        ordered.append((turns[user], due, upload_id))
        turns[user] += 1
    return [upload_id for _, _, upload_id in sorted(ordered)]
