"""All uploads at a glance."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from curator_adapters.sql.tables import BATCHES, UPLOADS
from curator_adapters.sql.tallies import COUNTERS
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import BatchStats, Standing


def standing(connection: Connection) -> Standing:
    """`Reports.standing`, from the batches' counters."""
    sums = connection.execute(
        select(*(func.coalesce(func.sum(BATCHES.c[name]), 0).label(name) for name in COUNTERS))
    ).one()
    stats = BatchStats(**{name: int(getattr(sums, name)) for name in COUNTERS})
    unpaced = select(func.count()).where(
        UPLOADS.c.status == UploadStatus.QUEUED.value, UPLOADS.c.publish_at.is_(None)
    )
    queued_unpaced = (connection.scalar(unpaced) or 0) if stats.queued else 0
    return Standing(
        stats=stats,
        queued_unpaced=queued_unpaced,
        queued_paced=max(stats.queued - queued_unpaced, 0),
    )
