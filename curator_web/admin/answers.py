"""What administrators can have done; all of it runs in worker threads."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from curator_core.application import Application
from curator_core.domain.ids import UploadId
from curator_core.use_cases.retry_uploads import Retried
from curator_web.admin.requests import Chosen, Retry
from curator_web.protocol import mapping
from curator_web.visitor import Visitor

log = structlog.get_logger("curator.web")

Answer = dict[str, int | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An administrator, and what can be done for them."""

    application: Application
    visitor: Visitor


def cancel(office: Office, asked: Chosen) -> Answer:
    """Those that are unfinished end."""
    stopped = office.application.stop_uploads.cancel(office.visitor.actor, _ids(asked.ids))
    _note(office, "uploads cancelled", stopped.count)
    return {"cancelled_count": stopped.count}


def fail(office: Office, asked: Chosen) -> Answer:
    """The same, as failed ones."""
    stopped = office.application.stop_uploads.fail(office.visitor.actor, _ids(asked.ids))
    _note(office, "uploads marked as failed", stopped.count)
    return {"failed_count": stopped.count}


def retry(office: Office, asked: Retry) -> Answer:
    """Copies of those that failed or were cancelled, in a batch of the administrator's."""
    outcome = office.application.retry_uploads.as_administrator(
        actor=office.visitor.actor,
        token=office.visitor.token,
        uploads=_ids(asked.upload_ids),
        changes=mapping.changes(asked.changes),
    )
    requested = len(asked.upload_ids)
    if not isinstance(outcome, Retried):
        return _retried(outcome.reason, 0, requested, None)
    _note(office, "uploads retried", outcome.count)
    message = f"Retrying {outcome.count} of {requested} uploads in batch {outcome.batch_id}."
    return _retried(message, outcome.count, requested, outcome.batch_id)


def _retried(message: str, count: int, requested: int, batch_id: int | None) -> Answer:
    return {
        "message": message,
        "retried_count": count,
        "requested_count": requested,
        "new_batch_id": batch_id,
    }


def _ids(sent: tuple[int, ...]) -> list[UploadId]:
    return [UploadId(each) for each in sent]


def _note(office: Office, event: str, count: int) -> None:
    log.info(event, count=count, by=office.visitor.user.username)
