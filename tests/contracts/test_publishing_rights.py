"""What every `PublishingRights` promises."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest

from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import Sha1
from curator_core.domain.upload import Upload
from curator_core.ports.publishing_rights import Taken
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    DatabaseBench,
    at_once,
    lease_of,
)

BRIDGE = Sha1("b" * 40)
TOWER = Sha1("d" * 40)
LONG = timedelta(hours=1)
FREE = Taken()


def _take(
    database: DatabaseBench, upload: Upload, sha1: Sha1 = BRIDGE, lease: timedelta = MINUTE
) -> Taken:
    with database.begin() as work:
        return work.rights.take(upload, sha1, lease)


def test_bytes_that_nobody_publishes_are_free(database: DatabaseBench) -> None:
    assert _take(database, database.claimed()) == FREE


def test_the_same_bytes_are_published_by_one_upload_at_a_time(database: DatabaseBench) -> None:
    first, second = database.claimed(ANNA), database.claimed(BELA)
    assert _take(database, first) == FREE
    assert _take(database, second) == Taken(bytes_held_by=first.id)


def test_a_user_publishes_one_at_a_time(database: DatabaseBench) -> None:
    first, second = database.claimed(ANNA), database.claimed(ANNA)
    assert _take(database, first, BRIDGE) == FREE
    assert _take(database, second, TOWER) == Taken(turn_held_by=first.id)


def test_two_users_publish_different_bytes_at_once(database: DatabaseBench) -> None:
    assert _take(database, database.claimed(ANNA), BRIDGE) == FREE
    assert _take(database, database.claimed(BELA), TOWER) == FREE


def test_both_holders_are_told(database: DatabaseBench) -> None:
    annas, belas, late = database.claimed(ANNA), database.claimed(BELA), database.claimed(ANNA)
    _take(database, annas, TOWER)
    _take(database, belas, BRIDGE)
    assert _take(database, late, BRIDGE) == Taken(bytes_held_by=belas.id, turn_held_by=annas.id)


def test_who_does_not_get_both_gets_neither(database: DatabaseBench) -> None:
    annas, waiting, belas = database.claimed(ANNA), database.claimed(ANNA), database.claimed(BELA)
    _take(database, annas, BRIDGE)
    assert _take(database, waiting, TOWER) == Taken(turn_held_by=annas.id)
    assert _take(database, belas, TOWER) == FREE


def test_of_many_that_want_the_same_bytes_at_once_one_gets_them(database: DatabaseBench) -> None:
    uploads = [database.claimed(user) for user in (ANNA, BELA) for _ in range(2)]
    taken = at_once(4, lambda number: _take(database, uploads[number]))
    assert taken.count(FREE) == 1
    holder = uploads[taken.index(FREE)].id
    others = [each for each in taken if each != FREE]
    assert {each.bytes_held_by for each in others} == {holder}


def test_a_right_that_another_is_just_taking_is_taken(database: DatabaseBench) -> None:
    first, second = database.claimed(ANNA), database.claimed(BELA)
    with ThreadPoolExecutor(1) as threads:
        with database.begin() as work:
            assert work.rights.take(first, BRIDGE, MINUTE) == FREE
            late = threads.submit(_take, database, second)
            # It either waits for us, or is wrong by now.
            wait([late], timeout=0.3)
        assert late.result() == Taken(bytes_held_by=first.id)


def test_an_attempt_that_is_just_losing_its_lease_gets_no_right(database: DatabaseBench) -> None:
    silent = database.claimed(ANNA, lease=MINUTE)
    database.pass_time(2 * MINUTE)
    with ThreadPoolExecutor(1) as threads:
        with database.begin() as work:
            assert work.uploads.rescue(10) != ()
            late = threads.submit(_take, database, silent)
            # It either waits for us, or is wrong by now.
            wait([late], timeout=0.3)
        with pytest.raises(LeaseLost):
            late.result()


def test_taking_again_what_is_held_extends_it(database: DatabaseBench) -> None:
    holder, other = database.claimed(ANNA), database.claimed(BELA)
    assert _take(database, holder, lease=MINUTE) == FREE
    assert _take(database, holder, lease=LONG) == FREE
    database.pass_time(2 * MINUTE)
    assert _take(database, other) == Taken(bytes_held_by=holder.id)


def test_a_right_frees_itself_when_its_lease_runs_out(database: DatabaseBench) -> None:
    holder, other = database.claimed(ANNA), database.claimed(BELA)
    _take(database, holder, lease=MINUTE)
    database.pass_time(2 * MINUTE)
    assert _take(database, other) == FREE
    assert _take(database, holder) == Taken(bytes_held_by=other.id)


def test_a_heartbeat_extends_rights_with_the_lease(database: DatabaseBench) -> None:
    holder, other = database.claimed(ANNA), database.claimed(BELA)
    _take(database, holder, lease=MINUTE)
    with database.begin() as work:
        assert work.uploads.renew(holder.id, lease_of(holder), LONG)
    database.pass_time(2 * MINUTE)
    assert _take(database, other) == Taken(bytes_held_by=holder.id)


def test_an_upload_takes_over_from_its_own_former_attempt(database: DatabaseBench) -> None:
    former = database.claimed(ANNA, lease=MINUTE)
    other = database.claimed(BELA, lease=LONG)
    _take(database, former, lease=LONG)
    database.pass_time(2 * MINUTE)
    database.rescue()
    present = database.claim(former)
    assert present is not None
    assert _take(database, present) == FREE
    assert _take(database, other) == Taken(bytes_held_by=present.id)
    with pytest.raises(LeaseLost):
        _take(database, former)


def _finish(database: DatabaseBench, holder: Upload) -> None:
    database.keep(holder.complete("https://example.org/A"), lease_of(holder))


def _requeue(database: DatabaseBench, holder: Upload) -> None:
    database.keep(holder.requeue(), lease_of(holder))


def _put_off(database: DatabaseBench, holder: Upload) -> None:
    with database.begin() as work:
        work.uploads.requeue_after(holder.requeue(), lease_of(holder), MINUTE)


def _rescue(database: DatabaseBench, _holder: Upload) -> None:
    database.pass_time(2 * MINUTE)
    database.rescue()


@pytest.mark.parametrize("end", [_finish, _requeue, _put_off, _rescue])
def test_rights_are_free_again_when_the_attempt_ends(
    database: DatabaseBench, end: Callable[[DatabaseBench, Upload], None]
) -> None:
    holder = database.claimed(ANNA, lease=MINUTE)
    others = (database.claimed(BELA, lease=LONG), database.claimed(ANNA, lease=LONG))
    _take(database, holder, BRIDGE, lease=LONG)
    assert [_take(database, other) == FREE for other in others] == [False, False]
    end(database, holder)
    assert _take(database, others[0], BRIDGE) == FREE
    assert _take(database, others[1], TOWER) == FREE


def test_a_checkpoint_keeps_the_rights(database: DatabaseBench) -> None:
    holder, other = database.claimed(ANNA), database.claimed(BELA)
    _take(database, holder)
    database.keep(holder, lease_of(holder))
    assert _take(database, other) == Taken(bytes_held_by=holder.id)


def _release_turn(database: DatabaseBench, holder: Upload) -> None:
    with database.begin() as work:
        work.rights.release_turn(holder)


def test_a_turn_that_is_released_is_the_users_next_ones_and_the_bytes_stay_held(
    database: DatabaseBench,
) -> None:
    holder = database.claimed(ANNA)
    next_one, other = database.claimed(ANNA), database.claimed(BELA)
    _take(database, holder, BRIDGE)
    assert _take(database, next_one, TOWER) != FREE
    _release_turn(database, holder)
    assert _take(database, next_one, TOWER) == FREE
    assert _take(database, other, BRIDGE) == Taken(bytes_held_by=holder.id)


def test_releasing_a_turn_that_is_not_held_frees_nobody_elses(database: DatabaseBench) -> None:
    holder, next_one = database.claimed(ANNA), database.claimed(ANNA)
    _take(database, holder, BRIDGE)
    _release_turn(database, next_one)
    assert _take(database, next_one, TOWER) == Taken(turn_held_by=holder.id)


def test_who_lost_the_lease_gets_no_right(database: DatabaseBench) -> None:
    former = database.claimed(ANNA, lease=MINUTE)
    database.pass_time(2 * MINUTE)
    database.rescue()
    with pytest.raises(LeaseLost):
        _take(database, former)
    assert database.claim(former) is not None
    with pytest.raises(LeaseLost):
        _take(database, former)
    assert _take(database, database.claimed(BELA)) == FREE


def test_an_upload_that_waits_gets_no_right(database: DatabaseBench) -> None:
    with pytest.raises(LeaseLost):
        _take(database, database.add_one())
