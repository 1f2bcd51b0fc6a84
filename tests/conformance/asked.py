"""What clients may say, as the contract's table has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A client's message: a good example, what its parts are, and what it is answered with.

    `parts` names what the message has beside `type`, by path (`data.items[].id`): an upper-case
    type where it has to be there, a lower-case one where it may be left out.
    `later`: a step to come brings it; until then it is answered with a sentence.
    """

    parts: Mapping[str, str]
    answer: str | None
    later: bool = False


_ITEM = {
    "id": "STR",
    "input": "STR",
    "title": "STR",
    "wikitext": "STR",
    "labels": "obj",
    "labels.language": "STR",
    "labels.value": "STR",
    "captions": "list",
    "copyright_override": "bool",
}
_ITEMS = {"data.items": "LIST", **{f"data.items[].{name}": kind for name, kind in _ITEM.items()}}
_DATA = {"data": "OBJ"}
_ID = {"data": "INT"}

CLIENT: Mapping[str, Asked] = {
    "CREATE_BATCH": Asked(parts={}, answer="BATCH_CREATED"),
    "UPLOAD_SLICE": Asked(
        parts=_DATA
        | {"data.batchid": "INT", "data.sliceid": "INT", "data.handler": "str"}
        | _ITEMS,
        answer="UPLOAD_SLICE_ACK",
    ),
    "UPLOAD": Asked(parts=_DATA | {"data.handler": "str"} | _ITEMS, answer="UPLOAD_CREATED"),
    "SUBSCRIBE_BATCH": Asked(parts=_ID, answer="SUBSCRIBED"),
    "UNSUBSCRIBE_BATCH": Asked(parts={}, answer=None),
    "FETCH_BATCHES": Asked(
        parts=_DATA
        | {"data.page": "int", "data.limit": "int", "data.userid": "str", "data.filter": "str"},
        answer="BATCHES_LIST",
    ),
    "SUBSCRIBE_BATCHES_LIST": Asked(
        parts=_DATA | {"data.filter": "str", "data.userid": "str"}, answer="BATCHES_LIST"
    ),
    "UNSUBSCRIBE_BATCHES_LIST": Asked(parts={}, answer=None),
    "FETCH_BATCH_UPLOADS": Asked(parts=_ID, answer="BATCH_UPLOADS_LIST"),
    "RETRY_UPLOADS": Asked(parts=_ID, answer="RETRY_UPLOADS_RESPONSE"),
    "CANCEL_BATCH": Asked(parts=_ID, answer=None),
    "FETCH_IMAGES": Asked(parts={"data": "STR", "handler": "STR"}, answer="COLLECTION_IMAGES"),
    "FETCH_PRESETS": Asked(parts=_DATA | {"data.handler": "STR"}, answer="PRESETS_LIST"),
    "SAVE_PRESET": Asked(
        parts=_DATA
        | {
            "data.preset_id": "int",
            "data.title": "STR",
            "data.title_template": "STR",
            "data.labels": "obj",
            "data.labels.language": "STR",
            "data.labels.value": "STR",
            "data.categories": "str",
            "data.exclude_from_date_category": "bool",
            "data.is_default": "bool",
            "data.handler": "STR",
        },
        answer="PRESETS_LIST",
    ),
    "DELETE_PRESET": Asked(parts=_DATA | {"data.preset_id": "INT"}, answer="PRESETS_LIST"),
    "CHECK_CATEGORIES_DELETED": Asked(
        parts=_DATA | {"data.titles": "LIST"}, answer="CATEGORIES_DELETED_RESPONSE", later=True
    ),
    "CREATE_CATEGORY": Asked(
        parts=_DATA | {"data.title": "STR", "data.text": "STR", "data.wikidata_qid": "str"},
        answer="CATEGORY_CREATED_RESPONSE",
        later=True,
    ),
    "FETCH_REDLINKS": Asked(parts={}, answer="REDLINKS_RESPONSE", later=True),
    "FETCH_WANTED_CATEGORIES": Asked(
        parts=_DATA | {"data.offset": "int", "data.filter": "str"},
        answer="WANTED_CATEGORIES_RESPONSE",
        later=True,
    ),
    "RECATEGORIZE_FILES": Asked(
        parts=_DATA | {"data.source": "STR", "data.target": "STR"},
        answer="RECATEGORIZE_FILES_RESPONSE",
        later=True,
    ),
    "PAUSE_BATCH": Asked(parts=_ID, answer="BATCH_CHANGED"),
    "RESUME_BATCH": Asked(parts=_ID, answer="BATCH_CHANGED"),
    "RETRY_UPLOADS_SELECTED": Asked(
        parts=_DATA | {"data.batchid": "INT", "data.upload_ids": "list", "data.changes": "obj"},
        answer="RETRY_UPLOADS_RESPONSE",
    ),
    "CHECK_BATCH": Asked(
        parts=_DATA | {"data.handler": "STR"} | _ITEMS, answer="BATCH_CHECKED", later=True
    ),
    "FETCH_BATCH_UPLOADS_PAGE": Asked(
        parts=_DATA
        | {"data.batchid": "INT", "data.after": "int", "data.limit": "int", "data.status": "str"},
        answer="BATCH_UPLOADS_PAGE",
    ),
    "FETCH_UPLOAD_HISTORY": Asked(parts=_ID, answer="UPLOAD_HISTORY"),
}

LATER_ANSWERS = frozenset(
    {
        "RECATEGORIZE_PROGRESS",
        *(asked.answer for asked in CLIENT.values() if asked.later and asked.answer),
    }
)
"""What only steps to come send."""
