"""What stands in the columns that other releases read too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from curator_adapters.sql.engine import reading
from curator_adapters.sql.unit_of_work import SqlBegin
from curator_core.domain.caption import Caption
from curator_core.domain.ids import EditGroupId
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import NewUpload, Upload
from curator_core.domain.user import User
from tests.contracts.database_bench import ANNA, MINUTE, a_token, an_upload, lease_of

PAGE = "https://example.org/wiki/File:B.jpg"


def _add(engine: Engine, asked: NewUpload) -> Upload:
    with SqlBegin(engine)() as work:
        work.users.remember(User(id=ANNA, username="Anna"))
        batch = work.batches.add(ANNA, EditGroupId("0123456789ab"))
        return work.uploads.add(batch.id, None, "", [asked], timedelta(0))[0]


def _claim(engine: Engine, upload: Upload) -> Upload:
    with SqlBegin(engine)() as work:
        claimed = work.uploads.claim(upload.id, a_token(), MINUTE, 2)
    assert claimed is not None
    return claimed


def _row(engine: Engine) -> Mapping[str, Any]:
    with reading(engine) as connection:
        row = connection.execute(text("SELECT * FROM upload_requests")).mappings().one()
    parsed = {name: row[name] and json.loads(row[name]) for name in ("error", "labels", "captions")}
    return {**row, **parsed}


@pytest.mark.parametrize(
    ("failure", "stored"),
    [
        (
            Failure(message="No."),
            {"type": "error", "message": "No.", "retryable": False},
        ),
        (
            Failure(type=FailureType.DUPLICATE, message="There already."),
            {"type": "duplicate", "message": "There already.", "links": [], "retryable": False},
        ),
        (
            Failure(
                type=FailureType.DUPLICATE_UPDATED,
                message="There already.",
                links=(FileLink(title="File:B.jpg", url=PAGE),),
                code="no_change",
                raw_code="fileexists-no-change",
                hint="Nothing to do.",
                retryable=True,
            ),
            {
                "type": "duplicated_sdc_updated",
                "message": "There already.",
                "links": [{"title": "File:B.jpg", "url": PAGE}],
                "code": "no_change",
                "raw_code": "fileexists-no-change",
                "hint": "Nothing to do.",
                "retryable": True,
            },
        ),
    ],
    ids=["error", "duplicate", "everything"],
)
def test_a_failure_is_stored_in_the_contracts_shape(
    migrated: Engine, failure: Failure, stored: dict[str, object]
) -> None:
    _add(migrated, an_upload(failure=failure))
    assert _row(migrated)["error"] == stored


def test_the_first_caption_stands_where_older_releases_look_for_it(migrated: Engine) -> None:
    captions = (
        Caption(language="en", text="A bridge"),
        Caption(language="de", text="Brücke"),
        Caption(language="fr", text="Un pont"),
    )
    _add(migrated, replace(an_upload(), captions=captions))
    row = _row(migrated)
    assert row["labels"] == {"language": "en", "value": "A bridge"}
    assert row["captions"] == [
        {"language": "de", "value": "Brücke"},
        {"language": "fr", "value": "Un pont"},
    ]


def test_what_is_missing_is_stored_as_nothing(migrated: Engine) -> None:
    _add(migrated, an_upload())
    row = _row(migrated)
    empty = ("labels", "captions", "error", "success", "result", "checkpoint", "lease_token")
    assert {name: row[name] for name in empty} == dict.fromkeys(empty)


def test_a_finished_upload_leaves_no_token_in_the_database(migrated: Engine) -> None:
    claimed = _claim(migrated, _add(migrated, an_upload()))
    assert _row(migrated)["access_token"] == "sealed"
    with SqlBegin(migrated)() as work:
        work.uploads.keep(claimed.complete(PAGE), lease_of(claimed))
    row = _row(migrated)
    assert (row["access_token"], row["lease_token"], row["lease_until"]) == (None, None, None)
    assert (row["status"], row["success"]) == ("completed", PAGE)


def test_operators_find_the_last_message_of_an_upload(migrated: Engine) -> None:
    upload = _add(migrated, an_upload())
    with SqlBegin(migrated)() as work:
        work.uploads.note_messages([(upload.id, "message 7")])
    assert _row(migrated)["celery_task_id"] == "message 7"


def test_rows_do_not_show_tokens(migrated: Engine) -> None:
    upload = _add(migrated, an_upload())
    assert "sealed" not in repr(upload).replace("sealed_token", "")
