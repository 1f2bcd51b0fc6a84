"""What messages are made of (PROTOCOL.md, Shapes)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from curator_core.domain.outcome import FailureType


class Wire(BaseModel):
    """Frozen; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Asked(Wire):
    """What clients send: null counts as absent."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, sent: object) -> object:
        if not isinstance(sent, dict):
            return sent
        return {name: value for name, value in sent.items() if value is not None}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "should be a text")
    return value


Text = Annotated[str, PlainValidator(_text, json_schema_input_type=str)]
"""Any text that JSON can hold, halves of surrogate pairs too: those are the item's own problem,
not the whole slice's."""


def _no_boolean(value: object) -> object:
    # pydantic would take `true` for 1.
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "should be a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_no_boolean, json_schema_input_type=int)]
"""A number; numbers as texts are taken as well."""

DatabaseId = Annotated[Whole, Field(ge=-(2**31), lt=2**31)]
"""A whole number that the database's columns hold."""


LargeId = Annotated[Whole, Field(ge=-(2**63), lt=2**63)]
"""A number that a client makes up, such as the milliseconds of its clock."""


class Label(Wire):
    """A caption."""

    language: Text
    value: Text


def _none_where_empty(value: object) -> object:
    return None if value == {} else value


OneLabel = Annotated[Label | None, BeforeValidator(_none_where_empty)]
"""A caption or none; an empty object counts as none."""


class UploadItem(Asked):
    """One picture to upload."""

    id: str
    input: str
    title: Text
    wikitext: Text
    labels: OneLabel = None
    captions: tuple[Label, ...] | None = None
    copyright_override: bool = False


class Link(Wire):
    """A file on the wiki."""

    title: str
    url: str


class _Told(Wire):
    message: str
    code: str | None = None
    hint: str | None = None
    retryable: bool | None = None


class DuplicateError(_Told):
    """The wiki has these bytes already."""

    type: Literal[
        FailureType.DUPLICATE, FailureType.DUPLICATE_UPDATED, FailureType.DUPLICATE_NOT_UPDATED
    ]
    links: tuple[Link, ...]


class TitleBlacklistedError(_Told):
    """The wiki would have no file of this name."""

    type: Literal[FailureType.TITLE_BLACKLISTED]


class GenericError(_Told):
    """Anything else."""

    type: Literal[FailureType.ERROR]


StructuredError = Annotated[
    DuplicateError | TitleBlacklistedError | GenericError, Field(discriminator="type")
]


class UploadUpdateItem(Wire):
    """Where an upload stands."""

    id: int
    batchid: int
    status: str
    key: str
    error: StructuredError | None = None
    success: str | None = None
    handler: str


class BatchUploadItem(Wire):
    """An upload in a list. `captions` are those beside `labels`, `publish_at` is its slot."""

    id: int
    status: str
    filename: str
    wikitext: str
    batchid: int | None = None
    userid: str | None = None
    key: str | None = None
    handler: str | None = None
    labels: Label | None = None
    result: str | None = None
    error: StructuredError | None = None
    success: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    image_id: str | None = None
    captions: tuple[Label, ...] | None = None
    publish_at: datetime | None = None


class BatchStats(Wire):
    """Uploads of a batch by state."""

    total: int = 0
    queued: int = 0
    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    duplicate: int = 0


class BatchItem(Wire):
    """A batch in a list."""

    id: int
    created_at: datetime
    updated_at: datetime
    edit_group_id: str | None = None
    username: str
    userid: str
    stats: BatchStats
    paused: bool | None = None
    done_at: datetime | None = None


class Creator(Wire):
    """Who took a picture."""

    id: str
    username: str
    profile_url: str


class GeoLocation(Wire):
    """Where the camera stood; `located: false` where nobody knows."""

    latitude: float
    longitude: float
    compass_angle: float | None = None
    accuracy: int | None = None
    city: str | None = None
    county: str | None = None
    state: str | None = None
    country: str | None = None
    country_code: str | None = None
    postcode: str | None = None
    located: bool | None = None


class Dates(Wire):
    """When a picture was taken."""

    taken: datetime


class Urls(Wire):
    """A picture's addresses."""

    url: str
    original: str
    preview: str
    thumbnail: str


class Dimensions(Wire):
    """In pixels."""

    width: int
    height: int


class Camera(Wire):
    """What took a picture."""

    make: str | None = None
    model: str | None = None
    is_pano: bool


class ExistingFile(Wire):
    """A file that Commons holds already."""

    url: str


class MediaImage(Wire):
    """A picture that a source offers."""

    id: str
    title: str
    dates: Dates
    creator: Creator
    location: GeoLocation
    urls: Urls
    dimensions: Dimensions
    camera: Camera
    existing: tuple[ExistingFile, ...]
    description: str | None = None
    license: str | None = None
    tags: tuple[str, ...] | None = None


class Problem(Wire):
    """A picture that cannot be used, and why."""

    id: str
    message: str


class PresetItem(Wire):
    """A contributor's template for the texts of a batch."""

    id: int
    title: str
    title_template: str
    labels: Label | None = None
    categories: str | None = None
    exclude_from_date_category: bool
    handler: str
    is_default: bool
    created_at: datetime
    updated_at: datetime


class HistoryEvent(Wire):
    """Something that happened to an upload. `attempt` counts from 1, 0 before the first; `kind`
    names what it was, `what` says it in words; `step` is the upload's step and `code` the wiki's
    or the source's own code, where there is one; `until` is when a wait ends, or when what went
    wrong is tried again."""

    at: datetime
    attempt: int
    kind: str
    what: str
    step: str | None = None
    code: str | None = None
    until: datetime | None = None
