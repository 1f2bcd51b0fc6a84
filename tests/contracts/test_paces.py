"""What every `Paces` promises."""

from collections.abc import Sequence
from datetime import timedelta

from curator_core.domain.ids import UserId
from curator_core.domain.upload import Upload
from curator_core.ports.paces import Turn
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    SECOND,
    DatabaseBench,
    an_upload,
    at_once,
    uploads_of,
)


def usual_lead(database: DatabaseBench, user_id: UserId = ANNA) -> timedelta | None:
    with database.begin() as work:
        return work.paces.usual_lead(user_id)


def note_lead(database: DatabaseBench, took: timedelta) -> None:
    with database.begin() as work:
        work.paces.note_lead(ANNA, took)


def publish_wait(database: DatabaseBench, user_id: UserId = ANNA) -> timedelta:
    with database.begin() as work:
        return work.paces.publish_wait(user_id)


def waits(uploads: Sequence[Upload], database: DatabaseBench, interval: timedelta) -> list[float]:
    """Seconds until the turns that these take one after another, an hour away at most."""
    taken = [database.turn(each, interval, timedelta(hours=1)) for each in uploads]
    return [turn.wait.total_seconds() for turn in taken]


def test_nothing_is_known_of_a_user_who_never_uploaded(database: DatabaseBench) -> None:
    assert usual_lead(database) is None
    assert publish_wait(database) == timedelta(0)


def test_what_the_first_upload_took_is_usual(database: DatabaseBench) -> None:
    note_lead(database, timedelta(seconds=7, microseconds=123_456))
    assert usual_lead(database) == timedelta(seconds=7, microseconds=123_456)
    assert usual_lead(database, BELA) is None


def test_a_slower_upload_counts_at_once(database: DatabaseBench) -> None:
    note_lead(database, 2 * SECOND)
    note_lead(database, timedelta(hours=2))
    assert usual_lead(database) == timedelta(hours=2)


def test_faster_uploads_count_bit_by_bit(database: DatabaseBench) -> None:
    note_lead(database, MINUTE)
    leads = []
    for _ in range(60):
        note_lead(database, 2 * SECOND)
        lead = usual_lead(database)
        assert lead is not None
        leads.append(lead)
    assert 30 * SECOND < leads[0] < MINUTE
    assert leads == sorted(leads, reverse=True)
    assert 2 * SECOND <= leads[-1] < 3 * SECOND


def test_a_turn_comes_with_the_slot(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    soon, later = database.add(batch_id, an_upload(wait=MINUTE), an_upload(wait=5 * MINUTE))
    database.pass_time(2 * MINUTE)
    assert database.turn(database.stored(soon)) == Turn(wait=timedelta(0))
    turn = database.turn(database.stored(later))
    assert 3 * MINUTE - 20 * SECOND < turn.wait <= 3 * MINUTE
    assert not turn.is_behind


def test_turns_are_taken_an_interval_apart_whatever_the_slots(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 4))
    first, *others = waits(uploads, database, 5 * MINUTE)
    assert first == 0
    for place, wait in enumerate(others, 1):
        assert 300 * place - 20 < wait <= 300 * place


def test_who_comes_after_the_interval_is_over_waits_for_nothing(database: DatabaseBench) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    waits([first], database, MINUTE)
    database.pass_time(2 * MINUTE)
    assert database.turn(second, MINUTE, MINUTE) == Turn(wait=timedelta(0))


def test_a_turn_that_comes_later_than_its_slot_says_that_the_slots_are_behind(
    database: DatabaseBench,
) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    assert not database.turn(first, MINUTE, MINUTE).is_behind
    assert database.turn(second, MINUTE, MINUTE).is_behind


def test_a_turn_that_is_too_far_away_is_not_taken(database: DatabaseBench) -> None:
    first, second, third = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 3))
    waits([first], database, 5 * MINUTE)
    assert database.turn(second, 5 * MINUTE, MINUTE).wait > 4 * MINUTE
    assert database.turn(third, 5 * MINUTE, MINUTE).wait <= 5 * MINUTE
    assert publish_wait(database) <= 5 * MINUTE


def test_one_users_turns_leave_anothers_alone(database: DatabaseBench) -> None:
    waits(database.add(database.batch_of(ANNA), *uploads_of(ANNA, 3)), database, MINUTE)
    hers = database.add(database.batch_of(BELA), *uploads_of(BELA, 1))
    assert waits(hers, database, MINUTE) == [0]
    assert publish_wait(database, BELA) > timedelta(0)


def test_what_is_not_paced_takes_no_turn(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    unpaced, paced = database.add(batch_id, an_upload(wait=None), an_upload())
    assert waits([unpaced, unpaced, paced], database, MINUTE) == [0, 0, 0]


def test_many_that_ask_at_once_get_turns_of_their_own(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 6))
    hour = timedelta(hours=1)
    turns = at_once(6, lambda number: database.turn(uploads[number], MINUTE, hour).wait)
    for place, wait in enumerate(sorted(turns)):
        assert MINUTE * place - 20 * SECOND < wait <= MINUTE * place


def test_turns_and_leads_do_not_disturb_each_other(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    waits(uploads[:1], database, MINUTE)
    assert usual_lead(database) is None
    note_lead(database, 3 * SECOND)
    waits(uploads[1:], database, 5 * MINUTE)
    assert usual_lead(database) == 3 * SECOND
    assert publish_wait(database) > MINUTE


def test_many_firsts_at_once_are_one_users(database: DatabaseBench) -> None:
    at_once(6, lambda number: note_lead(database, (number + 1) * SECOND))
    lead = usual_lead(database)
    assert lead is not None
    assert 3 * SECOND < lead <= 6 * SECOND
