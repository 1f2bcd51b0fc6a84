"""What administrators are shown and send over HTTP (PROTOCOL.md, HTTP)."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from curator_core.domain.error_type import ErrorType
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import FailureOrder
from curator_web.protocol.chosen import Changes, ChosenIds
from curator_web.protocol.client import Filter, Limit, PageNumber
from curator_web.protocol.shapes import (
    Asked,
    BatchItem,
    BatchUploadItem,
    Label,
    PresetItem,
    StructuredError,
    Text,
    Wire,
)


class Listing(Asked):
    """Which part of a list."""

    page: PageNumber = 1
    limit: Limit = 100
    filter_text: Filter = None


def _day(value: object) -> object:
    # pydantic would take a number for seconds since 1970.
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is None:
        raise PydanticCustomError("date_parsing", "should be a day such as 2026-03-01")
    return value


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
"""A UTC day."""


class UploadListing(Listing):
    """Which uploads; the dates are UTC days, both of them included."""

    status: tuple[UploadStatus, ...] = ()
    date_from: Day | None = None
    date_to: Day | None = None


class FailureListing(Asked):
    """Which failed uploads, and in which order their batches come."""

    page: PageNumber = 1
    limit: Limit = 50
    sort_by: FailureOrder = FailureOrder.RECENT
    error_type: ErrorType | None = None
    handler: Filter = None
    search_text: Filter = None


class BatchListing(Wire):
    """Batches, the newest first."""

    items: tuple[BatchItem, ...]
    total: int


class UserItem(Wire):
    """Somebody who logged in."""

    userid: str
    username: str
    created_at: datetime
    updated_at: datetime


class UserListing(Wire):
    """Users by name."""

    items: tuple[UserItem, ...]
    total: int


class AdminUploadItem(BatchUploadItem):
    """An upload with what only administrators are shown."""

    collection: str | None = None
    copyright_override: bool
    celery_task_id: str | None = None


class AdminUploadListing(Wire):
    """Uploads, the newest first."""

    items: tuple[AdminUploadItem, ...]
    total: int


class AdminPresetItem(PresetItem):
    """A preset, and whose it is."""

    userid: str


class PresetListing(Wire):
    """Presets, the newest first."""

    items: tuple[AdminPresetItem, ...]
    total: int


class Nullable(Wire):
    """Some of its fields are there even where they have no value."""

    keeps: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _with_nulls(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = handler(self)
        return dict.fromkeys(self.keeps) | said


class FailedUploadItem(Nullable):
    """An upload that failed."""

    keeps: ClassVar[tuple[str, ...]] = ("error",)

    id: int
    filename: str
    handler: str
    status: str
    error: StructuredError | None
    createdAt: datetime  # noqa: N815 - the contract's own name
    errorType: ErrorType  # noqa: N815


class FailedBatchItem(Nullable):
    """A batch with failed uploads; `failedCount` counts those that fit."""

    keeps: ClassVar[tuple[str, ...]] = ("editGroupId",)

    id: int
    createdAt: datetime  # noqa: N815
    editGroupId: str | None  # noqa: N815
    handler: str
    failedCount: int  # noqa: N815
    totalUploads: int  # noqa: N815


class Owner(Wire):
    """Whose batch it is."""

    username: str
    userid: str


class FailureItem(Wire):
    """A batch's failures: at most 500 of them are listed."""

    batch: FailedBatchItem
    user: Owner
    failedUploads: tuple[FailedUploadItem, ...]  # noqa: N815


class FailureListingAnswer(Wire):
    """Failed uploads by batch."""

    items: tuple[FailureItem, ...]
    total: int


class Chosen(Wire):
    """Some uploads, whosever they are."""

    ids: ChosenIds


class Retry(Asked):
    """Uploads that are to be tried again; `changes` go to their copies."""

    upload_ids: ChosenIds
    changes: Changes | None = None


class CancelledCount(Wire):
    """How many ended, or are about to."""

    cancelled_count: int


class FailedCount(Wire):
    """How many ended, or are about to."""

    failed_count: int


class RetriedAnswer(Nullable):
    """What became of a retry; there is a new batch where something was retried."""

    keeps: ClassVar[tuple[str, ...]] = ("new_batch_id",)

    message: str
    retried_count: int
    requested_count: int
    new_batch_id: int | None


class Said(Wire):
    """It is done; a sentence."""

    message: str


def _told(value: object) -> object:
    """Clients send single cells, usually as text."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower(), value)
    return value


def _decoded(value: object) -> object:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except (ValueError, RecursionError):
            return value
    return None if value == {} else value


CellOfLabels = Annotated[
    Label | None, BeforeValidator(_decoded, json_schema_input_type=Label | str | None)
]
CellOfBoolean = Annotated[bool, BeforeValidator(_told, json_schema_input_type=bool | str)]


class UploadCorrection(Wire):
    """One or more fields of an upload. `copyright_override` may be a text, and `labels` a JSON
    text; empty labels, or null, take the caption away."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filename: Text = ""
    wikitext: Text = ""
    labels: CellOfLabels = None
    copyright_override: CellOfBoolean = False
    collection: Text = ""
    key: Text = ""


class Detail(Wire):
    """Why not; a sentence."""

    detail: str


class FieldFault(Wire):
    """What is wrong with one field: where it is, in words, and by pydantic's name."""

    loc: tuple[str | int, ...]
    msg: str
    type: str


class Unfit(Wire):
    """Every field at fault."""

    detail: tuple[FieldFault, ...]


class WhoAmI(Wire):
    """Who is logged in; `authorized` means that they may administer."""

    username: str
    userid: str
    authorized: bool


class Registered(Wire):
    """A service account that logged in."""

    message: str
    username: str


class Alive(Wire):
    """This process answers."""

    status: Literal["alive"]
