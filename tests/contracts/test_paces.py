"""What every `Paces` promises."""

from datetime import timedelta

from curator_core.domain.ids import UserId
from tests.contracts.database_bench import ANNA, BELA, MINUTE, SECOND, DatabaseBench, at_once


def usual_lead(database: DatabaseBench, user_id: UserId = ANNA) -> timedelta | None:
    with database.begin() as work:
        return work.paces.usual_lead(user_id)


def note_lead(database: DatabaseBench, took: timedelta) -> None:
    with database.begin() as work:
        work.paces.note_lead(ANNA, took)


def publish_wait(database: DatabaseBench, user_id: UserId = ANNA) -> timedelta:
    with database.begin() as work:
        return work.paces.publish_wait(user_id)


def published(
    database: DatabaseBench, interval: timedelta, slack: timedelta = timedelta(0)
) -> None:
    with database.begin() as work:
        work.paces.published(ANNA, interval, slack)


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


def test_who_published_waits_for_the_interval(database: DatabaseBench) -> None:
    published(database, 5 * MINUTE)
    assert 5 * MINUTE - 20 * SECOND < publish_wait(database) <= 5 * MINUTE
    assert publish_wait(database, BELA) == timedelta(0)
    database.pass_time(2 * MINUTE)
    assert 3 * MINUTE - 20 * SECOND < publish_wait(database) <= 3 * MINUTE
    database.pass_time(3 * MINUTE)
    assert publish_wait(database) == timedelta(0)


def test_the_interval_of_the_last_publishing_counts(database: DatabaseBench) -> None:
    published(database, timedelta(hours=1))
    published(database, MINUTE)
    assert timedelta(0) < publish_wait(database) <= MINUTE


def test_what_comes_a_little_late_makes_nothing_after_it_late(database: DatabaseBench) -> None:
    published(database, 5 * MINUTE)
    database.pass_time(6 * MINUTE)
    published(database, 5 * MINUTE, slack=2 * MINUTE)
    assert 4 * MINUTE - 20 * SECOND < publish_wait(database) <= 4 * MINUTE


def test_no_more_than_the_slack_is_made_good(database: DatabaseBench) -> None:
    published(database, 5 * MINUTE)
    database.pass_time(25 * MINUTE)
    published(database, 5 * MINUTE, slack=2 * MINUTE)
    assert 3 * MINUTE - 20 * SECOND < publish_wait(database) <= 3 * MINUTE


def test_who_publishes_for_the_first_time_was_not_late(database: DatabaseBench) -> None:
    published(database, 5 * MINUTE, slack=2 * MINUTE)
    assert publish_wait(database) > 4 * MINUTE


def test_the_two_do_not_disturb_each_other(database: DatabaseBench) -> None:
    published(database, MINUTE)
    assert usual_lead(database) is None
    note_lead(database, 3 * SECOND)
    published(database, 5 * MINUTE)
    assert usual_lead(database) == 3 * SECOND
    assert publish_wait(database) > MINUTE


def test_many_firsts_at_once_are_one_users(database: DatabaseBench) -> None:
    at_once(6, lambda number: note_lead(database, (number + 1) * SECOND))
    lead = usual_lead(database)
    assert lead is not None
    assert 3 * SECOND < lead <= 6 * SECOND
