"""Counts each batch's uploads by state, beside the batch itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from curator_adapters.sql.tables import BATCHES, UPLOADS
from curator_adapters.sql.words import note_missing_words
from curator_core.domain.ids import BatchId
from curator_core.domain.upload import DUPLICATES, UploadStatus
from curator_core.ports.reports import BatchStats

_COLUMNS: Mapping[str, str] = {
    **{status.value: status.value for status in UploadStatus},
    **{status.value: "duplicate" for status in DUPLICATES},
}
"""Which counter an upload's state belongs to; what is in no known state counts in the total."""

COUNTERS: tuple[str, ...] = ("total", *dict.fromkeys(_COLUMNS.values()))
TALLY: tuple[ColumnElement[Any], ...] = tuple(BATCHES.c[name] for name in COUNTERS)
"""A batch's counters, as columns."""


def stats_of(row: Row[Any]) -> BatchStats:
    """What a row with the columns of `TALLY` counts."""
    return BatchStats(**{name: getattr(row, name) for name in COUNTERS})


@dataclass(frozen=True, slots=True)
class Tallies:
    """What a unit of work has moved so far. It is written when everything else is: whoever holds
    a batch's row in order to count waits for nothing more, so that two units of work never wait
    for each other's batches and uploads."""

    moved: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, batch_id: int, statuses: Iterable[UploadStatus]) -> None:
        """New uploads in these states."""
        for status in statuses:
            self.moved[batch_id]["total"] += 1
            self.moved[batch_id][_COLUMNS[status.value]] += 1

    def move(self, batch_id: int, before: UploadStatus, after: UploadStatus, by: int = 1) -> None:
        """So many uploads changed their state."""
        self.moved[batch_id][_COLUMNS[before.value]] -= by
        self.moved[batch_id][_COLUMNS[after.value]] += by

    def write(self, connection: Connection) -> None:
        """Counts, batch by batch in the order of their ids."""
        for batch_id, changes in sorted(self.moved.items()):
            values = {name: BATCHES.c[name] + by for name, by in changes.items() if by}
            if values:
                connection.execute(update(BATCHES).where(BATCHES.c.id == batch_id).values(values))


def recount(connection: Connection, after: int, limit: int) -> tuple[list[BatchId], int | None]:
    """`Batches.recount`: which of the next `limit` batches did not count right and do now, and
    the last of them; None where there are no more."""
    # Held first, counted in a statement of its own: whoever moved something has counted it by
    # then, or waits for us with both.
    held = connection.execute(
        select(BATCHES.c.id, *TALLY)
        .where(BATCHES.c.id > after)
        .order_by(BATCHES.c.id)
        .limit(limit)
        .with_for_update()
    ).all()
    if not held:
        return [], None
    counted = _counted(connection, [row.id for row in held])
    wrong = {
        row.id: counted[row.id]
        for row in held
        if {name: getattr(row, name) for name in COUNTERS} != counted[row.id]
    }
    if wrong:
        connection.execute(
            update(BATCHES)
            .where(BATCHES.c.id == bindparam("batch"))
            .values({name: bindparam(f"new_{name}") for name in COUNTERS}),
            [
                {"batch": batch_id, **{f"new_{name}": count for name, count in counts.items()}}
                for batch_id, counts in wrong.items()
            ],
        )
    # Where uploads were added uncounted, a release added them that does not know of words either.
    grown = [row.id for row in held if row.id in wrong and row.total != wrong[row.id]["total"]]
    if grown:
        note_missing_words(connection, grown)
    return [BatchId(each) for each in wrong], held[-1].id


def _counted(connection: Connection, batches: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {each: dict.fromkeys(COUNTERS, 0) for each in batches}
    rows = connection.execute(
        select(UPLOADS.c.batchid, UPLOADS.c.status, func.count())
        .where(UPLOADS.c.batchid.in_(batches))
        .group_by(UPLOADS.c.batchid, UPLOADS.c.status)
    )
    for batch_id, status, count in rows:
        found[batch_id]["total"] += count
        if status in _COLUMNS:
            found[batch_id][_COLUMNS[status]] += count
    return found
