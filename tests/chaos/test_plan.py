"""A plan of blows: the same for a seed, and none is left out."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.chaos.plan import STORMS, Blow, Stage, planned

STAGE = Stage(workers=3, webs=2, lease=5, database_restarts=True)


def test_a_seed_strikes_the_same_way_each_time() -> None:
    assert planned(7, 300, STAGE) == planned(7, 300, STAGE)
    assert planned(7, 300, STAGE) != planned(8, 300, STAGE)


@pytest.mark.parametrize("seed", range(20))
def test_five_minutes_hold_every_kind_of_blow_more_than_once(seed: int) -> None:
    struck = Counter(event.blow for event in planned(seed, 300, STAGE))
    assert set(struck) == set(Blow)
    assert min(struck.values()) > 1


def test_five_minutes_hold_every_kind_of_storm() -> None:
    named = {event.storm for event in planned(7, 300, STAGE) if event.storm}
    assert named == set(STORMS)


def test_a_worker_is_stopped_for_longer_than_its_lease() -> None:
    pauses = [each for each in planned(7, 300, STAGE) if each.blow is Blow.PAUSE_WORKER]
    assert pauses
    assert all(STAGE.lease < pause.seconds <= 3 * STAGE.lease for pause in pauses)


def test_a_database_that_is_a_file_is_not_restarted() -> None:
    stage = Stage(workers=1, webs=2, lease=5, database_restarts=False)
    events = planned(7, 300, stage)
    assert events
    assert not any(event.blow is Blow.RESTART_DATABASE for event in events)
    assert all(event.target == 0 for event in events if event.blow is Blow.KILL_WORKER)
