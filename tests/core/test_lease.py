"""A worker keeps its upload while it gets on with it, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.errors import LeaseLost
from curator_core.domain.ids import UploadId
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import IN_PROGRESS, House, a_house
from tests.core.endings import completed


def time_passes(house: House, how_long: timedelta) -> None:
    """Beat by beat, with a dispatcher at each."""
    beat = house.policy.lease / 3
    for _ in range(int(how_long / beat)):
        house.clock.advance(beat)
        house.heartbeat.beat_now()
        house.app.dispatch_due_uploads()


def lease_left(house: House, upload_id: UploadId) -> timedelta:
    lease = house.upload(upload_id).lease
    assert lease is not None
    return lease.until - house.clock.now()


def test_a_lease_is_renewed_three_times_in_its_life() -> None:
    house = a_house()
    house.an_accepted_upload()
    house.work()
    assert house.heartbeat.intervals == [house.policy.lease / 3]


def test_a_long_step_keeps_its_upload_by_renewing_lease_and_lock() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def takes_nine_minutes() -> None:
        time_passes(house, timedelta(minutes=9))
        assert house.upload(upload_id).status is IN_PROGRESS
        assert house.locks.holder(f"hash:{house.upload(upload_id).checkpoint.sha1}") is not None

    house.fate.strike("send", takes_nine_minutes)
    assert completed(house, upload_id).attempts == 1


def test_a_step_without_progress_for_ten_minutes_loses_its_upload() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def hangs() -> None:
        time_passes(house, timedelta(minutes=10))
        assert house.upload(upload_id).status is IN_PROGRESS
        time_passes(house, house.policy.lease + timedelta(seconds=20))
        assert not house.heartbeat.is_beating
        assert house.upload(upload_id).status is UploadStatus.QUEUED

    house.fate.strike("send", hangs)
    house.work()
    assert house.fate.struck == "send"
    completed(house, upload_id)


def test_every_chunk_counts_as_progress() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    upload_id = house.an_accepted_upload(size=4000)

    def takes_nine_minutes() -> None:
        time_passes(house, timedelta(minutes=9))
        house.fate.strike("send", takes_nine_minutes)

    house.fate.strike("send", takes_nine_minutes)
    assert completed(house, upload_id).attempts == 1


def test_saving_a_checkpoint_does_not_cut_a_renewed_lease_short() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    attempt = house.app.process_upload.start(upload_id)
    assert attempt is not None
    house.clock.advance(timedelta(seconds=40))
    assert attempt.renew()
    attempt.save(attempt.checkpoint.requeued("storage"))
    assert lease_left(house, upload_id) == house.policy.lease


def test_the_lease_is_renewed_right_before_publishing() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    left = []

    def publishing_begins() -> None:
        left.append(lease_left(house, upload_id))

    def sending_is_slow() -> None:
        house.clock.advance(timedelta(seconds=50))
        house.fate.strike("publish", publishing_begins)

    house.fate.strike("send", sending_is_slow)
    house.work()
    assert left == [house.policy.lease]


def test_a_lock_that_redis_forgot_stops_nobody() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def redis_forgets() -> None:
        house.locks.forget()
        time_passes(house, timedelta(minutes=1))

    house.fate.strike("send", redis_forgets)
    assert completed(house, upload_id).attempts == 1


def test_a_redis_that_goes_away_meanwhile_stops_nobody() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def redis_goes_away() -> None:
        house.locks.down = True
        time_passes(house, timedelta(minutes=1))

    house.fate.strike("send", redis_goes_away)
    assert completed(house, upload_id).attempts == 1


def test_a_database_that_misses_one_beat_costs_no_lease() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def one_beat_fails() -> None:
        house.database.down = True
        house.clock.advance(timedelta(seconds=20))
        house.heartbeat.beat_now()
        house.database.down = False
        time_passes(house, timedelta(minutes=1))

    house.fate.strike("send", one_beat_fails)
    assert completed(house, upload_id).attempts == 1


def test_a_lease_that_ran_out_but_that_nobody_took_is_still_ours() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.fate.strike("send", lambda: house.clock.advance(timedelta(minutes=5)))
    house.work()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_the_heart_stops_once_the_lease_is_somebody_elses() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def somebody_takes_over() -> None:
        house.clock.advance(timedelta(minutes=5))
        house.app.dispatch_due_uploads()
        house.heartbeat.beat_now()
        assert not house.heartbeat.is_beating

    attempt = house.app.process_upload.start(upload_id)
    assert attempt is not None
    house.fate.strike("send", somebody_takes_over)
    with pytest.raises(LeaseLost):
        house.app.process_upload.carry_out(attempt)
    assert house.upload(upload_id).status is UploadStatus.QUEUED
    assert house.wiki.files == {}
