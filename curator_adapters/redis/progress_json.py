"""Uploads' states as one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from curator_core.domain.ids import BatchId, ImageId, UploadId
from curator_core.domain.outcome import Failure, FailureType, FileLink
from curator_core.domain.upload import UploadStatus
from curator_core.ports.progress import BatchTouched
from curator_core.ports.reports import UploadState


def encoded(states: Sequence[UploadState]) -> str:
    """`states`, at least one, as JSON; what is missing is left out.

    One alone is no list of one: a release that knows no lists still reads it.
    """
    messages = [_message(state) for state in states]
    return json.dumps(messages if len(messages) > 1 else messages[0], separators=(",", ":"))


def encoded_touch(batch_id: BatchId) -> str:
    """That a batch itself changed, as JSON."""
    return json.dumps({"touched": batch_id}, separators=(",", ":"))


def decoded(message: object) -> tuple[UploadState | BatchTouched, ...]:
    """What `encoded` or `encoded_touch` wrote, at least one; fields of a newer release are passed
    over.

    Raises `ValueError`, `KeyError` or `TypeError` for anything else.
    """
    if not isinstance(message, bytes):
        raise TypeError("a message is bytes")
    read = json.loads(message)
    states = tuple(_change(each) for each in (read if isinstance(read, list) else [read]))
    if not states:
        raise ValueError("a message holds at least one state")
    return states


def _message(state: UploadState) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": state.id,
        "batch": state.batch_id,
        "status": state.status.value,
        "image": state.image_id,
        "handler": state.handler,
    }
    if state.failure is not None:
        message["failure"] = _failure(state.failure)
    if state.success is not None:
        message["success"] = state.success
    return message


def _change(read: Any) -> UploadState | BatchTouched:
    if isinstance(read, dict) and "touched" in read:
        return BatchTouched(BatchId(int(read["touched"])))
    return _state(read)


def _state(read: Any) -> UploadState:
    failure = read.get("failure") if isinstance(read, dict) else None
    return UploadState(
        id=UploadId(int(read["id"])),
        batch_id=BatchId(int(read["batch"])),
        status=UploadStatus(read["status"]),
        image_id=ImageId(read["image"]),
        handler=read["handler"],
        failure=None if failure is None else _read_failure(failure),
        success=read.get("success"),
    )


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "type": failure.type.value,
        "message": failure.message,
        "links": [[link.title, link.url] for link in failure.links],
        "code": failure.code,
        "raw_code": failure.raw_code,
        "hint": failure.hint,
        "retryable": failure.retryable,
    }


def _read_failure(read: dict[str, Any]) -> Failure:
    return Failure(
        type=FailureType(read["type"]),
        message=read["message"],
        links=tuple(FileLink(title=title, url=url) for title, url in read["links"]),
        code=read["code"],
        raw_code=read["raw_code"],
        hint=read["hint"],
        retryable=read["retryable"],
    )
