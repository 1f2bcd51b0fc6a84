"""What every `Uploads` promises of new slots for all that a user has waiting."""

from datetime import datetime, timedelta
from itertools import pairwise

from curator_core.domain.ids import UserId
from curator_core.domain.upload import Upload
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    SECOND,
    DatabaseBench,
    an_upload,
    at_once,
    lease_of,
    uploads_of,
)

HOUR = timedelta(hours=1)
NEAR = 20 * SECOND
"""What a test itself takes is less."""


def reschedule(
    database: DatabaseBench,
    user_id: UserId = ANNA,
    *,
    start: timedelta = timedelta(0),
    interval: timedelta = HOUR,
    lead: timedelta = timedelta(0),
) -> timedelta | None:
    with database.begin() as work:
        return work.uploads.reschedule(user_id, start, interval, lead)


def waits(database: DatabaseBench, *uploads: Upload) -> list[timedelta]:
    """Until the slots of these."""
    with database.begin() as work:
        return [work.uploads.slot_wait(upload.id) for upload in uploads]


def slots_of(database: DatabaseBench, *uploads: Upload) -> list[datetime]:
    stored = (database.stored(upload).publish_at for upload in uploads)
    return [slot for slot in stored if slot is not None]


def are_near(found: list[timedelta], expected: list[timedelta]) -> bool:
    return all(timedelta(0) <= far - near < NEAR for near, far in zip(found, expected, strict=True))


def test_slots_follow_each_other_in_the_order_of_the_former_ones(
    database: DatabaseBench,
) -> None:
    asked = [an_upload(wait=wait * MINUTE) for wait in (30, 10, 10, 20)]
    uploads = database.add(database.batch_of(ANNA), *asked)
    assert reschedule(database, start=5 * MINUTE) == 5 * MINUTE + 4 * HOUR
    expected = [5 * MINUTE + place * HOUR for place in (3, 0, 1, 2)]
    assert are_near(waits(database, *uploads), expected)


def test_slots_are_exactly_one_interval_apart(database: DatabaseBench) -> None:
    interval = timedelta(seconds=11, milliseconds=368)
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 300))
    end = reschedule(database, start=7 * SECOND, interval=interval)
    assert end == 7 * SECOND + 300 * interval
    slots = slots_of(database, *uploads)
    gaps = [after - before for before, after in pairwise(slots)]
    assert max(abs(gap - interval) for gap in gaps) <= timedelta(milliseconds=1)


def test_slots_may_move_nearer_as_well(database: DatabaseBench) -> None:
    upload = database.add(database.batch_of(ANNA), an_upload(wait=5 * HOUR), lead=MINUTE)[0]
    reschedule(database)
    assert waits(database, upload) == [timedelta(0)]
    assert database.claim(upload) is not None


def test_work_begins_a_lead_before_the_slot_and_not_before_now(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 3))
    database.pass_time(10 * MINUTE)
    reschedule(database, start=MINUTE, lead=5 * MINUTE)
    first, second, third = (database.stored(upload) for upload in uploads)
    assert first.publish_at is not None
    assert first.not_before is not None
    assert timedelta(0) < first.publish_at - first.not_before <= MINUTE
    for later in (second, third):
        assert later.publish_at is not None
        assert later.not_before is not None
        assert abs(later.publish_at - later.not_before - 5 * MINUTE) <= timedelta(milliseconds=1)
    assert [database.claim(upload) is not None for upload in uploads] == [True, False, False]


def test_an_interval_of_nothing_brings_all_slots_together(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *(an_upload(wait=HOUR) for _ in range(3)))
    assert reschedule(database, interval=timedelta(0)) == timedelta(0)
    assert waits(database, *uploads) == [timedelta(0)] * 3


def test_what_waits_for_something_beyond_its_slot_goes_on_waiting(
    database: DatabaseBench,
) -> None:
    claimed = database.claimed()
    database.pass_time(MINUTE)
    with database.begin() as work:
        held = work.uploads.requeue_after(claimed.requeue(), lease_of(claimed), 10 * MINUTE)
    reschedule(database)
    moved = database.stored(claimed)
    assert moved.not_before == held.not_before
    assert moved.publish_at != held.publish_at
    reschedule(database, start=3 * HOUR, lead=MINUTE)
    moved = database.stored(claimed)
    assert moved.publish_at is not None
    assert moved.not_before is not None
    assert abs(moved.publish_at - moved.not_before - MINUTE) <= timedelta(milliseconds=1)


def test_what_only_waits_for_its_slot_waits_for_the_new_one(database: DatabaseBench) -> None:
    upload = database.add(database.batch_of(ANNA), an_upload(wait=2 * HOUR))[0]
    reschedule(database, start=MINUTE)
    assert are_near(waits(database, upload), [MINUTE])
    database.pass_time(MINUTE)
    assert database.claim(upload) is not None


def test_only_what_is_queued_and_paced_and_not_paused_and_theirs_moves(
    database: DatabaseBench,
) -> None:
    paused = database.batch_of(ANNA)
    still = [
        database.add(paused, an_upload())[0],
        database.add_one(BELA),
        database.add(database.batch_of(ANNA), an_upload(wait=None))[0],
        database.claimed(ANNA),
    ]
    done = database.claimed(ANNA)
    still.append(database.keep(done.cancel(), lease_of(done)))
    database.pause(paused)
    upload = database.add_one()
    assert reschedule(database, start=HOUR) == 2 * HOUR
    assert [database.stored(each) for each in still] == still
    assert are_near(waits(database, upload), [HOUR])
    database.pause(paused, paused=False)
    assert reschedule(database) == 2 * HOUR


def test_who_has_nothing_queued_is_told_so(database: DatabaseBench) -> None:
    assert reschedule(database) is None
    database.claimed(ANNA)
    database.add_one(BELA)
    assert reschedule(database) is None


def test_many_that_reschedule_at_once_leave_one_order(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 50))
    ends = at_once(4, lambda number: reschedule(database, interval=(number + 1) * HOUR))
    assert sorted(end for end in ends if end) == [50 * (number + 1) * HOUR for number in range(4)]
    slots = slots_of(database, *uploads)
    assert slots == sorted(slots)
    assert len(set(slots)) == 50


def test_what_is_claimed_meanwhile_keeps_its_slot(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 40))

    def claim_or_reschedule(number: int) -> Upload | None:
        if number == 0:
            reschedule(database)
            return None
        return database.claim(uploads[number], user_concurrency=1000)

    claimed = [each for each in at_once(8, claim_or_reschedule) if each is not None]
    for upload in claimed:
        assert database.stored(upload) == upload
