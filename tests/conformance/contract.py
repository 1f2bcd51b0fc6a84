"""Every shape and every message of the server, as the contract's tables have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conformance.shapes import (
    Broken,
    Shape,
    by_type,
    count,
    filled,
    keyed,
    many,
    number,
    one_of,
    or_null,
    sentence,
    text,
    timestamp,
    truth,
    whole,
    without_nulls,
)

DUPLICATES = ("duplicate", "duplicated_sdc_updated", "duplicated_sdc_not_updated")
FINAL = ("completed", "failed", "cancelled", *DUPLICATES)
status = one_of("queued", "in_progress", *FINAL)

LABEL = Shape(language=filled, value=filled)
_SAID = Shape(message=filled, code_opt=filled, hint_opt=filled, retryable_opt=truth)
_LINKED = _SAID.but(links=many(Shape(title=filled, url=filled)))
structured_error = by_type(
    {"title_blacklisted": _SAID, "error": _SAID, **dict.fromkeys(DUPLICATES, _LINKED)}
)

CREATOR = Shape(id=text, username=text, profile_url=text)
LOCATION = Shape(
    latitude=number,
    longitude=number,
    located_opt=truth,
    compass_angle_opt=number,
    accuracy_opt=whole,
    city_opt=filled,
    county_opt=filled,
    state_opt=filled,
    country_opt=filled,
    country_code_opt=filled,
    postcode_opt=filled,
)
MEDIA_IMAGE = Shape(
    id=filled,
    title=filled,
    dates=Shape(taken=timestamp),
    creator=CREATOR,
    location=LOCATION,
    urls=Shape(url=filled, original=filled, preview=filled, thumbnail=filled),
    dimensions=Shape(width=whole, height=whole),
    camera=Shape(make_opt=filled, model_opt=filled, is_pano=truth),
    existing=many(Shape(url=filled)),
    description_opt=filled,
    license_opt=filled,
    tags_opt=many(text),
)
PROBLEM = Shape(id=filled, message=filled)

BATCH_STATS = Shape(
    total=count,
    queued=count,
    in_progress=count,
    completed=count,
    failed=count,
    cancelled=count,
    duplicate=count,
)


def _stats(value: Any, at: str) -> None:
    BATCH_STATS(value, at)
    if value["total"] != sum(number for name, number in value.items() if name != "total"):
        raise Broken(f"{at}: the states do not add up: {value}")


BATCH_ITEM = Shape(
    id=whole,
    created_at=timestamp,
    updated_at=timestamp,
    edit_group_id_opt=or_null(filled),
    username=filled,
    userid=filled,
    stats=_stats,
    paused_opt=truth,
    done_at_opt=timestamp,
)
UPDATE_ITEM = Shape(
    id=whole,
    batchid=whole,
    status=status,
    key=filled,
    error_opt=structured_error,
    success_opt=filled,
    handler=filled,
)
BATCH_UPLOAD_ITEM = Shape(
    id=whole,
    status=status,
    # What was asked for, which may have been no name at all.
    filename=text,
    wikitext=text,
    batchid_opt=whole,
    userid_opt=filled,
    key_opt=filled,
    handler_opt=filled,
    labels_opt=LABEL,
    result_opt=filled,
    error_opt=structured_error,
    success_opt=filled,
    created_at_opt=timestamp,
    updated_at_opt=timestamp,
    image_id_opt=filled,
    # Ours: what `UploadItem.captions` holds beside `labels`.
    captions_opt=many(LABEL),
    # Ours: the slot that a queued one waits for.
    publish_at_opt=timestamp,
)
PRESET_ITEM = Shape(
    id=whole,
    title=text,
    title_template=text,
    labels_opt=LABEL,
    categories_opt=text,
    exclude_from_date_category=truth,
    handler=filled,
    is_default=truth,
    created_at=timestamp,
    updated_at=timestamp,
)

SERVER: Mapping[str, Shape] = {
    "ERROR": Shape(data=sentence),
    "BATCH_CREATED": Shape(data=whole),
    "UPLOAD_CREATED": Shape(
        data=many(Shape(id=whole, status=status, image_id=filled, input=text, batchid=whole))
    ),
    "UPLOAD_SLICE_ACK": Shape(data=many(Shape(id=text, status=status)), sliceid=whole),
    "SUBSCRIBED": Shape(data=whole),
    "UPLOADS_UPDATE": Shape(data=many(UPDATE_ITEM)),
    "UPLOADS_COMPLETE": Shape(data=whole),
    "BATCHES_LIST": Shape(data=Shape(items=many(BATCH_ITEM), total=count), partial=truth),
    "BATCH_UPLOADS_LIST": Shape(data=Shape(batch=BATCH_ITEM, uploads=many(BATCH_UPLOAD_ITEM))),
    "RETRY_UPLOADS_RESPONSE": Shape(data=whole),
    "COLLECTION_IMAGES": Shape(
        data=Shape(images=keyed(MEDIA_IMAGE), creator=CREATOR, problems_opt=many(PROBLEM))
    ),
    "COLLECTION_IMAGE_IDS": Shape(data=many(filled)),
    "PARTIAL_COLLECTION_IMAGES": Shape(
        data=Shape(images=many(MEDIA_IMAGE), collection=filled, problems_opt=many(PROBLEM))
    ),
    "TRY_BATCH_RETRIEVAL": Shape(data=text),
    "PRESETS_LIST": Shape(data=Shape(handler=filled, presets=many(PRESET_ITEM))),
    "CATEGORIES_DELETED_RESPONSE": Shape(data=Shape(deleted=many(filled))),
    "CATEGORY_CREATED_RESPONSE": Shape(data=Shape(title=filled)),
    "REDLINKS_RESPONSE": Shape(data=Shape(items=many(Shape(title=filled, linked_from=filled)))),
    "WANTED_CATEGORIES_RESPONSE": Shape(
        data=Shape(
            items=many(Shape(title=filled, subcats=count, files=count, pages=count, total=count)),
            total=count,
        )
    ),
    "RECATEGORIZE_FILES_RESPONSE": Shape(
        data=Shape(source=filled, count=count, failed_opt=many(filled))
    ),
    # Our additions. Where the contract names no fields, what it says of all messages holds.
    "BATCH_CHANGED": Shape(data=BATCH_ITEM),
    "BATCH_CHECKED": Shape(data=without_nulls),
    "BATCH_UPLOADS_PAGE": Shape(
        data=Shape(batchid=whole, uploads=many(BATCH_UPLOAD_ITEM), next_opt=whole)
    ),
    "UPLOAD_HISTORY": Shape(data=without_nulls),
    "RECATEGORIZE_PROGRESS": Shape(data=Shape(source=filled, done=count, total=count)),
}


def judge(message: Any) -> str:
    """The type of a server's message that keeps the contract; raises `Broken` of any other."""
    if not isinstance(message, dict) or message.get("type") not in SERVER:
        raise Broken(f"of no type that the contract knows: {message!r}")
    kind: str = message["type"]
    filled(message.get("nonce"), f"{kind}.nonce")
    rest = {name: value for name, value in message.items() if name not in ("type", "nonce")}
    SERVER[kind](rest, kind)
    return kind
