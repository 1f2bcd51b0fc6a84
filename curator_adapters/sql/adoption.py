"""Puts right what a release without slots and leases left in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    case,
    func,
    literal,
    select,
    update,
)

from curator_adapters.sql.defaults import settle_defaults
from curator_adapters.sql.mapping import failure_of
from curator_adapters.sql.tables import UPLOADS, USERS
from curator_adapters.sql.tallies import Tallies
from curator_adapters.sql.times import UtcTime, now
from curator_core.domain.error_type import error_type_of
from curator_core.domain.policy import Policy
from curator_core.domain.search import name_key
from curator_core.domain.upload import UploadStatus

_uploads, _users = UPLOADS.c, USERS.c

_QUEUED = _uploads.status == UploadStatus.QUEUED.value
_AT_ONCE = 500
"""So many uploads get their slots in one statement."""


def adopt(connection: Connection, policy: Policy) -> None:
    """Puts uploads at work without a lease back to the queue, and gives those that wait without
    a slot new ones: each user's in the order they were asked for, one default pace apart. Of
    several default presets the newest stays. What a release kept that knows no keys of names and
    no kinds of failures gets them.

    Changes nothing where there are none; so it may run at every start, also after an older
    release was used for a while.
    """
    _settle_names(connection)
    _settle_error_types(connection)
    settle_defaults(connection)
    _settle_abandoned(connection)
    start = connection.execute(select(now())).scalar_one()
    last: dict[str, datetime] = {}
    while waiting := _without_slot(connection):
        users = {row[1] for row in waiting} - set(last)
        last |= _last_slots(connection, users, start - policy.default_pace.interval)
        slots = {}
        for upload, user in waiting:
            slots[upload] = last[user] = max(last[user] + policy.default_pace.interval, start)
        begins = {upload: max(slot - policy.lead, start) for upload, slot in slots.items()}
        connection.execute(
            update(UPLOADS)
            .where(_uploads.id.in_(slots))
            .values(publish_at=_by_upload(slots), not_before=_by_upload(begins))
        )


def _settle_names(connection: Connection) -> None:
    unnamed = select(_users.userid, _users.username).where(_users.name_key.is_(None))
    if found := connection.execute(unnamed).all():
        connection.execute(
            update(USERS)
            .where(_users.userid == bindparam("user"))
            .values(name_key=bindparam("key")),
            [{"user": user, "key": name_key(name)} for user, name in found],
        )


def _settle_error_types(connection: Connection) -> None:
    # This index holds all that is asked for, so that a start looks at no failed upload itself.
    unknown = (
        select(_uploads.id)
        .with_hint(UPLOADS, "FORCE INDEX (ix_upload_requests_failures)", "mysql")
        .where(_uploads.status == UploadStatus.FAILED.value, _uploads.error_type.is_(None))
        .limit(_AT_ONCE)
    )
    while ids := connection.scalars(unknown).all():
        kinds: dict[str, list[int]] = {}
        errors = select(_uploads.id, _uploads.error).where(_uploads.id.in_(ids))
        for upload, error in connection.execute(errors):
            kinds.setdefault(error_type_of(failure_of(error)).value, []).append(upload)
        for kind, uploads in kinds.items():
            connection.execute(
                update(UPLOADS).where(_uploads.id.in_(uploads)).values(error_type=kind)
            )


def _without_slot(connection: Connection) -> Sequence[Row[tuple[int, str]]]:
    return connection.execute(
        select(_uploads.id, _uploads.userid)
        .where(_QUEUED, _uploads.not_before.is_(None))
        .order_by(_uploads.id)
        .limit(_AT_ONCE)
    ).all()


def _last_slots(
    connection: Connection, users: set[str], where_none: datetime
) -> dict[str, datetime]:
    """The last slot that each of `users` has already."""
    found = connection.execute(
        select(_uploads.userid, func.max(_uploads.publish_at, type_=UtcTime()))
        .where(_QUEUED, _uploads.userid.in_(users), _uploads.not_before.is_not(None))
        .group_by(_uploads.userid)
    )
    return dict.fromkeys(users, where_none) | {user: slot for user, slot in found if slot}


def _by_upload(times: dict[int, datetime]) -> ColumnElement[datetime]:
    typed = {upload: literal(time, UtcTime()) for upload, time in times.items()}
    return case(typed, value=_uploads.id)


def _settle_abandoned(connection: Connection) -> None:
    """Nobody knows whether these were published: the next attempt has to ask the wiki whether
    the title holds our bytes since the upload was asked for."""
    abandoned = connection.execute(
        select(_uploads.id, _uploads.created_at, _uploads.batchid).where(
            _uploads.status == UploadStatus.IN_PROGRESS.value, _uploads.lease_token.is_(None)
        )
    ).all()
    if not abandoned:
        return
    connection.execute(
        update(UPLOADS)
        .where(_uploads.id == bindparam("upload"))
        .values(
            status=UploadStatus.QUEUED.value,
            publish_at=None,
            not_before=None,
            updated_at=now(),
            checkpoint=bindparam("begun"),
        ),
        [
            {"upload": row[0], "begun": {"publish_begun": row[1].astimezone(UTC).isoformat()}}
            for row in abandoned
        ],
    )
    tallies = Tallies()
    for row in abandoned:
        tallies.move(row[2], UploadStatus.IN_PROGRESS, UploadStatus.QUEUED)
    tallies.write(connection)
