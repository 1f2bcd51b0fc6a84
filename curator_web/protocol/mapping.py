"""The core's values as the wire has them, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from curator_core.domain.ids import UploadId
from curator_core.domain.media import ImageProblem, Place
from curator_core.domain.media import MediaImage as OfferedImage
from curator_core.domain.outcome import Failure, FailureType
from curator_core.domain.upload import Upload
from curator_core.ports.reports import BatchReport, UploadReport, UploadState
from curator_core.use_cases.items import Item
from curator_core.use_cases.retry_uploads import Changes
from curator_web.protocol.chosen import UploadChanges
from curator_web.protocol.server import CreatedUpload
from curator_web.protocol.shapes import (
    BatchItem,
    BatchStats,
    BatchUploadItem,
    Camera,
    Creator,
    Dates,
    Dimensions,
    DuplicateError,
    ExistingFile,
    GenericError,
    GeoLocation,
    Label,
    Link,
    MediaImage,
    Problem,
    TitleBlacklistedError,
    UploadItem,
    UploadUpdateItem,
    Urls,
)


def item(sent: UploadItem) -> Item:
    """One picture as the core takes it; the contract's one label is the first caption."""
    return Item(
        id=sent.id,
        collection=sent.input,
        title=sent.title,
        wikitext=sent.wikitext,
        captions=_captions(sent),
        copyright_override=sent.copyright_override,
    )


def changes(sent: Mapping[int, UploadChanges] | None) -> dict[UploadId, Changes]:
    """What is to be different in copies, by the original's id."""
    return {
        UploadId(upload_id): Changes(
            title=change.title,
            wikitext=change.wikitext,
            captions=_captions(change) if _CAPTIONS & change.model_fields_set else None,
        )
        for upload_id, change in (sent or {}).items()
    }


_CAPTIONS = frozenset({"labels", "captions"})


def _captions(sent: UploadItem | UploadChanges) -> tuple[tuple[str, str], ...]:
    labels = [sent.labels] if sent.labels else []
    return tuple((label.language, label.value) for label in (*labels, *(sent.captions or ())))


def structured_error(failure: Failure) -> DuplicateError | TitleBlacklistedError | GenericError:
    """Why an upload did not become a new file."""
    match failure.type:
        case FailureType.ERROR:
            return GenericError(
                type=failure.type,
                message=failure.message,
                code=failure.code or None,
                hint=failure.hint or None,
                retryable=failure.retryable,
            )
        case FailureType.TITLE_BLACKLISTED:
            return TitleBlacklistedError(
                type=failure.type,
                message=failure.message,
                code=failure.code or None,
                hint=failure.hint or None,
                retryable=failure.retryable,
            )
        case _:
            return DuplicateError(
                type=failure.type,
                message=failure.message,
                links=tuple(Link(title=link.title, url=link.url) for link in failure.links),
                code=failure.code or None,
                hint=failure.hint or None,
                retryable=failure.retryable,
            )


def update_item(state: UploadState) -> UploadUpdateItem:
    """An upload in a watcher's list."""
    return UploadUpdateItem(
        id=state.id,
        batchid=state.batch_id,
        status=state.status.value,
        key=state.image_id,
        error=structured_error(state.failure) if state.failure else None,
        success=state.success,
        handler=state.handler,
    )


def upload_item(report: UploadReport) -> BatchUploadItem:
    """An upload with all that a list shows."""
    state = report.state
    labels = tuple(Label(language=each.language, value=each.text) for each in report.captions)
    return BatchUploadItem(
        id=state.id,
        status=state.status.value,
        filename=report.filename,
        wikitext=report.wikitext,
        batchid=state.batch_id,
        userid=report.user_id,
        key=state.image_id,
        handler=state.handler,
        labels=labels[0] if labels else None,
        result=report.result,
        error=structured_error(state.failure) if state.failure else None,
        success=state.success,
        created_at=report.created_at,
        updated_at=report.updated_at,
        image_id=state.image_id,
        captions=labels[1:] or None,
        publish_at=report.publish_at,
    )


def created_upload(upload: Upload) -> CreatedUpload:
    """An upload of a batch that was made in one go."""
    return CreatedUpload(
        id=upload.id,
        status=upload.status.value,
        image_id=upload.image_id,
        input=upload.collection,
        batchid=upload.batch_id,
    )


def batch_item(report: BatchReport) -> BatchItem:
    """A batch with its counts."""
    stats = report.stats
    return BatchItem(
        id=report.id,
        created_at=report.created_at,
        updated_at=report.updated_at,
        edit_group_id=report.edit_group_id,
        username=report.username,
        userid=report.user_id,
        stats=BatchStats(
            total=stats.total,
            queued=stats.queued,
            in_progress=stats.in_progress,
            completed=stats.completed,
            failed=stats.failed,
            cancelled=stats.cancelled,
            duplicate=stats.duplicate,
        ),
        paused=report.paused,
        done_at=report.done_at,
    )


def media_image(image: OfferedImage) -> MediaImage:
    """A picture that a source offers."""
    return MediaImage(
        id=image.id,
        title=image.title,
        dates=Dates(taken=image.taken),
        creator=creator(image),
        location=_location(image.place),
        urls=Urls(
            url=image.addresses.page,
            original=image.addresses.original,
            preview=image.addresses.preview,
            thumbnail=image.addresses.thumbnail,
        ),
        dimensions=Dimensions(width=image.width, height=image.height),
        camera=Camera(
            make=image.camera.make, model=image.camera.model, is_pano=image.camera.is_pano
        ),
        existing=tuple(ExistingFile(url=url) for url in image.existing),
        description=image.description,
        license=image.license,
        tags=image.tags or None,
    )


def creator(image: OfferedImage) -> Creator:
    """Who took it."""
    taker = image.creator
    return Creator(id=taker.id, username=taker.username, profile_url=taker.profile_url)


def problems(found: Iterable[ImageProblem]) -> tuple[Problem, ...] | None:
    """The pictures that cannot be used; None where there is none."""
    return tuple(Problem(id=each.image_id, message=each.message) for each in found) or None


def _location(place: Place | None) -> GeoLocation:
    if place is None:
        return GeoLocation(latitude=0, longitude=0, located=False)
    return GeoLocation(
        latitude=place.latitude, longitude=place.longitude, compass_angle=place.compass_angle
    )
