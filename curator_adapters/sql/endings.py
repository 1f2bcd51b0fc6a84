"""Ends, or brings back, many uploads at once, in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from curator_adapters.sql.lists.found import STATE, state_of
from curator_adapters.sql.mapping import error_type_value, failure_json, stop_json, upload_of
from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS, UploadRow
from curator_adapters.sql.tallies import Tallies
from curator_adapters.sql.times import UtcTime, now
from curator_core.domain.ids import (
    BatchId,
    EditGroupId,
    SealedToken,
    TokenPrint,
    UploadId,
    UserId,
)
from curator_core.domain.upload import Stop, Upload, UploadStatus
from curator_core.ports.endings import Selection, Stopped, WaitingGroup

_uploads = UPLOADS.c

_QUEUED = _uploads.status == UploadStatus.QUEUED.value
_UNFINISHED = _uploads.status.in_([UploadStatus.QUEUED.value, UploadStatus.IN_PROGRESS.value])
_UNDONE = (UploadStatus.FAILED.value, UploadStatus.CANCELLED.value)


def _says_nothing_of(name: str) -> ColumnElement[bool]:
    return func.json_extract(_uploads.checkpoint, f"$.{name}").is_(None)


_STOPS_AT_ONCE = and_(
    _QUEUED, _says_nothing_of("publish_begun"), _says_nothing_of("published_title")
)
"""`Upload.stops_at_once`."""

_IS_ASKED = and_(~_STOPS_AT_ONCE, _uploads.stop.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlEndings:
    session: Session
    tallies: Tallies

    def stop(self, which: Selection, stop: Stop) -> Stopped:
        selected = and_(_UNFINISHED, *_fitting(which))
        self._hold_owners(which)
        # Held until the unit of work ends, so that they are written as they are read.
        rows = self._rows(
            select(*STATE, _STOPS_AT_ONCE.label("ends"))
            .where(selected, or_(_STOPS_AT_ONCE, _IS_ASKED))
            .order_by(_uploads.id)
            .with_for_update()
        )
        if not rows:
            return Stopped()
        # Whatever was added meanwhile was not read: it is left alone.
        read = and_(selected, _uploads.id <= rows[-1].id)
        end = UploadStatus.CANCELLED if stop.failure is None else UploadStatus.FAILED
        ended, asked = [row for row in rows if row.ends], [row for row in rows if not row.ends]
        if ended:
            self._write(and_(read, _STOPS_AT_ONCE), _ended(end, stop))
            for batch_id, count in Counter(row.batchid for row in ended).items():
                self.tallies.move(batch_id, UploadStatus.QUEUED, end, count)
        if asked:
            self._write(and_(read, _IS_ASKED), _asked(stop))
        return Stopped(
            ended=tuple(replace(state_of(row), status=end, failure=stop.failure) for row in ended),
            asked=tuple(UploadId(row.id) for row in asked),
        )

    def retryable(self, which: Selection, after: UploadId, limit: int) -> Sequence[Upload]:
        copies = UPLOADS.alias()
        retried = exists().where(copies.c.retry_of == _uploads.id, copies.c.status.not_in(_UNDONE))
        rows = self.session.scalars(
            select(UploadRow)
            .where(_uploads.status.in_(_UNDONE), *_fitting(which))
            .where(_uploads.id > after, ~retried)
            .order_by(_uploads.id)
            .limit(limit)
        )
        return [upload_of(row) for row in rows]

    def batches_of(self, uploads: Collection[UploadId]) -> frozenset[BatchId]:
        found = self.session.scalars(
            select(_uploads.batchid).distinct().where(_among(frozenset(uploads)))
        )
        return frozenset(BatchId(each) for each in found)

    def waiting_groups(self) -> tuple[WaitingGroup, ...]:
        groups = (
            select(
                _uploads.userid,
                BATCHES.c.edit_group_id,
                func.count().label("members"),
                func.max(_uploads.id).label("last"),
                func.max(_uploads.created_at, type_=UtcTime()).label("newest"),
                func.max(_uploads.publish_at, type_=UtcTime()).label("slot"),
            )
            .join(BATCHES, _uploads.batchid == BATCHES.c.id)
            .where(_QUEUED)
            .group_by(_uploads.userid, BATCHES.c.edit_group_id, _uploads.token_print)
            .subquery()
        )
        rows = self._rows(
            select(groups, _uploads.token_print, _uploads.access_token, now().label("now"))
            .join(UPLOADS, _uploads.id == groups.c.last)
            .order_by(groups.c.last)
        )
        return tuple(_group_of(row) for row in rows)

    def _hold_owners(self, which: Selection) -> None:
        """As claims and reschedulings do: whoever changes these users' uploads comes before us or
        after us, instead of each waiting for rows of the other."""
        owners = select(BATCHES.c.userid).join(UPLOADS, _uploads.batchid == BATCHES.c.id)
        if which.batch_id is not None:
            owners = select(BATCHES.c.userid).where(BATCHES.c.id == which.batch_id)
        elif which.upload_ids is not None:
            owners = owners.where(_among(which.upload_ids))
        user_id = which.user_id or (which.group.user_id if which.group else None)
        of_whom = USERS.c.userid.in_(owners) if user_id is None else USERS.c.userid == user_id
        self.session.connection().execute(
            select(USERS.c.userid).where(of_whom).order_by(USERS.c.userid).with_for_update()
        )

    def _rows(self, question: Any) -> Sequence[Row[Any]]:
        return self.session.connection().execute(question).all()

    def _write(self, which: ColumnElement[bool], values: Mapping[str, object]) -> None:
        self.session.connection().execute(
            update(UPLOADS).where(which).values(**values, sent_until=None, updated_at=now())
        )


def _ended(end: UploadStatus, stop: Stop) -> dict[str, object]:
    return {
        "status": end.value,
        "error": failure_json(stop.failure),
        "error_type": error_type_value(end, stop.failure),
        "success": None,
        "access_token": None,
        "stop": None,
        "lease_token": None,
        "lease_until": None,
    }


def _asked(stop: Stop) -> dict[str, object]:
    waits = and_(_QUEUED, or_(_uploads.not_before.is_(None), _uploads.not_before > now()))
    return {
        "stop": stop_json(stop),
        "not_before": case((waits, now()), else_=_uploads.not_before),
    }


def _fitting(which: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if which.user_id is not None:
        conditions.append(_uploads.userid == which.user_id)
    if which.batch_id is not None:
        conditions.append(_uploads.batchid == which.batch_id)
    if which.upload_ids is not None:
        conditions.append(_among(which.upload_ids))
    if which.token_print is not None:
        conditions.append(_uploads.token_print == which.token_print)
    if which.group is not None:
        conditions += _of_group(which.group)
    if which.but is not None:
        conditions.append(_uploads.id != which.but)
    return conditions


def _of_group(group: WaitingGroup) -> list[ColumnElement[bool]]:
    batch = exists().where(
        BATCHES.c.id == _uploads.batchid,
        BATCHES.c.edit_group_id.is_not_distinct_from(group.edit_group_id),
    )
    return [
        _uploads.userid == group.user_id,
        _uploads.token_print.is_not_distinct_from(group.token_print),
        batch,
    ]


def _among(uploads: frozenset[UploadId]) -> ColumnElement[bool]:
    # Written into the statement, which may hold more numbers than a database takes parameters.
    return _uploads.id.in_(bindparam(None, sorted(uploads), expanding=True, literal_execute=True))


def _group_of(row: Row[Any]) -> WaitingGroup:
    return WaitingGroup(
        user_id=UserId(row.userid),
        edit_group_id=EditGroupId(row.edit_group_id) if row.edit_group_id else None,
        token_print=TokenPrint(row.token_print) if row.token_print else None,
        sealed_token=SealedToken(row.access_token) if row.access_token else None,
        count=row.members,
        newest=row.newest,
        last_wait=None if row.slot is None else max(row.slot - row.now, timedelta(0)),
    )
