"""The existing deployment's database is adopted without losing a row."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import Engine, func, select, text

from curator_adapters.sql.engine import reading, writing
from curator_adapters.sql.migrate import downgrade, upgrade
from curator_adapters.sql.reports import SqlReports
from curator_adapters.sql.tables import BATCHES, PRESETS, UPLOADS, USERS
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.caption import Caption
from curator_core.domain.ids import BatchId, UploadId, UserId
from curator_core.domain.outcome import FailureType
from curator_core.domain.pace import Pace
from curator_core.domain.policy import Policy
from curator_core.domain.upload import Upload, UploadStatus
from tests.adapters.sql import existing_rows
from tests.adapters.sql.existing_rows import CREATED
from tests.contracts.database_bench import MINUTE, a_token, an_upload, let_pass

BATCH = BatchId(5)


@pytest.fixture
def adopted(existing: Engine) -> Engine:
    """A database of the existing deployment after the upgrade."""
    existing_rows.fill(existing)
    upgrade(existing)
    return existing


def upload_of(engine: Engine, number: int) -> Upload:
    with SqlBegin(engine)() as work:
        upload = work.uploads.get(UploadId(number))
    assert upload is not None
    return upload


def test_no_row_is_lost(adopted: Engine) -> None:
    with reading(adopted) as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table))
            for table in (USERS, BATCHES, UPLOADS, PRESETS)
        ]
    assert counts == [1, 1, len(existing_rows.UPLOADS), 1]


def test_every_upload_can_be_read_and_shown(adopted: Engine) -> None:
    told = SqlReports(adopted).uploads(BATCH)
    assert [each.state.id for each in told] == list(existing_rows.UPLOADS)
    assert {each.created_at for each in told} == {CREATED.replace(tzinfo=UTC)}
    uploads = [upload_of(adopted, number) for number in existing_rows.UPLOADS]
    assert {upload.filename for upload in uploads} == {each.filename for each in told}
    assert told[13].result == "ok"


def test_the_first_that_waits_gets_a_slot_now(adopted: Engine) -> None:
    waiting = upload_of(adopted, 1)
    assert waiting.status is UploadStatus.QUEUED
    assert waiting.publish_at is not None
    assert waiting.publish_at > waiting.created_at
    assert waiting.sealed_token == "sealed 1"
    with SqlBegin(adopted)() as work:
        assert work.uploads.claim(waiting.id, a_token(), MINUTE, 2) is not None


def slots(engine: Engine) -> list[timedelta]:
    """Of what waits, by id: how long after the first."""
    with reading(engine) as connection:
        found = connection.execute(
            select(UPLOADS.c.publish_at, UPLOADS.c.not_before)
            .where(UPLOADS.c.status == "queued")
            .order_by(UPLOADS.c.id)
        ).all()
    for slot, begins in found:
        assert begins == max(slot - Policy().lead, found[0][0])
    return [row[0] - found[0][0] for row in found]


def test_waiting_uploads_get_slots_one_default_pace_apart(adopted: Engine) -> None:
    assert slots(adopted) == [timedelta(seconds=15) * each for each in range(6)]


def test_slots_go_by_the_operators_own_pace(existing: Engine) -> None:
    existing_rows.fill(existing)
    upgrade(existing, policy=Policy(default_pace=Pace.of(2, 60)))
    assert slots(existing) == [timedelta(seconds=30) * each for each in range(6)]


def test_a_queue_of_any_length_gets_slots_user_by_user(existing: Engine) -> None:
    existing_rows.fill(existing)
    with writing(existing) as connection:
        connection.execute(text(_ANOTHER_USER))
        for user in ("7", "8"):
            waiting = {"status": "queued", "user": user}
            connection.execute(text(_AS_AN_OLDER_RELEASE), [waiting] * 700)
    upgrade(existing)
    pace = timedelta(seconds=15)
    assert slots(existing) == [
        *(pace * each for each in range(706)),
        *(pace * each for each in range(700)),
    ]


def test_what_was_in_progress_is_settled_and_requeued(adopted: Engine) -> None:
    upload = upload_of(adopted, 2)
    assert (upload.status, upload.lease, upload.attempts) == (UploadStatus.QUEUED, None, 0)
    assert upload.checkpoint.publish_begun == CREATED.replace(tzinfo=UTC)
    assert upload.sealed_token == "sealed 2"
    let_pass(adopted, MINUTE)
    with SqlBegin(adopted)() as work:
        assert work.uploads.claim(upload.id, a_token(), MINUTE, 2) is not None


def test_finished_uploads_stay_as_they_are_but_for_their_tokens(adopted: Engine) -> None:
    expected = {
        number: row["status"]
        for number, row in existing_rows.UPLOADS.items()
        if row["status"] not in ("queued", "in_progress")
    }
    told = {each.state.id: each for each in SqlReports(adopted).uploads(BATCH)}
    assert {number: told[UploadId(number)].state.status for number in expected} == expected
    assert {told[UploadId(number)].updated_at for number in expected} == {
        CREATED.replace(tzinfo=UTC)
    }
    with reading(adopted) as connection:
        tokens = connection.execute(
            select(UPLOADS.c.id, UPLOADS.c.access_token).order_by(UPLOADS.c.id)
        ).all()
    assert [row[0] for row in tokens if row[1] is not None] == [1, 2]


@pytest.mark.parametrize(
    ("number", "kind", "message"),
    [
        (4, FailureType.ERROR, "Upload failed"),
        (5, FailureType.ERROR, "Upload failed"),
        (6, FailureType.ERROR, "only a text"),
        (7, FailureType.ERROR, "The upload failed; no reason was kept."),
        (10, FailureType.DUPLICATE, "File exists already."),
        (11, FailureType.ERROR, "File exists already."),
    ],
)
def test_an_error_is_read_whatever_its_form(
    adopted: Engine, number: int, kind: FailureType, message: str
) -> None:
    failure = upload_of(adopted, number).failure
    assert failure is not None
    assert (failure.type, failure.message) == (kind, message)
    assert len(failure.links) == (1 if number in (10, 11) else 0)


def test_an_upload_that_failed_without_an_error_has_none(adopted: Engine) -> None:
    assert upload_of(adopted, 8).failure is None


def test_captions_are_read_where_there_are_any(adopted: Engine) -> None:
    captions = {number: upload_of(adopted, number).captions for number in (1, 13, 14, 15)}
    a_bridge = (Caption(language="en", text="A bridge"),)
    assert captions == {1: (), 13: (), 14: a_bridge, 15: ()}


def test_a_batch_without_an_edit_group_is_shown(adopted: Engine) -> None:
    report = SqlReports(adopted).batch(BATCH)
    assert report is not None
    assert (report.username, report.edit_group_id) == ("Anna", None)
    assert (report.stats.total, report.stats.queued, report.stats.failed) == (16, 6, 5)


def test_texts_of_all_the_world_fit_whatever_the_server_was_set_to(adopted: Engine) -> None:
    asked = an_upload(UserId("7"), "🗝️", filename="🌉 鍵.jpg", wikitext="ключ 🗝️")
    with SqlBegin(adopted)() as work:
        work.uploads.add(BATCH, None, "digest", [asked], timedelta(0))
    told = SqlReports(adopted).uploads(BATCH)[-1]
    assert (told.filename, told.wikitext, told.state.image_id) == ("🌉 鍵.jpg", "ключ 🗝️", "🗝️")


def test_what_an_older_release_adds_after_the_upgrade_is_adopted_at_the_next_start(
    adopted: Engine,
) -> None:
    with writing(adopted) as connection:
        for status in ("queued", "in_progress"):
            connection.execute(text(_AS_AN_OLDER_RELEASE), {"status": status, "user": "7"})
    assert len(slots_given(adopted)) == 6
    upgrade(adopted)
    assert len(slots_given(adopted)) == 8
    assert slots(adopted) == [timedelta(seconds=15) * each for each in range(8)]


def slots_given(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return list(
            connection.scalars(select(UPLOADS.c.id).where(UPLOADS.c.not_before.is_not(None)))
        )


_ANOTHER_USER = """
    INSERT INTO users (userid, username, created_at, updated_at)
    VALUES ('8', 'Bela', '2025-11-06 00:00:00', '2025-11-06 00:00:00')
"""


_AS_AN_OLDER_RELEASE = """
    INSERT INTO upload_requests
        (batchid, userid, status, `key`, handler, filename, wikitext, copyright_override,
         created_at, updated_at)
    VALUES (5, :user, :status, 'new', 'mapillary', 'New.jpg', 'New', 0,
        '2025-11-06 00:00:00', '2025-11-06 00:00:00')
"""


def test_adopting_again_after_going_back_loses_nothing(adopted: Engine) -> None:
    with SqlBegin(adopted)() as work:
        claimed = work.uploads.claim(UploadId(1), a_token(), MINUTE, 2)
    assert claimed is not None
    downgrade(adopted, "5cc957424c9d")
    upgrade(adopted)
    assert upload_of(adopted, 1).status is UploadStatus.QUEUED
    assert len(SqlReports(adopted).uploads(BATCH)) == len(existing_rows.UPLOADS)
