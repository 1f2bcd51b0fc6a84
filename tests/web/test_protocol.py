"""The contract's tables, and what does not fit them."""

import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import TypeAdapter

from curator_core.domain.ids import BatchId, EditGroupId, ImageId, UploadId, UserId
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import BatchReport, BatchStats, UploadState
from curator_core.use_cases.retry_uploads import Changes
from curator_web.protocol import mapping
from curator_web.protocol.client import (
    ClientMessage,
    RetryUploadsSelected,
    UploadSlice,
)
from curator_web.protocol.parsing import Unusable, parsed
from curator_web.protocol.server import Error, ServerMessage
from curator_web.protocol.shapes import UploadItem
from curator_web.websocket.dispatch import TABLE
from tests.fakes.sources import a_media_image

CLIENT_TYPES = {
    *("CREATE_BATCH", "UPLOAD_SLICE", "UPLOAD", "SUBSCRIBE_BATCH", "UNSUBSCRIBE_BATCH"),
    *("FETCH_BATCHES", "SUBSCRIBE_BATCHES_LIST", "UNSUBSCRIBE_BATCHES_LIST"),
    *("FETCH_BATCH_UPLOADS", "RETRY_UPLOADS", "CANCEL_BATCH", "FETCH_IMAGES"),
    *("FETCH_PRESETS", "SAVE_PRESET", "DELETE_PRESET"),
    *("CHECK_CATEGORIES_DELETED", "CREATE_CATEGORY", "FETCH_REDLINKS"),
    *("FETCH_WANTED_CATEGORIES", "RECATEGORIZE_FILES"),
    *("PAUSE_BATCH", "RESUME_BATCH", "RETRY_UPLOADS_SELECTED", "CHECK_BATCH"),
    *("FETCH_BATCH_UPLOADS_PAGE", "FETCH_UPLOAD_HISTORY"),
}
"""Everything that the contract lets a client send."""


def type_of(message: type) -> str:
    name: str = get_args(message.model_fields["type"].annotation)[0]  # type: ignore[attr-defined]
    return name


def test_every_message_of_ours_has_its_place_in_the_table() -> None:
    assert set(TABLE) == set(get_args(ClientMessage))


def test_every_message_of_the_contract_has_its_place_in_the_table() -> None:
    assert {type_of(message) for message in TABLE} == CLIENT_TYPES


def test_every_server_message_has_a_type_of_its_own_and_a_nonce() -> None:
    messages = get_args(ServerMessage)
    assert len({type_of(message) for message in messages}) == len(messages)
    first, second = (json.loads(Error(data="Oh.").frame()) for _ in range(2))
    assert first["nonce"]
    assert first["nonce"] != second["nonce"]


def test_schemas_can_be_made_of_both_sides() -> None:
    for side in (ClientMessage, ServerMessage):
        schema = TypeAdapter[object](side).json_schema()  # type: ignore[arg-type]
        assert len(schema["anyOf"]) == len(get_args(side))


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"type": "SUBSCRIBE_BATCH", "data": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "not an object with a type"),
        ('"CREATE_BATCH"', "not an object with a type"),
        ('{"data": 1}', "not an object with a type"),
        ('{"type": 7}', "not an object with a type"),
        ('{"type": "DANCE"}', "no message of the type 'DANCE'"),
        ('{"type": "UPLOAD", "data": {}}', "data.items"),
        ('{"type": "FETCH_IMAGES", "data": "x"}', "FETCH_IMAGES does not fit: handler"),
        ('{"type": "FETCH_IMAGES", "data": null, "handler": "flickr"}', "data"),
        ('{"type": "FETCH_IMAGES", "data": "x", "handler": ""}', "handler"),
        ('{"type": "SUBSCRIBE_BATCH"}', "SUBSCRIBE_BATCH does not fit: data: field required"),
        ('{"type": "SUBSCRIBE_BATCH", "data": "many"}', "data"),
        ('{"type": "SUBSCRIBE_BATCH", "data": 1.5}', "data"),
        ('{"type": "SUBSCRIBE_BATCH", "data": 1e400}', "data"),
        ('{"type": "SUBSCRIBE_BATCH", "data": 4294967296}', "data"),
        ('{"type": "FETCH_BATCH_UPLOADS", "data": []}', "data"),
        ('{"type": "CANCEL_BATCH", "data": "all"}', "data"),
        ('{"type": "RETRY_UPLOADS_SELECTED", "data": {}}', "data.batchid"),
        (
            '{"type": "RETRY_UPLOADS_SELECTED", "data": {"batchid": 1, "upload_ids": ["x"]}}',
            "data.upload_ids.0",
        ),
        (
            '{"type": "RETRY_UPLOADS_SELECTED", "data": {"batchid": 1, "changes": {"x": {}}}}',
            "data.changes.x",
        ),
        (
            '{"type": "RETRY_UPLOADS_SELECTED", "data": {"batchid": 1, "changes": {"7": 1}}}',
            "data.changes.7",
        ),
        ('{"type": "UPLOAD_SLICE", "data": {"sliceid": 1, "items": []}}', "data.batchid"),
        (
            '{"type": "UPLOAD_SLICE", "data": {"batchid": 1, "sliceid": 1, "items": [{"id": 7}]}}',
            "data.items.0.id",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(frame: str, told: str) -> None:
    answer = parsed(frame)
    assert isinstance(answer, Unusable)
    assert told in answer.sentence
    assert answer.sentence.endswith(".")
    assert len(answer.sentence) < 500


def test_a_sentence_about_a_message_repeats_nothing_of_its_content() -> None:
    frame = json.dumps({"type": "FETCH_IMAGES", "data": ["secret-sauce"], "handler": 1})
    answer = parsed(frame)
    assert isinstance(answer, Unusable)
    assert "secret-sauce" not in answer.sentence


def test_unknown_fields_are_ignored() -> None:
    message = parsed('{"type": "CREATE_BATCH", "data": {}, "nonce": "x"}')
    assert not isinstance(message, Unusable)


def test_captions_are_the_label_and_whatever_more_there_is() -> None:
    sent = UploadItem.model_validate(
        {
            "id": "1",
            "input": "a-sequence",
            "title": "A.jpg",
            "wikitext": "text",
            "labels": {"language": "en", "value": "A"},
            "captions": [{"language": "de", "value": "Ein A"}],
        }
    )
    assert mapping.item(sent).captions == (("en", "A"), ("de", "Ein A"))
    assert mapping.item(sent.model_copy(update={"labels": None, "captions": None})).captions == ()


@pytest.mark.parametrize(
    ("change", "captions"),
    [
        ({}, None),
        ({"labels": None, "captions": None}, None),
        ({"labels": {}}, ()),
        ({"captions": []}, ()),
        ({"labels": {"language": "en", "value": "A"}}, (("en", "A"),)),
        (
            {
                "labels": {"language": "en", "value": "A"},
                "captions": [{"language": "de", "value": "Ein A"}],
            },
            (("en", "A"), ("de", "Ein A")),
        ),
    ],
)
def test_captions_change_only_where_some_are_named(
    change: dict[str, object], captions: tuple[tuple[str, str], ...] | None
) -> None:
    data = {"batchid": 1, "changes": {"7": change}}
    message = parsed(json.dumps({"type": "RETRY_UPLOADS_SELECTED", "data": data}))
    assert isinstance(message, RetryUploadsSelected)
    assert mapping.changes(message.data.changes) == {UploadId(7): Changes(captions=captions)}


@pytest.mark.parametrize("labels", [{}, None])
def test_an_empty_label_counts_as_none(labels: object) -> None:
    item = {"id": "1", "input": "", "title": "A.jpg", "wikitext": "text", "labels": labels}
    assert mapping.item(UploadItem.model_validate(item)).captions == ()


def test_a_label_that_is_half_there_is_told() -> None:
    item = {"id": "1", "input": "", "title": "A.jpg", "wikitext": "", "labels": {"value": "A"}}
    message = {"batchid": 1, "sliceid": 1, "items": [item]}
    answer = parsed(json.dumps({"type": "UPLOAD_SLICE", "data": message}))
    assert isinstance(answer, Unusable)
    assert "data.items.0.labels.language" in answer.sentence


def test_a_slices_id_may_be_a_clocks_milliseconds() -> None:
    slice_ = {"batchid": 1, "sliceid": 1_789_000_000_000, "items": []}
    message = parsed(json.dumps({"type": "UPLOAD_SLICE", "data": slice_}))
    assert isinstance(message, UploadSlice)
    assert message.data.sliceid == 1_789_000_000_000


def test_a_picture_without_a_place_is_marked() -> None:
    nowhere = mapping.media_image(a_media_image(place=None)).model_dump(exclude_none=True)
    assert nowhere["location"] == {"latitude": 0, "longitude": 0, "located": False}
    somewhere = mapping.media_image(a_media_image()).model_dump(exclude_none=True)
    assert somewhere["location"] == {"latitude": 52.5, "longitude": 13.4, "compass_angle": 84.5}


@pytest.mark.parametrize("type_", FailureType)
def test_every_kind_of_failure_has_its_shape(type_: FailureType) -> None:
    link = FileLink(title="File:A.jpg", url="https://wiki.test/File:A.jpg")
    failure = Failure(type=type_, message="Oh.", links=(link,), code="c", hint="h", retryable=True)
    wire = mapping.structured_error(failure).model_dump(mode="json", exclude_none=True)
    expected: dict[str, object] = {
        "type": type_.value,
        "message": "Oh.",
        "code": "c",
        "hint": "h",
        "retryable": True,
    }
    if "duplicate" in type_.value:
        expected["links"] = [{"title": "File:A.jpg", "url": "https://wiki.test/File:A.jpg"}]
    assert wire == expected


def test_fields_without_a_value_are_left_out() -> None:
    state = UploadState(
        id=UploadId(1),
        batch_id=BatchId(2),
        status=UploadStatus.QUEUED,
        image_id=ImageId("1001"),
        handler="mapillary",
    )
    assert json.loads(mapping.update_item(state).model_dump_json(exclude_none=True)) == {
        "id": 1,
        "batchid": 2,
        "status": "queued",
        "key": "1001",
        "handler": "mapillary",
    }


def test_times_are_utc_with_a_z() -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    report = BatchReport(
        id=BatchId(1),
        user_id=UserId("1"),
        username="Ada",
        edit_group_id=EditGroupId("0123456789ab"),
        created_at=at,
        updated_at=at,
        stats=BatchStats(),
    )
    wire = json.loads(mapping.batch_item(report).model_dump_json())
    assert wire["created_at"] == "2026-03-01T12:00:00Z"
