"""A database as it is after years: a million uploads of two thousand people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, text

from curator_adapters.sql.engine import make_engine, patient, writing
from curator_adapters.sql.migrate import upgrade
from tests.services import MariaDb

WITHOUT_LISTS = "c2e1d8b5f703"
"""The revision that the data is made for: the next ones count, and note words, as they do for an
archive that is there already."""

_FILL_SECONDS = 3600
_RARE = 777_777

# Batches are as people make them: a few of many thousands, many of a dozen. A number that has no
# divisor in common with 20,000 spreads the large ones over all the years.
_BATCH_OF = """
    1 + (7919 * CASE
        WHEN seq <= {rows} DIV 5 THEN (seq - 1) DIV ({rows} DIV 20)
        WHEN seq <= {rows} DIV 2 THEN 4 + (seq - {rows} DIV 5 - 1) DIV ({rows} DIV 400)
        ELSE 124 + seq % ({batches} - 124)
    END) % {batches}
"""
_STATE_OF = """
    CASE
        WHEN seq % 1000 < 3 THEN 'queued'
        WHEN seq % 10000 = 4 THEN 'in_progress'
        WHEN seq % 1000 BETWEEN 5 AND 34 THEN 'failed'
        WHEN seq % 1000 BETWEEN 35 AND 44 THEN 'cancelled'
        WHEN seq % 1000 BETWEEN 45 AND 54 THEN 'duplicate'
        WHEN seq % 1000 BETWEEN 55 AND 59 THEN 'duplicated_sdc_updated'
        WHEN seq % 1000 BETWEEN 60 AND 64 THEN 'duplicated_sdc_not_updated'
        ELSE 'completed'
    END
"""
_NAME_OF = """
    CONCAT('Photo from Mapillary ', DATE('2014-01-01') + INTERVAL (seq % 4000) DAY, ' (',
        1000000000000000 + seq, ') ',
        ELT(1 + seq % 11, 'bridge', 'Brücke', 'church', 'street at night', 'harbour', 'station',
            'museum', 'мост', 'de la tour', 'garden', 'river'),
        IF(seq % 20 = 3, ' panorama', ''), IF(seq % 100 = 7, ' lighthouse', ''),
        IF(seq = {rare}, ' unicorn', ''), '.jpg')
"""
_ERROR_OF = """
    JSON_OBJECT('type', 'error', 'message', 'It could not be done.', 'code',
        ELT(1 + seq % 5, 'rate_limited', 'busy', 'blocked', 'unreachable', 'name_taken'))
"""
_FILL = (
    "INSERT INTO users (userid, username, created_at, updated_at) SELECT seq, "
    "CONCAT(ELT(1 + seq % 4, 'Anna', 'Bela', 'Carla', 'Photographer'), ' ', seq), "
    "'2020-01-01', '2020-01-01' FROM seq_1_to_{users}",
    "INSERT INTO batches (id, userid, edit_group_id, created_at, updated_at) SELECT seq, "
    "1 + seq % {users}, LPAD(HEX(seq), 12, '0'), "
    "TIMESTAMP('2023-01-01') + INTERVAL (seq * {seconds}) SECOND, "
    "TIMESTAMP('2023-01-01') + INTERVAL (seq * {seconds}) SECOND FROM seq_1_to_{batches}",
    """
    INSERT INTO upload_requests
        (batchid, userid, status, `key`, handler, collection, filename, wikitext, error, success,
         created_at, updated_at, publish_at, not_before, lease_token, lease_until, attempts)
    SELECT batch, 1 + batch % {users}, state, CONCAT('image-', seq),
        IF(seq % 33 = 1, 'flickr', 'mapillary'), CONCAT('sequence-', batch), name,
        REPEAT('Wikitext. ', 60), IF(state = 'failed', error, NULL),
        IF(state = 'completed', CONCAT('https://example.org/wiki/File:', seq), NULL),
        made, made, IF(state = 'queued', UTC_TIMESTAMP(6) + INTERVAL 1 DAY, made),
        IF(state = 'queued', UTC_TIMESTAMP(6) + INTERVAL 1 DAY, made),
        IF(state = 'in_progress', 'lease', NULL),
        IF(state = 'in_progress', UTC_TIMESTAMP(6) + INTERVAL 1 DAY, NULL), 0
    FROM (
        SELECT seq, """
    + f"{_BATCH_OF} AS batch, {_STATE_OF} AS state, {_NAME_OF} AS name, {_ERROR_OF} AS error,"
    + """
            TIMESTAMP('2023-01-01') + INTERVAL (seq * {seconds} * {batches} DIV {rows}) SECOND
                AS made
        FROM seq_1_to_{rows}
    ) AS wanted
    """,
    "INSERT INTO presets (userid, handler, title, title_template, created_at, updated_at) "
    "SELECT 1 + seq % {users}, 'mapillary', CONCAT('Preset ', seq), 'a template', "
    "'2024-01-01', '2024-01-01' FROM seq_1_to_{presets}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is."""

    rows: int = 1_000_000
    batches: int = 20_000
    users: int = 2_000

    @property
    def rare(self) -> int:
        """The upload that a word stands in which no other has."""
        return min(_RARE, self.rows)

    @property
    def largest_batch(self) -> int:
        """One that holds a twentieth of all."""
        return 1


@contextmanager
def archive(server: MariaDb, size: Size) -> Iterator[str]:
    """The address of such a database, of this release's schema."""
    with server.fresh_database() as address:
        engine = make_engine(address)
        upgrade(engine, WITHOUT_LISTS)
        fill(engine, size)
        upgrade(engine)
        with writing(patient(engine, _FILL_SECONDS)) as connection:
            tables = "upload_requests, batches, users, upload_words, batch_words, presets"
            connection.execute(text(f"ANALYZE TABLE {tables}"))
        yield address


def fill(engine: Engine, size: Size) -> None:
    """Three years of uploads."""
    numbers = {
        "rows": size.rows,
        "batches": size.batches,
        "users": size.users,
        "presets": size.users * 3,
        "seconds": 3 * 365 * 86_400 // size.batches,
        "rare": size.rare,
    }
    for statement in _FILL:
        with writing(patient(engine, _FILL_SECONDS)) as connection:
            connection.execute(text(statement.format(**numbers)))
