"""What every `Uploads` promises of corrections."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.ids import ImageId, Sha1, UploadId
from curator_core.domain.upload import Stop, Upload
from curator_core.ports.reports import Page, UploadFilter
from curator_core.ports.uploads import KeyTaken, Unstorable
from tests.contracts.database_bench import (
    ANNA,
    MINUTE,
    DatabaseBench,
    an_upload,
    at_once,
    lease_of,
)


def correct(database: DatabaseBench, before: Upload, **to: Any) -> Upload | None:
    with database.begin() as work:
        return work.uploads.correct(before, replace(before, **to))


def found(database: DatabaseBench, text: str) -> list[UploadId]:
    listed = database.reports.all_uploads(Page(), UploadFilter(text=text))
    return [each.state.id for each in listed.items]


def test_what_has_not_started_is_corrected(database: DatabaseBench) -> None:
    upload = database.add_one()
    to: dict[str, Any] = {
        "image_id": ImageId("another"),
        "collection": "elsewhere",
        "filename": "A tower.jpg",
        "wikitext": "A tower",
        "captions": (
            Caption(language="de", text="Ein Turm"),
            Caption(language="en", text="A tower"),
        ),
        "copyright_override": True,
    }
    corrected = correct(database, upload, **to)
    asked = replace(upload, **to)
    assert corrected is not None
    assert corrected == database.stored(upload)
    assert replace(corrected, updated_at=asked.updated_at) == asked
    assert corrected.updated_at is not None
    assert upload.updated_at is not None
    assert corrected.updated_at >= upload.updated_at


def test_two_corrections_from_the_same_look_both_hold(database: DatabaseBench) -> None:
    upload = database.add(database.batch_of(ANNA), an_upload(filename="Old bridge.jpg"))[0]
    correct(database, upload, wikitext="Another text", image_id=ImageId("another"))
    correct(database, upload, filename="New bridge.jpg")
    stored = database.stored(upload)
    told = (stored.wikitext, stored.image_id, stored.filename)
    assert told == ("Another text", "another", "New bridge.jpg")
    assert found(database, "old") == []
    assert found(database, "new") == [upload.id]


def test_it_is_found_by_its_new_name_only(database: DatabaseBench) -> None:
    upload = database.add(database.batch_of(ANNA), an_upload(filename="Old bridge.jpg"))[0]
    correct(database, upload, filename="New bridge.jpg")
    assert found(database, "old") == []
    assert found(database, "new bridge") == [upload.id]


def test_what_was_begun_stays_as_it_is(database: DatabaseBench) -> None:
    claimed = database.claimed()
    assert correct(database, claimed, wikitext="Another text") is None
    with database.begin() as work:
        begun = claimed.checkpointed(Checkpoint(sha1=Sha1("a" * 40), size=3))
        requeued = work.uploads.requeue_after(begun.requeue(), lease_of(claimed), MINUTE)
    assert correct(database, requeued, wikitext="Another text") is None
    assert database.stored(claimed).wikitext == "A bridge"


def test_what_is_to_stop_or_has_ended_stays_as_it_is(database: DatabaseBench) -> None:
    upload = database.add_one()
    database.stop(Stop(), upload_ids=frozenset({upload.id}))
    assert correct(database, upload, wikitext="Another text") is None
    assert correct(database, replace(upload, id=UploadId(999_999))) is None


def test_an_image_id_stands_in_a_batch_once(database: DatabaseBench) -> None:
    batch_id = database.batch_of(ANNA)
    first, second = database.add(batch_id, an_upload(), an_upload())
    with pytest.raises(KeyTaken):
        correct(database, second, image_id=first.image_id, wikitext="Another")
    assert database.stored(second) == second
    assert correct(database, second, image_id=second.image_id) is not None


def test_a_text_that_is_too_long_is_refused(database: DatabaseBench) -> None:
    upload = database.add_one()
    with pytest.raises(Unstorable):
        correct(database, upload, collection="x" * 256)
    assert database.stored(upload) == upload


def test_a_correction_and_a_claim_at_once_do_not_mix(database: DatabaseBench) -> None:
    for _ in range(5):
        upload = database.add_one()

        def do(number: int, upload: Upload = upload) -> Upload | None:
            if number:
                return database.claim(upload, user_concurrency=1000)
            return correct(database, upload, wikitext="New", filename="New.jpg")

        corrected, claimed = at_once(2, do)
        assert claimed is not None
        told = (claimed.wikitext, claimed.filename)
        assert told == (("New", "New.jpg") if corrected else ("A bridge", "A bridge.jpg"))
