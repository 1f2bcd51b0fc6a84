"""Which uploads are due, and whose turn it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, exists, or_, select, union_all, update

from curator_adapters.sql.closed_gates import Barred, barred_now
from curator_adapters.sql.engine import is_mariadb
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS
from curator_adapters.sql.times import later, now
from curator_adapters.sql.waiting import QUEUED, room, something_is_due, users_in_turn
from curator_core.domain.ids import UploadId

_uploads = UPLOADS.c

_FEW = 10
"""The next uploads of so many users are asked for by a question for each."""

_IN_ORDER = "ix_upload_requests_status_userid_not_before"


class Next(NamedTuple):
    """An upload whose turn may come."""

    due: datetime
    id: int
    user: str
    handler: str


def take_due(
    connection: Connection, limit: int, user_concurrency: int, resend: timedelta
) -> tuple[UploadId, ...]:
    """`Uploads.take_due`: one short statement where nothing is due, two where a gate holds
    everybody back; about seven otherwise, however many wait."""
    barred = barred_now(connection) if something_is_due(connection) else Barred(everybody=True)
    if barred.everybody:
        return ()
    taken: list[int] = []
    for some in users_in_turn(connection, limit, user_concurrency):
        users = [user for user in some if user not in barred.users]
        more = limit - len(taken)
        taken += _taken(connection, users, user_concurrency, more, barred.sources)
        if len(taken) >= limit:
            break
    mark_sent(connection, taken, resend)
    return tuple(UploadId(each) for each in taken)


def mark_sent(connection: Connection, uploads: Sequence[int], resend: timedelta) -> None:
    """Their messages count as on their way for so long."""
    if uploads:
        connection.execute(
            update(UPLOADS).where(_uploads.id.in_(uploads), QUEUED).values(sent_until=later(resend))
        )


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
    free = room(connection, held, user_concurrency)
    return _by_turns(_next_of_each(connection, free, limit, but_from))[:limit]


def _held_users(connection: Connection, users: Sequence[str]) -> list[str]:
    """Those of `users` whom nobody else holds, held until the transaction ends."""
    user = USERS.c.userid
    question = select(user).where(user.in_(users)).with_for_update(skip_locked=True)
    held = frozenset(connection.scalars(question))
    return [each for each in users if each in held]


def _next_of_each(
    connection: Connection, free: Mapping[str, int], limit: int, but_from: Collection[str]
) -> list[Next]:
    """Each user's next due uploads, as many as there is room for."""
    fair = -(-limit // max(len(free), 1))
    counts = {user: min(more, fair) for user, more in free.items()}
    rows = next_of_each(connection, counts, but_from=but_from)
    if len(rows) < limit:
        # Some had less than an even part: whoever was cut short may have more.
        found = Counter(row.user for row in rows)
        more = {user: min(free[user], limit) for user in found if found[user] == fair}
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
    if len(counts) > _FEW:
        return _next_of_many(connection, counts, wanted)
    questions = [
        select(_next(wanted, _uploads.userid == user).limit(count).subquery())
        for user, count in counts.items()
    ]
    if not questions:
        return []
    return [Next(*row) for row in connection.execute(union_all(*questions))]


def _next_of_many(
    connection: Connection, counts: Mapping[str, int], wanted: Sequence[ColumnElement[bool]]
) -> list[Next]:
    """The same by one question, which the database has to understand only once."""
    next_id = _next(wanted, _uploads.userid == USERS.c.userid).with_only_columns(_uploads.id)
    places = [
        next_id.limit(1).offset(place).correlate(USERS).scalar_subquery()
        for place in range(max(counts.values()))
    ]
    found = connection.execute(
        select(USERS.c.userid, *places).where(USERS.c.userid.in_(list(counts)))
    )
    ids = [each for user, *some in found for each in some[: counts[user]] if each is not None]
    rows = select(_uploads.not_before, _uploads.id, _uploads.userid, _uploads.handler)
    return [Next(*row) for row in connection.execute(rows.where(_uploads.id.in_(ids)))]


def _next(
    wanted: Sequence[ColumnElement[bool]], of: ColumnElement[bool]
) -> Select[tuple[datetime | None, int, str, str]]:
    paused = exists().where(BATCHES.c.id == _uploads.batchid, BATCHES.c.paused.is_(True))
    question = (
        select(_uploads.not_before, _uploads.id, _uploads.userid, _uploads.handler)
        .where(QUEUED, of, _uploads.not_before <= now(), *wanted)
        .where(or_(_uploads.sent_until.is_(None), _uploads.sent_until <= now()), ~paused)
        .order_by(_uploads.not_before, _uploads.id)
    )
    # Left alone, MariaDB 10.11 may read every upload that waits, for each user anew.
    for dialect in ("mysql", "mariadb"):
        question = question.with_hint(UPLOADS, f"FORCE INDEX ({_IN_ORDER})", dialect)
    return question


def _by_turns(rows: Iterable[Next]) -> list[int]:
    """Everybody's first, then everybody's second, and so on; in each round by due time."""
    turns: Counter[str] = Counter()
    ordered = []
    for row in sorted(rows):
        ordered.append((turns[row.user], row.due, row.id))
        turns[row.user] += 1
    return [upload_id for _, _, upload_id in sorted(ordered)]
