"""A worker's look at the counters of all batches."""

from __future__ import annotations

from structlog.testing import capture_logs

from curator_core.domain.ids import BatchId
from curator_core.use_cases.recount_batches import RecountBatches
from curator_worker.recounting import Recounting
from tests.builders import House


def test_batches_are_looked_at_in_turn_and_from_the_first_again() -> None:
    house = House()
    for _ in range(3):
        house.a_batch()
    seen: list[BatchId | None] = []
    recount = RecountBatches(begin=house.database.begin, at_once=2)
    recounting = Recounting(recount)
    for _ in range(4):
        recounting.go()
        seen.append(recounting.after)

    assert seen == [BatchId(2), BatchId(3), None, BatchId(2)]


def test_a_database_that_is_away_is_asked_again_later() -> None:
    house = House()
    house.a_batch()
    house.database.down = True
    recounting = Recounting(RecountBatches(begin=house.database.begin))
    with capture_logs() as logs:
        recounting.go()
    house.database.down = False
    recounting.go()

    assert not logs
    assert recounting.after == BatchId(1)
