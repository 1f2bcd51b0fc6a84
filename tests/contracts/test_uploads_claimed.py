"""What every `Uploads` promises of claims, leases and rescues."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Lease, Upload, UploadStatus
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    SECOND,
    DatabaseBench,
    a_token,
    an_upload,
    at_once,
    ids,
    lease_of,
    uploads_of,
)


def test_a_claim_starts_an_attempt_under_a_lease(database: DatabaseBench) -> None:
    upload, token = database.add_one(), a_token()
    with database.begin() as work:
        claimed = work.uploads.claim(upload.id, token, MINUTE, 2)
    assert claimed is not None
    assert claimed == database.stored(upload)
    lease = Lease(token=token, until=claimed.updated_at + MINUTE)
    assert claimed == replace(upload.claim(lease), updated_at=claimed.updated_at)
    assert claimed.attempts == 1


def test_an_upload_is_claimed_once(database: DatabaseBench) -> None:
    upload = database.add_one()
    first, second = database.claim(upload), database.claim(upload)
    assert (first is None, second) == (False, None)
    assert database.stored(upload) == first


def test_of_many_claims_at_once_one_wins(database: DatabaseBench) -> None:
    upload = database.add_one()
    claims = at_once(4, lambda _: database.claim(upload, user_concurrency=100))
    assert [claim is None for claim in claims].count(False) == 1
    assert database.stored(upload) in claims


def test_what_nobody_added_cannot_be_claimed(database: DatabaseBench) -> None:
    with database.begin() as work:
        assert work.uploads.claim(UploadId(4711), a_token(), MINUTE, 2) is None


def test_an_upload_is_claimed_when_it_is_due_and_not_before(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    upload = database.add(batch_id, an_upload(wait=3 * MINUTE), lead=MINUTE)[0]
    database.pass_time(MINUTE)
    assert database.claim(upload) is None
    database.pass_time(MINUTE)
    assert database.claim(upload) is not None


def test_an_upload_of_a_paused_batch_cannot_be_claimed(database: DatabaseBench) -> None:
    upload = database.add_one()
    database.pause(upload.batch_id)
    assert database.claim(upload) is None
    database.pause(upload.batch_id, paused=False)
    assert database.claim(upload) is not None


def test_a_finished_upload_cannot_be_claimed(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.keep(claimed.complete("https://example.org/A"), lease_of(claimed))
    assert database.claim(claimed) is None


def test_a_user_has_no_more_in_progress_than_their_share(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    uploads = database.add(batch_id, *uploads_of(ANNA, 4))
    other = database.add_one(BELA)
    claims = [database.claim(upload, user_concurrency=2) for upload in uploads]
    assert [claim is not None for claim in claims] == [True, True, False, False]
    assert database.claim(other, user_concurrency=2) is not None
    first = claims[0]
    assert first is not None
    database.keep(first.cancel(), lease_of(first))
    assert database.claim(uploads[2], user_concurrency=2) is not None


def test_claims_at_once_do_not_exceed_a_users_share(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 8))
    claims = at_once(8, lambda number: database.claim(uploads[number], user_concurrency=3))
    assert sum(claim is not None for claim in claims) == 3


def test_a_claim_counts_what_another_is_just_claiming(database: DatabaseBench) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    with ThreadPoolExecutor(1) as threads:
        with database.begin() as work:
            assert work.uploads.claim(first.id, a_token(), MINUTE, 1) is not None
            late = threads.submit(database.claim, second, user_concurrency=1)
            # It either waits for us, or is wrong by now.
            wait([late], timeout=0.3)
        assert late.result() is None


def test_a_lease_that_ran_out_takes_no_share(database: DatabaseBench) -> None:
    database.claimed(lease=MINUTE)
    database.pass_time(2 * MINUTE)
    assert database.claim(database.add_one(), user_concurrency=1) is not None


def test_a_lease_is_renewed_from_now(database: DatabaseBench) -> None:
    claimed = database.claimed(lease=MINUTE)
    assert _renew(database, claimed)
    lease = database.stored(claimed).lease
    assert lease is not None
    assert claimed.lease is not None
    assert lease.token == claimed.lease.token
    assert 5 * MINUTE - 20 * SECOND < lease.until - claimed.updated_at < 6 * MINUTE


def test_a_lease_that_ran_out_but_that_nobody_took_is_renewed(database: DatabaseBench) -> None:
    claimed = database.claimed(lease=MINUTE)
    database.pass_time(2 * MINUTE)
    assert _renew(database, claimed)
    assert database.rescue() == ()


def test_a_lease_that_was_taken_over_is_not_renewed(database: DatabaseBench) -> None:
    claimed = database.claimed(lease=MINUTE)
    database.pass_time(2 * MINUTE)
    database.rescue()
    assert not _renew(database, claimed)
    successor = database.claim(claimed)
    assert not _renew(database, claimed)
    assert database.stored(claimed) == successor


def test_a_lease_of_a_finished_upload_is_not_renewed(database: DatabaseBench) -> None:
    claimed = database.claimed()
    database.keep(claimed.cancel(), lease_of(claimed))
    assert not _renew(database, claimed)


def test_uploads_whose_lease_ran_out_are_due_again(database: DatabaseBench) -> None:
    silent = database.claimed(lease=MINUTE)
    database.pass_time(2 * MINUTE)
    alive = database.claimed(lease=MINUTE)
    waiting = database.add_one()
    rescued = database.rescue()
    assert ids(rescued) == [silent.id]
    assert rescued[0] == database.stored(silent)
    assert (rescued[0].status, rescued[0].lease) == (UploadStatus.QUEUED, None)
    assert (rescued[0].attempts, rescued[0].checkpoint) == (1, silent.checkpoint)
    assert rescued[0].sealed_token == silent.sealed_token
    assert database.stored(alive) == alive
    assert database.stored(waiting) == waiting
    second_attempt = database.claim(silent)
    assert second_attempt is not None
    assert second_attempt.attempts == 2


def test_so_many_uploads_are_rescued_and_no_more(database: DatabaseBench) -> None:
    silent = [database.claimed(lease=MINUTE) for _ in range(5)]
    database.pass_time(2 * MINUTE)
    first, second, third = database.rescue(2), database.rescue(2), database.rescue(2)
    assert [len(first), len(second), len(third)] == [2, 2, 1]
    assert sorted(ids(first + second + third)) == ids(silent)


def test_many_rescuers_at_once_rescue_each_upload_once(database: DatabaseBench) -> None:
    silent = [database.claimed(lease=MINUTE) for _ in range(20)]
    database.pass_time(2 * MINUTE)
    rescued = at_once(4, lambda _: database.rescue(10) + database.rescue(10))
    assert sorted(each for some in rescued for each in ids(some)) == ids(silent)


def _renew(database: DatabaseBench, upload: Upload) -> bool:
    with database.begin() as work:
        return work.uploads.renew(upload.id, lease_of(upload), 5 * MINUTE)
