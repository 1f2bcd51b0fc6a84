"""What administrators look through; all of it runs in worker threads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from curator_core.ports.reports import (
    FailedBatch,
    FailureFilter,
    Page,
    UploadFilter,
    UploadReport,
)
from curator_web.admin.office import Asked, Office
from curator_web.protocol import mapping
from curator_web.protocol.administration import (
    AdminPresetItem,
    AdminUploadItem,
    AdminUploadListing,
    BatchListing,
    FailedBatchItem,
    FailedUploadItem,
    FailureItem,
    FailureListing,
    FailureListingAnswer,
    Listing,
    Owner,
    PresetListing,
    UploadListing,
    UserItem,
    UserListing,
)
from curator_web.protocol.preset_mapping import preset_item


def batches(office: Office, asked: Asked) -> BatchListing:
    """All batches."""
    which: Listing = asked.query
    found = office.application.browse_lists.batches(_page(which), text=which.filter_text)
    return BatchListing(
        items=tuple(mapping.batch_item(each) for each in found.items), total=found.total
    )


def users(office: Office, asked: Asked) -> UserListing:
    """Everybody who logged in."""
    which: Listing = asked.query
    found = office.application.browse_lists.users(_page(which), text=which.filter_text)
    items = tuple(
        UserItem(
            userid=each.id,
            username=each.username,
            created_at=each.created_at,
            updated_at=each.updated_at,
        )
        for each in found.items
    )
    return UserListing(items=items, total=found.total)


def uploads(office: Office, asked: Asked) -> AdminUploadListing:
    """Uploads of all batches."""
    which: UploadListing = asked.query
    found = office.application.browse_lists.uploads(
        _page(which),
        UploadFilter(
            text=which.filter_text,
            statuses=frozenset(which.status),
            since=_midnight(which.date_from),
            until=_midnight(which.date_to, days=1),
        ),
    )
    return AdminUploadListing(
        items=tuple(_upload_item(each) for each in found.items), total=found.total
    )


def presets(office: Office, asked: Asked) -> PresetListing:
    """Everybody's presets."""
    which: Listing = asked.query
    found = office.application.browse_lists.presets(_page(which), text=which.filter_text)
    items = tuple(
        AdminPresetItem(**dict(preset_item(each)), userid=each.user_id) for each in found.items
    )
    return PresetListing(items=items, total=found.total)


def failures(office: Office, asked: Asked) -> FailureListingAnswer:
    """Failed uploads by batch."""
    which: FailureListing = asked.query
    found = office.application.browse_lists.failures(
        _page(which),
        FailureFilter(text=which.search_text, error_type=which.error_type, handler=which.handler),
        which.sort_by,
    )
    return FailureListingAnswer(
        items=tuple(_failure_item(each) for each in found.items), total=found.total
    )


def _page(which: Listing | FailureListing) -> Page:
    return Page(number=which.page, limit=which.limit)


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """The beginning of a UTC day, or of one so many days later."""
    if day is None:
        return None
    try:
        return datetime.combine(day, time(), UTC) + timedelta(days=days)
    except OverflowError:
        # The last day that there is has no end to compare with.
        return None


def _upload_item(report: UploadReport) -> AdminUploadItem:
    return AdminUploadItem(
        **dict(mapping.upload_item(report)),
        collection=report.collection,
        copyright_override=report.copyright_override,
        celery_task_id=report.message_id,
    )


def _failure_item(found: FailedBatch) -> FailureItem:
    return FailureItem(
        batch=FailedBatchItem(
            id=found.batch_id,
            createdAt=found.created_at,
            editGroupId=found.edit_group_id,
            handler=found.handler,
            failedCount=found.failed_count,
            totalUploads=found.total,
        ),
        user=Owner(username=found.username, userid=found.user_id),
        failedUploads=tuple(
            FailedUploadItem(
                id=each.state.id,
                filename=each.filename,
                handler=each.state.handler,
                status=each.state.status.value,
                error=mapping.structured_error(each.state.failure) if each.state.failure else None,
                createdAt=each.created_at,
                errorType=each.error_type,
            )
            for each in found.uploads
        ),
    )
