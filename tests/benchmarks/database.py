"""A MariaDB of production's size, and what dispatchers do to it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from statistics import median

from sqlalchemy import Engine, text

from curator_adapters.sql.engine import make_engine, patient, writing
from curator_adapters.sql.migrate import upgrade
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.ids import UploadId
from tests.benchmarks.house import Spoilt
from tests.benchmarks.rows import How, Measured
from tests.services import running_mariadb

ROWS, BATCHES, USERS = 1_000_000, 20_000, 2_000
BUSY_USERS, DUE_OF_EACH = 6_000, 2
_TICK, _CLAIMS = 5, 3000
_MINUTE = timedelta(minutes=1)
_FILL_SECONDS = 1800

# Three in ten wait for slots within the next days, one in five hundred is at work.
_FILL = (
    "INSERT INTO users (userid, username, created_at, updated_at) SELECT seq, "
    "CONCAT('User ', seq), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM seq_1_to_{users}",
    "INSERT INTO batches (id, userid, edit_group_id, created_at, updated_at) SELECT seq, "
    "1 + seq % {users}, LPAD(HEX(seq), 12, '0'), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) "
    "FROM seq_1_to_{batches}",
    """
    INSERT INTO upload_requests
        (batchid, userid, status, `key`, handler, collection, access_token, filename, wikitext,
         success, created_at, updated_at, slice_id, publish_at, not_before, lease_token,
         lease_until, attempts)
    SELECT batch, 1 + batch % {users}, state, CONCAT('image-', seq), 'mapillary', 'a-sequence',
        IF(state = 'completed', NULL, REPEAT('t', 200)), CONCAT('A bridge ', seq, '.jpg'),
        REPEAT('w', 500), IF(state = 'completed', 'https://example.org/wiki/File:A.jpg', NULL),
        UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), seq DIV 500, slot, slot,
        IF(state = 'in_progress', 'lease', NULL),
        IF(state = 'in_progress', UTC_TIMESTAMP(6) + INTERVAL 1 DAY, NULL), 1
    FROM (
        SELECT seq, 1 + seq DIV {each} % {batches} AS batch,
            IF(seq % 500 = 0, 'in_progress', IF(seq % 10 < 3, 'queued', 'completed')) AS state,
            UTC_TIMESTAMP(6) + INTERVAL (3600 + seq % {each} * 15) SECOND AS slot
        FROM seq_1_to_{rows}
    ) AS wanted
    """,
)
_FILL_DUE = (
    "INSERT INTO users (userid, username, created_at, updated_at) SELECT CONCAT('busy-', seq), "
    "CONCAT('Busy ', seq), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM seq_1_to_{busy}",
    "INSERT INTO batches (id, userid, created_at, updated_at) SELECT {batches} + seq, "
    "CONCAT('busy-', seq), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM seq_1_to_{busy}",
    """
    INSERT INTO upload_requests
        (batchid, userid, status, `key`, handler, filename, wikitext, created_at, updated_at,
         publish_at, not_before)
    SELECT {batches} + 1 + seq % {busy}, CONCAT('busy-', 1 + seq % {busy}), 'queued',
        CONCAT('due-', seq), 'mapillary', 'A bridge.jpg', 'A bridge', UTC_TIMESTAMP(6),
        UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
    FROM seq_1_to_{due}
    """,
)


@contextmanager
def full_database() -> Iterator[Engine]:
    """1,000,000 uploads of 2,000 users, none of them due."""
    with running_mariadb() as server, server.fresh_database() as address:
        engine = make_engine(address)
        upgrade(engine)
        _fill(engine, _FILL)
        with writing(patient(engine, _FILL_SECONDS)) as connection:
            connection.execute(text("ANALYZE TABLE upload_requests, batches, users"))
        yield engine


def add_due(engine: Engine) -> int:
    """Many more users, each with some uploads that are due; answers how many those are."""
    _fill(engine, _FILL_DUE)
    return BUSY_USERS * DUE_OF_EACH


def _fill(engine: Engine, statements: tuple[str, ...]) -> None:
    numbers = {
        "rows": ROWS,
        "batches": BATCHES,
        "users": USERS,
        "each": ROWS // BATCHES,
        "busy": BUSY_USERS,
        "due": BUSY_USERS * DUE_OF_EACH,
    }
    for statement in statements:
        with writing(patient(engine, _FILL_SECONDS)) as connection:
            connection.execute(text(statement.format(**numbers)))


def tick(engine: Engine) -> timedelta:
    """How long a dispatcher takes to find that nothing is to be done."""
    begin = SqlBegin(engine)
    began = time.perf_counter()
    with begin() as work:
        found = [*work.uploads.rescue(100), *work.uploads.take_due(100, 2, _MINUTE)]
        found += work.gates.take_probes(_MINUTE)
    took = timedelta(seconds=time.perf_counter() - began)
    if found:
        raise Spoilt(f"{len(found)} were due")
    return took


def idle_tick(how: How) -> Measured:
    """How long a dispatcher takes where nothing is to be done."""
    with full_database() as engine:
        took = sorted(_milliseconds(tick(engine)) for _ in range(max(how.runs, 5) * 20))
    middle, late = median(took), took[len(took) * 95 // 100]
    return Measured(figure=f"{middle:.1f} ms (p95 {late:.1f})", is_reached=middle <= _TICK)


def claims_at_once(how: How) -> Measured:
    """How many due uploads four dispatchers take in a second, each of them once."""
    with full_database() as engine:
        due = add_due(engine)
        found = claims(engine, 4, due - due // 6)
    taken = [upload for each in found for upload in each.uploads]
    if len(taken) != len(set(taken)):
        raise Spoilt(f"{len(taken) - len(set(taken))} were taken twice")
    span = max(each.ended for each in found) - min(each.began for each in found)
    how.tell(f"{len(taken):,} of {due:,} in {span:.1f} s, {[len(each.uploads) for each in found]}")
    return Measured(figure=f"{len(taken) / span:,.0f}/s", is_reached=len(taken) / span >= _CLAIMS)


def _milliseconds(duration: timedelta) -> float:
    return duration / timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What one dispatcher took, from when to when."""

    uploads: tuple[UploadId, ...]
    began: float
    ended: float


_meeting: list[Barrier] = []
"""Where the dispatchers of one run wait for each other; one in each of their processes."""


def _meet(at: Barrier) -> None:
    _meeting.append(at)


def claim_by_turns(address: str, enough: int) -> Claimed:
    """A dispatcher that takes what is due until it has taken `enough`, or nothing is left."""
    begin, taken, idle = SqlBegin(make_engine(address)), list[UploadId](), 0
    _meeting[0].wait()
    began = time.time()
    while len(taken) < enough and idle < 5:
        with begin() as work:
            found = work.uploads.take_due(100, 2, _MINUTE)
        taken += found
        idle = 0 if found else idle + 1
    return Claimed(uploads=tuple(taken), began=began, ended=time.time())


def claims(engine: Engine, dispatchers: int, enough: int) -> list[Claimed]:
    """What so many processes take at once."""
    address = engine.url.render_as_string(hide_password=False)
    spawn = multiprocessing.get_context("spawn")
    meeting = spawn.Barrier(dispatchers)
    with ProcessPoolExecutor(
        dispatchers, mp_context=spawn, initializer=_meet, initargs=(meeting,)
    ) as processes:
        started = [
            processes.submit(claim_by_turns, address, enough // dispatchers)
            for _ in range(dispatchers)
        ]
        return [each.result() for each in started]
