"""What every `Gates` promises of whom it lets through to probe."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curator_core.domain.breaker import BREAKERS
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId, UserId
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

LIMITED, UNREACHABLE = FaultKind.RATE_LIMITED, FaultKind.UNREACHABLE
READ_ONLY, SOURCE = FaultKind.READ_ONLY, FaultKind.SOURCE_TROUBLE
BLOCKED = FaultKind.BLOCKED


def close(database: DatabaseBench, kind: FaultKind, upload: Upload) -> None:
    """Struck by as many as it takes."""
    struck = [replace(upload, id=UploadId(100_000 + n)) for n in range(BREAKERS[kind].strikes)]
    gates = [database.strike(kind, each) for each in struck]
    assert gates[-1].closed_at is not None


def probed_by(database: DatabaseBench, upload: Upload) -> list[FaultKind]:
    with database.begin() as work:
        return [gate.kind for gate in work.gates.probed_by(upload.id)]


def test_one_upload_is_let_through_once_the_time_has_come(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 3))
    close(database, LIMITED, uploads[0])
    assert database.take_probes() == ()
    database.pass_time(MINUTE)
    assert database.take_probes() == (uploads[0].id,)
    assert probed_by(database, uploads[0]) == [LIMITED]
    assert [database.claim(each) is not None for each in uploads] == [True, False, False]


def test_whoever_waits_longest_probes(database: DatabaseBench) -> None:
    late = database.add(database.batch_of(ANNA), an_upload(wait=MINUTE))[0]
    early = database.add_one(BELA)
    close(database, UNREACHABLE, late)
    database.pass_time(2 * MINUTE)
    assert database.take_probes() == (early.id,)


def test_a_probe_that_never_came_is_sent_again_later(database: DatabaseBench) -> None:
    upload = database.add_one()
    close(database, LIMITED, upload)
    database.pass_time(MINUTE)
    assert database.take_probes(MINUTE) == (upload.id,)
    database.pass_time(59 * SECOND)
    assert database.take_probes(MINUTE) == ()
    database.pass_time(SECOND)
    assert database.take_probes(MINUTE) == (upload.id,)


def test_nobody_else_probes_while_the_probe_is_at_work(database: DatabaseBench) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    close(database, LIMITED, first)
    database.pass_time(MINUTE)
    assert database.take_probes() == (first.id,)
    assert database.claim(first, lease=5 * MINUTE) is not None
    database.pass_time(3 * MINUTE)
    assert database.take_probes() == ()
    assert probed_by(database, first) == [LIMITED]
    database.pass_time(3 * MINUTE)
    assert database.take_probes() == (second.id,)
    assert probed_by(database, first) == []


@pytest.mark.parametrize(
    ("kind", "minutes"), [(LIMITED, [1, 2, 4, 8, 8]), (READ_ONLY, [1, 1, 1, 1, 1])]
)
def test_the_next_probe_is_farther_off_than_the_last_one_was(
    database: DatabaseBench, kind: FaultKind, minutes: list[int]
) -> None:
    upload = database.add_one()
    close(database, kind, upload)
    for wait in minutes:
        database.pass_time(wait * MINUTE - 20 * SECOND)
        assert database.take_probes() == ()
        database.pass_time(20 * SECOND)
        assert database.take_probes() == (upload.id,)
        claimed = database.claim(upload)
        assert claimed is not None
        gate = database.strike(kind, claimed, "Still.")
        assert (gate.probing, gate.reason) == (None, "Still.")
        with database.begin() as work:
            work.uploads.keep(claimed.requeue(), lease_of(claimed))
            work.gates.leave(upload.id)
        assert database.gates() == (gate,)


def test_one_upload_probes_all_that_stops_everybody(database: DatabaseBench) -> None:
    first = database.add_one()
    database.add_one(BELA)
    close(database, UNREACHABLE, first)
    database.pass_time(MINUTE)
    close(database, READ_ONLY, first)
    assert database.take_probes() == (first.id,)
    assert probed_by(database, first) == [READ_ONLY, UNREACHABLE]
    assert database.claim(first) is not None
    database.pass_time(59 * SECOND)
    assert database.take_probes() == ()


def test_nothing_of_one_user_is_probed_while_everybody_waits(database: DatabaseBench) -> None:
    annas, belas = database.add_one(), database.add_one(BELA)
    close(database, LIMITED, belas)
    database.pass_time(MINUTE)
    close(database, UNREACHABLE, annas)
    assert database.take_probes() == ()
    database.pass_time(MINUTE)
    assert database.take_probes() == (annas.id,)
    assert probed_by(database, annas) == [UNREACHABLE]
    assert probed_by(database, belas) == []


def test_everybodys_gate_is_probed_by_whoever_has_no_gate_of_their_own(
    database: DatabaseBench,
) -> None:
    annas, belas = database.add_one(), database.add_one(BELA)
    close(database, UNREACHABLE, annas)
    database.pass_time(MINUTE)
    close(database, LIMITED, annas)
    assert database.take_probes() == (belas.id,)


def test_who_alone_could_probe_everybodys_gate_probes_their_own_with_it(
    database: DatabaseBench,
) -> None:
    upload = database.add_one()
    close(database, UNREACHABLE, upload)
    database.pass_time(MINUTE)
    close(database, LIMITED, upload)
    assert database.take_probes() == ()
    database.pass_time(MINUTE)
    assert database.take_probes() == (upload.id,)
    assert probed_by(database, upload) == [LIMITED, UNREACHABLE]


def test_each_gate_has_a_probe_of_its_own(database: DatabaseBench) -> None:
    annas, belas = database.add_one(), database.add_one(BELA)
    flickrs = database.add_one(UserId("1003"), handler="flickr")
    for kind, upload in ((LIMITED, annas), (BLOCKED, belas), (SOURCE, flickrs)):
        close(database, kind, upload)
    database.pass_time(MINUTE)
    assert sorted(database.take_probes()) == [annas.id, belas.id, flickrs.id]
    assert [probed_by(database, each) for each in (annas, belas, flickrs)] == [
        [LIMITED],
        [BLOCKED],
        [SOURCE],
    ]


def test_what_waits_behind_two_gates_probes_both_once_both_times_have_come(
    database: DatabaseBench,
) -> None:
    upload = database.add_one()
    close(database, LIMITED, upload)
    database.pass_time(MINUTE)
    close(database, SOURCE, upload)
    assert database.take_probes() == ()
    database.pass_time(MINUTE)
    assert database.take_probes() == (upload.id,)
    assert probed_by(database, upload) == [LIMITED, SOURCE]


def test_a_source_is_probed_by_a_user_who_has_no_gate_of_their_own(
    database: DatabaseBench,
) -> None:
    annas, belas = database.add_one(), database.add_one(BELA)
    close(database, SOURCE, annas)
    database.pass_time(MINUTE)
    close(database, LIMITED, annas)
    assert database.take_probes() == (belas.id,)
    assert probed_by(database, belas) == [SOURCE]


def test_a_source_is_probed_by_its_own_uploads_only(database: DatabaseBench) -> None:
    other = database.add_one(handler="flickr")
    close(database, SOURCE, replace(other, handler="mapillary"))
    database.pass_time(MINUTE)
    assert database.take_probes() == ()
    assert database.take_due() == (other.id,)
    upload = database.add_one()
    assert database.take_probes() == (upload.id,)


def test_a_gate_behind_which_nothing_is_due_waits_for_the_first(database: DatabaseBench) -> None:
    paused = database.batch_of(ANNA)
    upload = database.add(paused, an_upload())[0]
    database.add(database.batch_of(ANNA), an_upload(wait=timedelta(hours=1)))
    close(database, LIMITED, upload)
    database.pause(paused)
    database.pass_time(5 * MINUTE)
    before = database.gates()
    assert database.take_probes() == ()
    assert database.gates() == before
    database.pause(paused, paused=False)
    assert database.take_probes() == (upload.id,)


def test_a_probe_counts_as_sent(database: DatabaseBench) -> None:
    upload = database.add_one()
    close(database, LIMITED, upload)
    database.pass_time(MINUTE)
    database.take_probes(resend=10 * MINUTE)
    with database.begin() as work:
        work.gates.prove(upload, [BREAKERS[LIMITED].opened_by])
    assert database.gates() == ()
    assert database.take_due() == ()
    database.pass_time(10 * MINUTE)
    assert database.take_due() == (upload.id,)


def test_what_was_sent_already_does_not_probe(database: DatabaseBench) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    assert database.take_due(1, resend=10 * MINUTE) == (first.id,)
    close(database, LIMITED, first)
    database.pass_time(MINUTE)
    assert database.take_probes() == (second.id,)


def test_however_many_ask_at_once_one_upload_probes(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 20))
    close(database, UNREACHABLE, uploads[0])
    close(database, READ_ONLY, uploads[0])
    database.pass_time(MINUTE)
    taken = [each for some in at_once(6, lambda _: database.take_probes()) for each in some]
    taken += database.take_probes()
    assert len(taken) == 1


def test_however_many_ask_at_once_each_gate_is_probed_once(database: DatabaseBench) -> None:
    users = [UserId(f"user {number}") for number in range(10)]
    for user in users:
        upload = database.add(database.batch_of(user), *uploads_of(user, 3))[0]
        close(database, LIMITED, upload)
    database.pass_time(MINUTE)
    taken = [each for some in at_once(4, lambda _: database.take_probes()) for each in some]
    taken += database.take_probes()
    assert len(taken) == len(set(taken)) == len(users)


def test_many_more_users_than_one_statement_asks_for_are_looked_through(
    database: DatabaseBench,
) -> None:
    paused = [database.batch_of(UserId(f"user {number}")) for number in range(450)]
    with database.begin() as work:
        for number, batch_id in enumerate(paused):
            asked = an_upload(UserId(f"user {number}"))
            work.uploads.add(batch_id, None, "", [asked], timedelta(0))
            work.batches.pause(batch_id, paused=True)
    database.pass_time(MINUTE)
    upload = database.add_one()
    close(database, UNREACHABLE, upload)
    database.pass_time(MINUTE)
    assert database.take_probes() == (upload.id,)
