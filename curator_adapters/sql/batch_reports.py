"""Batches as lists show them, from their own rows and two looks into an index each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, ScalarSelect, case, select

from curator_adapters.sql.tables import BATCHES, UPLOADS, USERS
from curator_adapters.sql.tallies import TALLY, stats_of
from curator_adapters.sql.times import now
from curator_core.domain.ids import BatchId, EditGroupId, UserId
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import BatchReport

_batches = BATCHES.c


def _last_slot(status: UploadStatus) -> ScalarSelect[Any]:
    """The end of one range of an index, however many uploads wait."""
    slots = UPLOADS.alias()
    return (
        select(slots.c.publish_at)
        .where(slots.c.batchid == _batches.id, slots.c.status == status.value)
        .order_by(slots.c.publish_at.desc())
        .limit(1)
        .correlate(BATCHES)
        .scalar_subquery()
    )


_QUEUED, _AT_WORK = UploadStatus.QUEUED, UploadStatus.IN_PROGRESS

BATCH_REPORTS = select(
    _batches.id,
    _batches.userid,
    _batches.edit_group_id,
    _batches.created_at,
    _batches.updated_at,
    _batches.paused,
    USERS.c.username,
    *TALLY,
    # Not asked where nothing waits: most batches of a list are finished.
    case((_batches.queued > 0, _last_slot(_QUEUED))).label("last_queued"),
    case((_batches.in_progress > 0, _last_slot(_AT_WORK))).label("last_at_work"),
    now().label("moment"),
).join_from(BATCHES, USERS, USERS.c.userid == _batches.userid)
"""To be narrowed, ordered and cut."""


def batch_report_of(row: Row[Any]) -> BatchReport:
    """What a row of `BATCH_REPORTS` tells."""
    stats = stats_of(row)
    slots = (row.moment, row.last_queued, row.last_at_work)
    return BatchReport(
        id=BatchId(row.id),
        user_id=UserId(row.userid),
        username=row.username,
        edit_group_id=EditGroupId(row.edit_group_id) if row.edit_group_id else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        stats=stats,
        paused=row.paused,
        done_at=max(slot for slot in slots if slot)
        if stats.unfinished and not row.paused
        else None,
    )
