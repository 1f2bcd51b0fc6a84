"""What clients send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from curator_core.domain.upload import UploadStatus
from curator_web.protocol.chosen import Changes, ChosenIds
from curator_web.protocol.shapes import (
    Asked,
    DatabaseId,
    LargeId,
    OneLabel,
    Text,
    UploadItem,
    Whole,
    Wire,
)

Handler = Annotated[str, Field(min_length=1, max_length=255)]

MAX_PAGE = 100_000
MAX_LIMIT = 500

PageNumber = Annotated[Whole, Field(ge=1, le=MAX_PAGE)]
Limit = Annotated[Whole, Field(ge=1, le=MAX_LIMIT)]


def _none_where_empty(value: object) -> object:
    return None if value == "" else value


Filter = Annotated[str | None, Field(max_length=255), BeforeValidator(_none_where_empty)]
"""What a list is narrowed to; an empty text counts as absent."""

OneStatus = Annotated[UploadStatus | None, BeforeValidator(_none_where_empty)]
"""Uploads in this state; an empty text counts as absent."""


class FetchImages(Wire):
    """Asks what stands at an address."""

    type: Literal["FETCH_IMAGES"]
    data: Annotated[str, Field(max_length=2000)]
    handler: Handler


class CreateBatch(Wire):
    """Starts a batch."""

    type: Literal["CREATE_BATCH"]


class SliceData(Asked):
    """Some pictures for a batch."""

    batchid: DatabaseId
    sliceid: LargeId
    items: tuple[UploadItem, ...]
    handler: Handler = "mapillary"


class UploadSlice(Wire):
    """Adds pictures to a batch."""

    type: Literal["UPLOAD_SLICE"]
    data: SliceData


class SubscribeBatch(Wire):
    """Wants to be told of a batch's changes."""

    type: Literal["SUBSCRIBE_BATCH"]
    data: DatabaseId


class UnsubscribeBatch(Wire):
    """Wants to hear no more."""

    type: Literal["UNSUBSCRIBE_BATCH"]


class FetchBatchUploads(Wire):
    """Asks for a batch and its uploads."""

    type: Literal["FETCH_BATCH_UPLOADS"]
    data: DatabaseId


class RetryUploads(Wire):
    """Wants what failed of a batch tried again."""

    type: Literal["RETRY_UPLOADS"]
    data: DatabaseId


class SelectedData(Asked):
    """Some of a batch's uploads, or all; and what their copies are to have instead."""

    batchid: DatabaseId
    upload_ids: ChosenIds | None = None
    changes: Changes | None = None


class RetryUploadsSelected(Wire):
    """The same for chosen ones, corrected."""

    type: Literal["RETRY_UPLOADS_SELECTED"]
    data: SelectedData


class CancelBatch(Wire):
    """Wants the rest of a batch not to be uploaded."""

    type: Literal["CANCEL_BATCH"]
    data: DatabaseId


class PauseBatch(Wire):
    """Wants a batch to wait."""

    type: Literal["PAUSE_BATCH"]
    data: DatabaseId


class ResumeBatch(Wire):
    """Wants it to go on."""

    type: Literal["RESUME_BATCH"]
    data: DatabaseId


class UploadData(Asked):
    """Pictures for a batch of their own."""

    items: tuple[UploadItem, ...]
    handler: Handler = "mapillary"


class UploadInOne(Wire):
    """Starts a batch with all of its pictures."""

    type: Literal["UPLOAD"]
    data: UploadData


class BatchesPage(Asked):
    """Which part of which batches."""

    page: PageNumber = 1
    limit: Limit = 100
    userid: Filter = None
    filter: Filter = None


class FetchBatches(Wire):
    """Asks for a page of all batches; of the first one the changes too."""

    type: Literal["FETCH_BATCHES"]
    data: BatchesPage


class ListedBatches(Asked):
    """Which batches."""

    filter: Filter = None
    userid: Filter = None


class SubscribeBatchesList(Wire):
    """Asks for the newest batches and their changes."""

    type: Literal["SUBSCRIBE_BATCHES_LIST"]
    data: ListedBatches


class UnsubscribeBatchesList(Wire):
    """Wants to hear no more of the list."""

    type: Literal["UNSUBSCRIBE_BATCHES_LIST"]


class UploadsPage(Asked):
    """Which part of a batch: what follows the upload `after`, by id."""

    batchid: DatabaseId
    after: DatabaseId | None = None
    limit: Limit = 200
    status: OneStatus = None


class FetchBatchUploadsPage(Wire):
    """Asks for a part of a batch's uploads."""

    type: Literal["FETCH_BATCH_UPLOADS_PAGE"]
    data: UploadsPage


class FetchUploadHistory(Wire):
    """Asks what happened to an upload."""

    type: Literal["FETCH_UPLOAD_HISTORY"]
    data: DatabaseId


class CheckedData(Wire):
    """Pictures that somebody means to upload."""

    items: tuple[UploadItem, ...]
    handler: Handler


class CheckBatch(Wire):
    """Asks what would become of these pictures."""

    type: Literal["CHECK_BATCH"]
    data: CheckedData


class OfHandler(Wire):
    """For which source."""

    handler: Handler


class FetchPresets(Wire):
    """Asks for the visitor's own presets."""

    type: Literal["FETCH_PRESETS"]
    data: OfHandler


class PresetData(Asked):
    """A preset, a known one with its id."""

    preset_id: DatabaseId | None = None
    title: Text
    title_template: Text
    labels: OneLabel = None
    categories: Text | None = None
    exclude_from_date_category: bool = False
    is_default: bool = False
    handler: Handler


class SavePreset(Wire):
    """Wants a preset kept."""

    type: Literal["SAVE_PRESET"]
    data: PresetData


class ChosenPreset(Wire):
    """One of them."""

    preset_id: DatabaseId


class DeletePreset(Wire):
    """Wants a preset gone."""

    type: Literal["DELETE_PRESET"]
    data: ChosenPreset


class Titles(Wire):
    """Pages of the wiki."""

    titles: tuple[Text, ...]


class CheckCategoriesDeleted(Wire):
    """Asks which of these were deleted before."""

    type: Literal["CHECK_CATEGORIES_DELETED"]
    data: Titles


class NewCategory(Asked):
    """A category, and the item that it is about."""

    title: Text
    text: Text
    wikidata_qid: Text | None = None


class CreateCategory(Wire):
    """Wants a category's page made."""

    type: Literal["CREATE_CATEGORY"]
    data: NewCategory


class FetchRedlinks(Wire):
    """Asks for links to categories that have no page."""

    type: Literal["FETCH_REDLINKS"]


class WantedPage(Asked):
    """Which part of the list."""

    offset: Annotated[Whole, Field(ge=0, lt=2**31)] = 0
    filter: Filter = None


class FetchWantedCategories(Wire):
    """Asks for categories that are used and have no page."""

    type: Literal["FETCH_WANTED_CATEGORIES"]
    data: WantedPage


class Recategorized(Wire):
    """From where to where."""

    source: Text
    target: Text


class RecategorizeFiles(Wire):
    """Wants a category's files in another one."""

    type: Literal["RECATEGORIZE_FILES"]
    data: Recategorized


ClientMessage = (
    FetchImages
    | CreateBatch
    | UploadSlice
    | UploadInOne
    | SubscribeBatch
    | UnsubscribeBatch
    | FetchBatches
    | SubscribeBatchesList
    | UnsubscribeBatchesList
    | FetchBatchUploads
    | FetchBatchUploadsPage
    | FetchUploadHistory
    | RetryUploads
    | RetryUploadsSelected
    | CancelBatch
    | PauseBatch
    | ResumeBatch
    | CheckBatch
    | FetchPresets
    | SavePreset
    | DeletePreset
    | CheckCategoriesDeleted
    | CreateCategory
    | FetchRedlinks
    | FetchWantedCategories
    | RecategorizeFiles
)
