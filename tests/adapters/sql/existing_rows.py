"""Rows as the existing deployment wrote them, odd ones among them."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Engine, column, insert, table

from curator_adapters.sql.engine import writing

CREATED = datetime(2025, 11, 5, 8, 15, 30)  # noqa: DTZ001 - as an older release stores it

DUPLICATE = {
    "type": "duplicate",
    "message": "File exists already.",
    "links": [{"title": "File:B.jpg", "url": "https://example.org/B"}],
}

UPLOADS: dict[int, dict[str, object]] = {
    1: {"status": "queued", "access_token": "sealed 1"},
    2: {"status": "in_progress", "access_token": "sealed 2", "celery_task_id": "task"},
    3: {"status": "completed", "success": "https://example.org/A", "access_token": "sealed 3"},
    4: {"status": "failed", "error": {"message": "Upload failed"}, "access_token": "sealed 4"},
    5: {"status": "failed", "error": {"type": "error", "message": "Upload failed"}},
    6: {"status": "failed", "error": "only a text"},
    7: {"status": "failed", "error": {}},
    8: {"status": "failed", "error": None},
    9: {"status": "cancelled"},
    10: {"status": "duplicate", "error": DUPLICATE},
    11: {"status": "duplicated_sdc_updated", "error": DUPLICATE | {"type": "new one"}},
    12: {"status": "duplicated_sdc_not_updated", "error": DUPLICATE},
    13: {"status": "queued", "labels": {"language": "en", "value": ""}},
    14: {"status": "queued", "labels": {"language": "en", "value": "A bridge"}, "result": "ok"},
    15: {"status": "queued", "labels": []},
    16: {"status": "queued", "collection": None, "access_token": None},
}


def fill(engine: Engine) -> None:
    """A user with a batch without an edit group, an upload in every state, and a preset."""
    times = {"created_at": CREATED, "updated_at": CREATED}
    rows: list[tuple[str, dict[str, object]]] = [
        ("users", {"userid": "7", "username": "Anna"}),
        ("batches", {"id": 5, "userid": "7", "edit_group_id": None}),
        *(("upload_requests", _upload(number)) for number in UPLOADS),
        ("presets", _PRESET),
    ]
    with writing(engine) as connection:
        for name, values in rows:
            row = values | times
            into = table(name, *(column(each) for each in row))
            connection.execute(insert(into).values(row))


def _upload(number: int) -> dict[str, object]:
    row = {
        "id": number,
        "batchid": 5,
        "userid": "7",
        "key": f"image {number}",
        "handler": "mapillary",
        "collection": "a sequence",
        "access_token": None,
        "filename": f"Bridge {number}.jpg",
        "wikitext": "A bridge",
        "labels": None,
        "error": None,
    } | UPLOADS[number]
    # An older release stored JSON's null as well as none at all.
    return row | {name: json.dumps(row[name]) for name in ("labels", "error")}


_PRESET: dict[str, object] = {
    "id": 3,
    "userid": "7",
    "handler": "mapillary",
    "title": "Bridges",
    "title_template": "Bridge {id}",
    "labels": json.dumps({"language": "en", "value": "A bridge"}),
    "is_default": True,
}
