"""What administrators can have done; all of it runs in worker threads."""

from __future__ import annotations

from http import HTTPStatus

from curator_core.domain.ids import UploadId
from curator_core.use_cases.correct_upload import (
    CannotBeSo,
    Corrected,
    Correction,
    NoSuchUpload,
    Started,
)
from curator_core.use_cases.ownership import Refused
from curator_core.use_cases.retry_uploads import Retried
from curator_web.admin.office import Asked, Declined, Office
from curator_web.admin.requests import unfit
from curator_web.protocol import mapping
from curator_web.protocol.administration import (
    CancelledCount,
    Chosen,
    FailedCount,
    RetriedAnswer,
    Retry,
    Said,
    UploadCorrection,
)


def cancel(office: Office, asked: Asked) -> CancelledCount:
    """Those that are unfinished end."""
    chosen: Chosen = asked.body
    stopped = office.application.stop_uploads.cancel(office.visitor.actor, _ids(chosen.ids))
    office.note("uploads cancelled", count=stopped.count)
    return CancelledCount(cancelled_count=stopped.count)


def fail(office: Office, asked: Asked) -> FailedCount:
    """The same, as failed ones."""
    chosen: Chosen = asked.body
    stopped = office.application.stop_uploads.fail(office.visitor.actor, _ids(chosen.ids))
    office.note("uploads marked as failed", count=stopped.count)
    return FailedCount(failed_count=stopped.count)


def retry(office: Office, asked: Asked) -> RetriedAnswer:
    """Copies of those that failed or were cancelled, in a batch of the administrator's."""
    wanted: Retry = asked.body
    outcome = office.application.retry_uploads.as_administrator(
        actor=office.visitor.actor,
        token=office.visitor.token,
        uploads=_ids(wanted.upload_ids),
        changes=mapping.changes(wanted.changes),
    )
    requested = len(wanted.upload_ids)
    if not isinstance(outcome, Retried):
        return RetriedAnswer(
            message=outcome.reason, retried_count=0, requested_count=requested, new_batch_id=None
        )
    office.note("uploads retried", count=outcome.count)
    return RetriedAnswer(
        message=f"Retrying {outcome.count} of {requested} uploads in batch {outcome.batch_id}.",
        retried_count=outcome.count,
        requested_count=requested,
        new_batch_id=outcome.batch_id,
    )


def correct(office: Office, asked: Asked) -> Said:
    """An upload that has not started is different from now on."""
    sent: UploadCorrection = asked.body
    given = sent.model_fields_set
    if not given:
        raise unfit(("body",), "Nothing is to be different.", "missing")
    upload_id = UploadId(asked.path["id"])
    outcome = office.application.correct_upload(office.visitor.actor, upload_id, _correction(sent))
    match outcome:
        case Corrected():
            office.note("upload corrected", upload=upload_id, fields=sorted(given))
            return Said(message=f"Upload {upload_id} is corrected.")
        case NoSuchUpload():
            raise Declined(HTTPStatus.NOT_FOUND, f"There is no upload {upload_id}.")
        case Started():
            told = f"Upload {upload_id} has begun, or has ended: it can be changed no more."
            raise Declined(HTTPStatus.CONFLICT, told)
        case CannotBeSo(reason=reason):
            # One cell at a time is corrected, as a rule.
            place = ("body", *given) if len(given) == 1 else ("body",)
            raise unfit(place, reason)
        case Refused(reason=reason):
            raise Declined(HTTPStatus.FORBIDDEN, reason)


def _correction(sent: UploadCorrection) -> Correction:
    given = sent.model_fields_set
    label = sent.labels
    return Correction(
        filename=sent.filename if "filename" in given else None,
        wikitext=sent.wikitext if "wikitext" in given else None,
        label=((label.language, label.value) if label else ()) if "labels" in given else None,
        copyright_override=sent.copyright_override if "copyright_override" in given else None,
        collection=sent.collection if "collection" in given else None,
        image_id=sent.key if "key" in given else None,
    )


def _ids(sent: tuple[int, ...]) -> list[UploadId]:
    return [UploadId(each) for each in sent]
