"""What every `Reports` promises of lists."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curator_core.domain.error_type import ErrorType
from curator_core.domain.errors import ServiceDown
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import BatchId, EditGroupId, UploadId, UserId
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import Stop, Upload, UploadStatus
from curator_core.domain.user import User
from curator_core.ports.reports import (
    BatchStats,
    FailureFilter,
    FailureOrder,
    Page,
    UploadFilter,
)
from tests.contracts.database_bench import (
    ANNA,
    BELA,
    DatabaseBench,
    an_upload,
    lease_of,
    uploads_of,
)

ALL = Page(limit=500)
FAILURE = Failure(message="It cannot be done.")


def named(database: DatabaseBench, user_id: UserId, name: str) -> BatchId:
    """A batch of somebody with this name."""
    with database.begin() as work:
        work.users.remember(User(id=user_id, username=name))
        return work.batches.add(user_id, EditGroupId("0123456789ab")).id


def owner_of(database: DatabaseBench, batch_id: BatchId) -> UserId:
    report = database.reports.batch(batch_id)
    assert report is not None
    return report.user_id


def titled(database: DatabaseBench, batch_id: BatchId, *titles: str) -> list[UploadId]:
    """Uploads with these file names."""
    owner = owner_of(database, batch_id)
    added = database.add(batch_id, *(an_upload(owner, filename=title) for title in titles))
    return [each.id for each in added]


def failed(database: DatabaseBench, batch_id: BatchId, *kinds: FaultKind) -> list[UploadId]:
    """Uploads that failed so."""
    failures = [Failure(message="No.", code=kind.value) for kind in kinds]
    owner = owner_of(database, batch_id)
    added = database.add(batch_id, *(an_upload(owner, failure=each) for each in failures))
    return [each.id for each in added]


def found(database: DatabaseBench, **which: object) -> list[UploadId]:
    listed = database.reports.all_uploads(ALL, UploadFilter(**which))  # type: ignore[arg-type]
    assert listed.total == len(listed.items)
    return [each.state.id for each in listed.items]


def batches_found(database: DatabaseBench, text: str | None = None) -> list[BatchId]:
    listed = database.reports.batches(ALL, text=text)
    assert listed.total == len(listed.items)
    return [each.id for each in listed.items]


def completed(database: DatabaseBench, upload: Upload) -> None:
    claimed = database.claim(upload, user_concurrency=100)
    assert claimed is not None
    database.keep(claimed.complete("https://example.org/wiki/File:A.jpg"), lease_of(claimed))


# Pages


def test_batches_are_listed_page_by_page_the_newest_first(database: DatabaseBench) -> None:
    ids = [database.batch_of(ANNA) for _ in range(5)]
    pages = [database.reports.batches(Page(number=n, limit=2)) for n in (1, 2, 3, 4)]
    assert [[each.id for each in page.items] for page in pages] == [
        [ids[4], ids[3]],
        [ids[2], ids[1]],
        [ids[0]],
        [],
    ]
    assert {page.total for page in pages} == {5}


def test_a_listed_batch_tells_what_the_batch_alone_tells(database: DatabaseBench) -> None:
    batch_id = named(database, ANNA, "Anna")
    database.add(batch_id, *uploads_of(ANNA, 2), an_upload(failure=FAILURE))
    database.add(batch_id, an_upload(wait=timedelta(hours=1)))
    [listed] = database.reports.batches(ALL).items
    assert listed.stats == BatchStats(total=4, queued=3, failed=1)
    alone = database.reports.batch(batch_id)
    assert alone is not None
    assert alone.done_at is not None
    assert listed.done_at is not None
    assert abs(listed.done_at - alone.done_at) < timedelta(seconds=5)
    assert (listed.id, listed.username, listed.stats) == (alone.id, alone.username, alone.stats)


def test_some_batches_can_be_asked_for(database: DatabaseBench) -> None:
    ids = [database.batch_of(ANNA) for _ in range(3)]
    told = database.reports.batches_of([ids[2], BatchId(999_999), ids[0]])
    assert [each.id for each in told] == [ids[0], ids[2]]
    assert database.reports.batches_of([]) == ()


def test_uploads_of_all_batches_are_listed_the_newest_first(database: DatabaseBench) -> None:
    first, second = database.batch_of(ANNA), database.batch_of(BELA)
    ids = [each.id for each in database.add(first, *uploads_of(ANNA, 2))]
    ids += [each.id for each in database.add(second, *uploads_of(BELA, 2))]
    pages = [
        database.reports.all_uploads(Page(number=n, limit=3), UploadFilter()) for n in (1, 2, 3)
    ]
    assert [each.state.id for page in pages for each in page.items] == ids[::-1]
    assert [page.total for page in pages] == [4, 4, 4]


def test_a_batchs_uploads_come_in_parts(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    ids = [each.id for each in database.add(batch_id, *uploads_of(ANNA, 4))]
    ids += failed(database, batch_id, FaultKind.BLOCKED)
    database.add_one()
    reports = database.reports
    first = reports.uploads_after(batch_id, None, 3)
    second = reports.uploads_after(batch_id, first[-1].state.id, 3)
    assert [each.state.id for each in (*first, *second)] == ids
    only = reports.uploads_after(batch_id, None, 10, UploadStatus.FAILED)
    assert [each.state.id for each in only] == ids[4:]
    assert reports.uploads_after(batch_id, ids[-1], 3) == ()


def test_users_are_listed_by_name(database: DatabaseBench) -> None:
    for number, name in enumerate(("Dora", "Anna", "Carla", "Bela")):
        named(database, UserId(str(number)), name)
    listed = database.reports.users(Page(limit=3))
    assert [each.username for each in listed.items] == ["Anna", "Bela", "Carla"]
    assert listed.total == 4
    assert listed.items[0].id == "1"
    assert listed.items[0].created_at <= listed.items[0].updated_at


# Texts


def test_a_number_is_an_id_and_nothing_else(database: DatabaseBench) -> None:
    batch_id = named(database, ANNA, "2024 collector")
    ids = titled(database, batch_id, "Bridge 2024.jpg", "Bridge 7.jpg")
    assert found(database, text=str(ids[1])) == [ids[1]]
    assert found(database, text="2024") == []
    assert batches_found(database, str(batch_id)) == [batch_id]
    assert found(database, text="99999999999999999999999") == []


def test_a_text_is_the_beginning_of_a_users_name(database: DatabaseBench) -> None:
    annas, belas = named(database, ANNA, "Änna O'Hara_100%"), named(database, BELA, "Bela")
    [one], [two] = titled(database, annas, "A.jpg"), titled(database, belas, "B.jpg")
    assert found(database, text="änna o") == [one]
    assert batches_found(database, "BEL") == [belas]
    assert found(database, text="Hara") == []
    # Neither is a pattern.
    assert found(database, text="%") == []
    assert found(database, text="_na") == []
    assert found(database, text="Änna O'Hara 100%") == [one]
    assert [each.id for each in database.reports.users(ALL, text="be").items] == [BELA]
    assert [each.id for each in database.reports.users(ALL, text=ANNA).items] == [ANNA]
    assert found(database, text="be") == [two]
    # What stands around it is nobody's.
    assert found(database, text=" be ") == [two]
    assert batches_found(database, " be ") == [belas]
    assert [each.id for each in database.reports.users(ALL, text=" be ").items] == [BELA]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bridge_over the Spree (Berlin).jpg", "spree"),
        ("Bridge_over the Spree (Berlin).jpg", "over bridge"),
        ("Bridge_over the Spree (Berlin).jpg", "Bridge over the Spree (Berlin).jpg"),
        ("STRASSE in Köln.jpg", "straße köln"),
        ("Ћирилица и ћирилица.jpg", "ћИРИЛИЦА"),
        ("de la a of.jpg", "la"),
        ("東京の橋.jpg", "東京の橋"),
        ("Photo 1234567890123456 x.jpg", "photo 1234567890123456"),
        ('It\'s +a -b *c "d".jpg', 'it\'s +a -b *c "d"'),
    ],
)
def test_a_text_is_words_of_a_file_name(database: DatabaseBench, title: str, text: str) -> None:
    batch_id = named(database, ANNA, "Somebody")
    [_, wanted] = titled(database, batch_id, "Something else.jpg", title)
    assert found(database, text=text) == [wanted]
    assert batches_found(database, text) == [batch_id]


def test_all_the_words_must_be_there_and_whole(database: DatabaseBench) -> None:
    batch_id = named(database, ANNA, "Somebody")
    titled(database, batch_id, "Bridge in Berlin.jpg")
    assert found(database, text="bridge paris") == []
    assert found(database, text="bridg") == []
    assert batches_found(database, "paris") == []


def test_a_text_is_a_status(database: DatabaseBench) -> None:
    batch_id, other = named(database, ANNA, "Anna"), named(database, BELA, "Bela")
    [bad] = failed(database, batch_id, FaultKind.BLOCKED)
    [word] = titled(database, other, "The engine failed.jpg")
    assert found(database, text="failed") == [word, bad]
    assert batches_found(database, "failed") == [other, batch_id]
    assert batches_found(database, "in_progress") == []
    assert batches_found(database, "duplicated_sdc_updated") == []


@pytest.mark.parametrize("text", ["🦄", "' OR 1=1 --", "\\", "x" * 255, "..", "%%", "\u0000"])
def test_an_odd_text_finds_nothing_and_harms_nobody(database: DatabaseBench, text: str) -> None:
    batch_id = named(database, ANNA, "Anna")
    titled(database, batch_id, "A bridge.jpg")
    assert found(database, text=text) == []
    assert batches_found(database, text) == []
    assert database.reports.users(ALL, text=text).items == ()
    assert database.reports.presets(ALL, text=text).items == ()
    assert database.reports.failures(ALL, FailureFilter(text=text), FailureOrder.RECENT).total == 0


# Filters


def test_uploads_are_narrowed_to_states_and_days(database: DatabaseBench) -> None:
    batch_id = named(database, ANNA, "Anna")
    [bad] = failed(database, batch_id, FaultKind.BLOCKED)
    waiting, done = database.add(batch_id, *uploads_of(ANNA, 2))
    completed(database, done)
    made = database.reports.uploads(batch_id)[0].created_at
    day = timedelta(days=1)
    both = frozenset({UploadStatus.FAILED, UploadStatus.COMPLETED})
    assert found(database, statuses=both) == [done.id, bad]
    assert found(database, statuses=both, text="Anna") == [done.id, bad]
    assert found(database, statuses=both, text="bridge") == [done.id, bad]
    assert found(database, since=made - day, until=made + day) == [done.id, waiting.id, bad]
    assert found(database, since=made + day) == []
    assert found(database, until=made - day, statuses=both) == []
    assert found(database, until=made) == []
    assert found(database, text="bridge", since=made + day) == []


def test_batches_are_narrowed_to_one_user(database: DatabaseBench) -> None:
    mine, _ = named(database, ANNA, "Anna"), named(database, BELA, "Bela")
    titled(database, mine, "A bridge.jpg")
    reports = database.reports
    assert [each.id for each in reports.batches(ALL, user_id=ANNA).items] == [mine]
    assert reports.batches(ALL, user_id=ANNA, text="Bela").total == 0
    assert reports.batches(ALL, user_id=ANNA, text="bridge").total == 1
    assert reports.batches(ALL, user_id=UserId("nobody")).total == 0


# Failures


def test_failed_uploads_come_by_batch(database: DatabaseBench) -> None:
    first, second = named(database, ANNA, "Anna"), named(database, BELA, "Bela")
    named(database, BELA, "Bela")
    ids = failed(database, first, FaultKind.BLOCKED, FaultKind.NAME_TAKEN)
    database.add(first, *uploads_of(ANNA, 3))
    failed(database, second, FaultKind.RATE_LIMITED)
    listed = database.reports.failures(ALL, FailureFilter(), FailureOrder.RECENT)
    assert [each.batch_id for each in listed.items] == [second, first]
    assert listed.total == 2
    told = listed.items[1]
    assert (told.user_id, told.username, told.handler) == (ANNA, "Anna", "mapillary")
    assert (told.failed_count, told.total) == (2, 5)
    assert [each.state.id for each in told.uploads] == ids
    assert [each.error_type for each in told.uploads] == [ErrorType.AUTH, ErrorType.OTHER]
    assert told.uploads[0].state.failure is not None


def test_failed_uploads_are_ordered(database: DatabaseBench) -> None:
    zoe, anna = named(database, BELA, "Zoe"), named(database, ANNA, "Anna")
    failed(database, zoe, FaultKind.BLOCKED)
    failed(database, anna, FaultKind.UNREACHABLE)
    database.add(zoe, *uploads_of(BELA, 3))

    def ordered(order: FailureOrder) -> list[BatchId]:
        return [e.batch_id for e in database.reports.failures(ALL, FailureFilter(), order).items]

    assert ordered(FailureOrder.RECENT) == [anna, zoe]
    assert ordered(FailureOrder.BATCH_SIZE) == [zoe, anna]
    assert ordered(FailureOrder.ERROR_TYPE) == [zoe, anna]
    assert ordered(FailureOrder.USER) == [anna, zoe]


def test_failed_uploads_are_narrowed(database: DatabaseBench) -> None:
    batch_id, other = named(database, ANNA, "Anna"), named(database, BELA, "Bela")
    auth, network = failed(database, batch_id, FaultKind.BLOCKED, FaultKind.UNREACHABLE)
    failed(database, other, FaultKind.UNREACHABLE)

    def fitting(**which: object) -> list[list[UploadId]]:
        narrowed = FailureFilter(**which)  # type: ignore[arg-type]
        listed = database.reports.failures(ALL, narrowed, FailureOrder.USER)
        assert all(each.failed_count == len(each.uploads) for each in listed.items)
        return [[upload.state.id for upload in each.uploads] for each in listed.items]

    assert fitting(error_type=ErrorType.AUTH) == [[auth]]
    assert fitting(error_type=ErrorType.TIMEOUT) == []
    assert fitting(handler="flickr") == []
    assert len(fitting(handler="mapillary")) == 2
    assert fitting(text="anna") == [[auth, network]]
    assert [auth, network] in fitting(text=str(batch_id))
    assert [network] in fitting(text=str(network), error_type=ErrorType.NETWORK)
    assert len(fitting(text="failed")) == 2
    assert fitting(text="completed") == []
    assert len(fitting(text="bridge")) == 2


def test_a_status_that_no_failure_has_is_a_word_all_the_same(database: DatabaseBench) -> None:
    batch_id, other = named(database, ANNA, "Anna"), named(database, BELA, "Queued Bela")
    named_so = an_upload(ANNA, filename="A duplicate key.jpg", failure=FAILURE)
    [key] = database.add(batch_id, named_so)
    [hers] = failed(database, other, FaultKind.BLOCKED)

    def fitting(text: str) -> list[UploadId]:
        narrowed = FailureFilter(text=text)
        listed = database.reports.failures(ALL, narrowed, FailureOrder.RECENT)
        return [upload.state.id for each in listed.items for upload in each.uploads]

    assert fitting("duplicate") == [key.id]
    assert fitting("queued") == [hers]
    assert fitting("cancelled") == []


def test_what_was_marked_as_failed_is_listed_with_the_others(database: DatabaseBench) -> None:
    upload = database.add_one()
    database.stop(Stop(failure=FAILURE), upload_ids=frozenset({upload.id}))
    [told] = database.reports.failures(ALL, FailureFilter(), FailureOrder.RECENT).items
    assert [each.state.id for each in told.uploads] == [upload.id]
    assert told.uploads[0].error_type is ErrorType.OTHER


# At a glance


def test_all_uploads_at_a_glance(database: DatabaseBench) -> None:
    assert database.reports.standing().stats == BatchStats()
    batch_id = database.batch_of(ANNA)
    database.add(batch_id, *uploads_of(ANNA, 2), an_upload(wait=None), an_upload(failure=FAILURE))
    database.add_one(BELA)
    standing = database.reports.standing()
    assert standing.stats == BatchStats(total=5, queued=4, failed=1)
    assert (standing.queued_paced, standing.queued_unpaced) == (3, 1)


def test_lists_of_a_database_that_is_away_say_so(database: DatabaseBench) -> None:
    away = database.unreachable_reports
    for ask in (
        lambda: away.batches(ALL),
        lambda: away.batches_of([BatchId(1)]),
        lambda: away.users(ALL),
        lambda: away.presets(ALL),
        lambda: away.all_uploads(ALL, UploadFilter()),
        lambda: away.failures(ALL, FailureFilter(), FailureOrder.RECENT),
        lambda: away.uploads_after(BatchId(1), None, 1),
        away.standing,
    ):
        with pytest.raises(ServiceDown):
            ask()
