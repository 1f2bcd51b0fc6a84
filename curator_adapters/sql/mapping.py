"""Rows to the core's values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from curator_adapters.sql.tables import BatchRow, GateRow, UploadRow
from curator_core.domain.batch import Batch
from curator_core.domain.breaker import Gate, Scope
from curator_core.domain.caption import Caption
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.error_type import error_type_of
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import (
    BatchId,
    EditGroupId,
    FileKey,
    ImageId,
    LeaseToken,
    SealedToken,
    Sha1,
    SliceId,
    TokenPrint,
    UploadId,
    UserId,
)
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import Lease, NewUpload, Stop, Upload, UploadStatus

_NO_REASON = "The upload failed; no reason was kept."


def batch_of(row: BatchRow) -> Batch:
    """The batch that `row` stores."""
    return Batch(
        id=BatchId(row.id),
        user_id=UserId(row.userid),
        edit_group_id=EditGroupId(row.edit_group_id) if row.edit_group_id else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        paused=row.paused,
        retry_of=None if row.retry_of is None else BatchId(row.retry_of),
    )


def upload_of(row: UploadRow) -> Upload:
    """The upload that `row` stores, also where an older release wrote it."""
    status = UploadStatus(row.status)
    lease = None
    if status is UploadStatus.IN_PROGRESS:
        lease = Lease(
            token=LeaseToken(row.lease_token or ""), until=row.lease_until or row.updated_at
        )
    keeps_token = row.access_token and not status.is_final
    return Upload(
        id=UploadId(row.id),
        batch_id=BatchId(row.batchid),
        user_id=UserId(row.userid),
        image_id=ImageId(row.key),
        handler=row.handler,
        collection=row.collection or "",
        filename=row.filename,
        wikitext=row.wikitext,
        captions=captions_of(row.labels, row.captions),
        copyright_override=row.copyright_override,
        status=status,
        slice_id=None if row.slice_id is None else SliceId(row.slice_id),
        sealed_token=SealedToken(row.access_token or "") if keeps_token else None,
        token_print=None if row.token_print is None else TokenPrint(row.token_print),
        publish_at=row.publish_at,
        not_before=row.not_before,
        lease=lease,
        stop=None if status.is_final else stop_of(row.stop),
        attempts=row.attempts,
        checkpoint=_checkpoint_of(row.checkpoint),
        failure=failure_of(row.error),
        success=row.success,
        retry_of=None if row.retry_of is None else UploadId(row.retry_of),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def new_upload_values(
    new: NewUpload, batch_id: BatchId, slice_id: SliceId | None, now: datetime, lead: timedelta
) -> dict[str, object]:
    """The columns of an upload that was asked for at `now`."""
    failed = new.failure is not None
    publish_at = None if failed or new.wait is None else now + new.wait
    begins = max(now, publish_at - lead) if publish_at else now
    return {
        "batchid": batch_id,
        "userid": new.user_id,
        "status": (UploadStatus.FAILED if failed else UploadStatus.QUEUED).value,
        "key": new.image_id,
        "handler": new.handler,
        "collection": new.collection,
        "access_token": new.sealed_token,
        "token_print": new.token_print,
        "filename": new.filename,
        "wikitext": new.wikitext,
        "copyright_override": new.copyright_override,
        **captions_values(new.captions),
        "error": failure_json(new.failure),
        "error_type": error_type_of(new.failure).value if failed else None,
        "created_at": now,
        "updated_at": now,
        "slice_id": slice_id,
        "publish_at": publish_at,
        "not_before": None if failed else begins,
        "attempts": 0,
        "retry_of": new.retry_of,
    }


def added_upload(new: NewUpload, values: Mapping[str, Any], upload_id: int) -> Upload:
    """What `upload_of` makes of the row that these `new_upload_values` became with this id."""
    return Upload(
        id=UploadId(upload_id),
        batch_id=values["batchid"],
        user_id=new.user_id,
        image_id=new.image_id,
        handler=new.handler,
        collection=new.collection,
        filename=new.filename,
        wikitext=new.wikitext,
        captions=new.captions,
        copyright_override=new.copyright_override,
        status=UploadStatus(values["status"]),
        slice_id=values["slice_id"],
        sealed_token=new.sealed_token,
        token_print=new.token_print,
        publish_at=values["publish_at"],
        not_before=values["not_before"],
        failure=new.failure,
        retry_of=new.retry_of,
        created_at=values["created_at"],
        updated_at=values["updated_at"],
    )


def kept_values(upload: Upload) -> dict[str, object]:
    """The columns that an attempt may change, except for the lease and the times."""
    return {
        "status": upload.status.value,
        "access_token": upload.sealed_token,
        "publish_at": upload.publish_at,
        "attempts": upload.attempts,
        "checkpoint": checkpoint_json(upload.checkpoint),
        "error": failure_json(upload.failure),
        "error_type": error_type_value(upload.status, upload.failure),
        "success": upload.success,
    }


def captions_values(captions: Sequence[Caption]) -> dict[str, object]:
    """The columns of an upload's captions: the first one, and the rest."""
    return {
        "labels": label_json(captions[0]) if captions else None,
        "captions": [label_json(caption) for caption in captions[1:]] or None,
    }


def captions_of(first: object, rest: object) -> tuple[Caption, ...]:
    """Captions as stored; what no wiki would take (older releases kept it) is left out."""
    stored = [first, *(rest if isinstance(rest, list) else [])]
    captions = []
    for each in stored:
        if isinstance(each, Mapping):
            try:
                captions.append(Caption(language=str(each["language"]), text=str(each["value"])))
            except (KeyError, ValueError):
                continue
    return tuple(captions)


def failure_of(stored: object) -> Failure | None:
    """A failure as stored; one without a known `type` is read as `error`."""
    if stored is None:
        return None
    error: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {"message": stored}
    kinds = {each.value: each for each in FailureType}
    links: Sequence[object] = error.get("links") or ()
    return Failure(
        type=kinds.get(str(error.get("type")), FailureType.ERROR),
        message=str(error.get("message") or _NO_REASON),
        links=tuple(
            FileLink(title=str(link.get("title", "")), url=str(link.get("url", "")))
            for link in links
            if isinstance(link, Mapping)
        ),
        code=str(error.get("code", "")),
        raw_code=str(error.get("raw_code", "")),
        hint=str(error.get("hint", "")),
        retryable=bool(error.get("retryable", False)),
    )


def failure_json(failure: Failure | None) -> dict[str, object] | None:
    """A failure in the wire's shape, with what is ours beside it where it says something."""
    if failure is None:
        return None
    error: dict[str, object] = {"type": failure.type.value, "message": failure.message}
    if failure.links or failure.type.value.startswith("duplicate"):
        error["links"] = [{"title": link.title, "url": link.url} for link in failure.links]
    for name in ("code", "raw_code", "hint"):
        if getattr(failure, name):
            error[name] = getattr(failure, name)
    error["retryable"] = failure.retryable
    return error


def error_type_value(status: UploadStatus, failure: Failure | None) -> str | None:
    """What an upload in this state is listed under: failed ones only."""
    return error_type_of(failure).value if status is UploadStatus.FAILED else None


def gate_of(row: GateRow) -> Gate:
    """The gate that `row` stores."""
    return Gate(
        kind=FaultKind(row.kind),
        scope=Scope(row.scope),
        subject=row.subject,
        strikes=row.strikes,
        reason=row.reason,
        closed_at=row.closed_at,
        probe_at=row.probe_at,
        probing=None if row.probing is None else UploadId(row.probing),
    )


def stop_of(stored: object) -> Stop | None:
    """An ending that was asked for, as stored."""
    if not isinstance(stored, Mapping):
        return None
    return Stop(failure=failure_of(stored.get("failure")))


def stop_json(stop: Stop) -> dict[str, object]:
    """An ending that was asked for: nothing more is said of one that is no failure."""
    return {} if stop.failure is None else {"failure": failure_json(stop.failure)}


def label_json(caption: Caption) -> dict[str, str]:
    """A caption as stored."""
    return {"language": caption.language, "value": caption.text}


def checkpoint_json(checkpoint: Checkpoint) -> dict[str, object] | None:
    """A checkpoint as stored: what it does not say is left out."""
    if checkpoint == Checkpoint():
        return None
    begun, sent = checkpoint.publish_begun, checkpoint.publish_sent
    kept: dict[str, object | None] = {
        "sha1": checkpoint.sha1,
        "size": checkpoint.size,
        "file_key": checkpoint.file_key,
        "offset": checkpoint.offset or None,
        "assembled": checkpoint.assembled or None,
        "publish_begun": begun.astimezone(UTC).isoformat() if begun else None,
        "publish_sent": sent.astimezone(UTC).isoformat() if sent else None,
        "published_title": checkpoint.published_title,
        "published_url": checkpoint.published_url,
        "requeues": dict(checkpoint.requeues) or None,
    }
    return {name: value for name, value in kept.items() if value is not None}


def _checkpoint_of(stored: Mapping[str, Any] | None) -> Checkpoint:
    if not stored:
        return Checkpoint()
    begun, sent = stored.get("publish_begun"), stored.get("publish_sent")
    sha1, key = stored.get("sha1"), stored.get("file_key")
    return Checkpoint(
        sha1=Sha1(sha1) if sha1 else None,
        size=stored.get("size"),
        file_key=FileKey(key) if key else None,
        offset=stored.get("offset", 0),
        assembled=stored.get("assembled", False),
        publish_begun=datetime.fromisoformat(begun) if begun else None,
        publish_sent=datetime.fromisoformat(sent) if sent else None,
        published_title=stored.get("published_title"),
        published_url=stored.get("published_url"),
        requeues=tuple(sorted(stored.get("requeues", {}).items())),
    )
