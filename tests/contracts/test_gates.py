"""What every `Gates` promises of striking, barring and opening."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curator_core.domain.breaker import BREAKERS, Evidence, Gate, Scope
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UploadId
from curator_core.domain.upload import Upload
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    MINUTE,
    DatabaseBench,
    at_once,
    lease_of,
    uploads_of,
)

LIMITED, UNREACHABLE = FaultKind.RATE_LIMITED, FaultKind.UNREACHABLE
SOURCE = FaultKind.SOURCE_TROUBLE
MANY = 1000


def prove(database: DatabaseBench, upload: Upload, *evidence: Evidence) -> tuple[Gate, ...]:
    with database.begin() as work:
        return work.gates.prove(upload, evidence)


def barring(database: DatabaseBench, upload: Upload) -> Gate | None:
    with database.begin() as work:
        return work.gates.barring(upload)


def closed(database: DatabaseBench, kind: FaultKind, upload: Upload) -> Gate:
    """The gate of `kind` for this upload, struck by as many as it takes."""
    gate = database.strike(kind, upload)
    for number in range(1, BREAKERS[kind].strikes):
        gate = database.strike(kind, replace(upload, id=UploadId(100_000 + number)))
    assert gate.closed_at is not None
    return gate


def test_where_nothing_was_struck_there_is_no_gate(database: DatabaseBench) -> None:
    upload = database.add_one()
    assert database.gates() == ()
    assert barring(database, upload) is None
    assert database.take_probes() == ()
    assert prove(database, upload, *Evidence) == ()
    with database.begin() as work:
        work.gates.leave(upload.id)
        assert work.gates.probed_by(upload.id) == ()


def test_a_gate_says_what_was_met_and_when_it_is_probed(database: DatabaseBench) -> None:
    upload = database.add_one()
    gate = database.strike(LIMITED, upload, "ratelimited: Too fast 🌉.")
    assert (gate.kind, gate.scope, gate.subject) == (LIMITED, Scope.USER, ANNA)
    assert (gate.reason, gate.strikes, gate.probing) == ("ratelimited: Too fast 🌉.", 1, None)
    assert gate.closed_at is not None
    assert gate.probe_at == gate.closed_at + MINUTE
    assert database.gates() == (gate,)
    assert barring(database, upload) == gate


def test_a_reason_of_any_length_is_kept_as_far_as_it_goes(database: DatabaseBench) -> None:
    gate = database.strike(LIMITED, database.add_one(), "🌉" * 100_000)
    assert gate.reason.startswith("🌉" * 10_000)


def test_a_gate_closes_when_the_strikes_are_enough(database: DatabaseBench) -> None:
    first, second = database.add_one(), database.add_one(BELA)
    gate = database.strike(UNREACHABLE, first)
    assert (gate.strikes, gate.closed_at, gate.probe_at) == (1, None, None)
    assert barring(database, first) is None
    assert database.claim(first) is not None
    gate = database.strike(UNREACHABLE, second)
    assert gate.strikes == 2
    assert barring(database, first) == barring(database, second) == gate


def test_strikes_of_one_upload_in_a_row_count_once(database: DatabaseBench) -> None:
    first, second = database.add_one(), database.add_one()
    for _ in range(5):
        assert database.strike(UNREACHABLE, first).closed_at is None
    assert database.strike(UNREACHABLE, second).closed_at is not None


def test_strikes_are_forgotten_once_it_worked(database: DatabaseBench) -> None:
    first, second = database.add_one(), database.add_one()
    database.strike(UNREACHABLE, first)
    assert prove(database, second, Evidence.ANSWERED) == ()
    assert database.gates() == ()
    assert database.strike(UNREACHABLE, second).closed_at is None


def test_strikes_stay_where_something_else_worked(database: DatabaseBench) -> None:
    upload = database.add_one()
    gate = database.strike(UNREACHABLE, upload)
    assert prove(database, upload, Evidence.DELIVERED) == ()
    assert database.gates() == (gate,)


def test_what_works_for_one_user_or_source_says_nothing_of_others(
    database: DatabaseBench,
) -> None:
    upload = database.add_one()
    struck = database.strike(SOURCE, upload)
    assert prove(database, database.add_one(handler="flickr"), Evidence.DELIVERED) == ()
    assert database.gates() == (struck,)
    assert prove(database, database.add_one(BELA), Evidence.DELIVERED) == ()
    assert database.gates() == ()


def test_all_that_strike_at_once_are_counted(database: DatabaseBench) -> None:
    uploads = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 5))
    gates = at_once(4, lambda number: database.strike(SOURCE, uploads[number]))
    assert sorted(gate.strikes for gate in gates) == [1, 2, 3, 4]
    assert [gate.closed_at for gate in gates] == [None] * 4
    assert database.strike(SOURCE, uploads[4]).closed_at is not None


@pytest.mark.parametrize(
    ("kind", "barred"),
    [
        (FaultKind.UNREACHABLE, [True, True, True]),
        (FaultKind.READ_ONLY, [True, True, True]),
        (FaultKind.MISCONFIGURED, [True, True, True]),
        (FaultKind.RATE_LIMITED, [True, False, True]),
        (FaultKind.BLOCKED, [True, False, True]),
        (FaultKind.SESSION_ENDED, [True, False, True]),
        (FaultKind.SOURCE_TROUBLE, [True, True, False]),
    ],
)
def test_a_closed_gate_bars_whom_it_concerns(
    database: DatabaseBench, kind: FaultKind, barred: list[bool]
) -> None:
    uploads = [database.add_one(), database.add_one(BELA), database.add_one(handler="flickr")]
    gate = closed(database, kind, uploads[0])
    assert [barring(database, each) for each in uploads] == [
        gate if is_barred else None for is_barred in barred
    ]
    free = [each.id for each, is_barred in zip(uploads, barred, strict=True) if not is_barred]
    assert sorted(database.take_due(user_concurrency=MANY)) == free
    claims = [database.claim(each) for each in uploads]
    assert [claim is None for claim in claims] == barred


def test_every_kind_that_has_a_breaker_is_kept_and_told_by_name(database: DatabaseBench) -> None:
    upload = database.add_one()
    for kind in BREAKERS:
        database.strike(kind, upload)
    assert [gate.name for gate in database.gates()] == sorted(
        gate.name for gate in database.gates()
    )
    assert {gate.kind for gate in database.gates()} == set(BREAKERS)


def test_a_closed_gate_moves_by_nobody_but_its_probe(database: DatabaseBench) -> None:
    first, second = database.add_one(), database.add_one()
    gate = database.strike(LIMITED, first)
    database.pass_time(30 * timedelta(seconds=1))
    before = database.gates()
    database.strike(LIMITED, second, "Still.")
    assert database.gates() == (replace(before[0], reason="Still."),)
    assert prove(database, second, Evidence.PUBLISHED) == ()
    assert [each.name for each in database.gates()] == [gate.name]
    assert barring(database, second) is not None


def test_a_gate_opens_by_what_its_probe_shows(database: DatabaseBench) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    database.strike(LIMITED, second)
    database.pass_time(MINUTE)
    assert database.take_probes() == (first.id,)
    claimed = database.claim(first)
    assert claimed is not None
    assert prove(database, claimed, Evidence.ANSWERED, Evidence.STORED) == ()
    opened = prove(database, claimed, Evidence.PUBLISHED)
    assert [(gate.kind, gate.probing) for gate in opened] == [(LIMITED, first.id)]
    assert database.gates() == ()
    assert database.claim(second) is not None


def test_a_probe_that_ends_opens_nothing_but_lets_another_probe(database: DatabaseBench) -> None:
    first, second = database.add(database.batch_of(ANNA), *uploads_of(ANNA, 2))
    database.strike(LIMITED, first)
    database.pass_time(MINUTE)
    assert database.take_probes() == (first.id,)
    claimed = database.claim(first)
    assert claimed is not None
    with database.begin() as work:
        work.uploads.keep(claimed.cancel(), lease_of(claimed))
        work.gates.leave(second.id)
    assert database.take_probes() == ()
    with database.begin() as work:
        work.gates.leave(first.id)
    assert barring(database, second) is not None
    assert database.take_probes() == (second.id,)
