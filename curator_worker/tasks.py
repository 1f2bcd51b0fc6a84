"""What a worker does when it is woken up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import structlog
from structlog.contextvars import bound_contextvars

from curator_core.application import Application
from curator_core.domain.errors import Interrupted, LeaseLost, ServiceDown
from curator_core.domain.ids import UploadId
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.recover_queue import Recovered
from curator_core.use_cases.sessions import SessionState

log = structlog.get_logger("curator.worker")


@dataclass(frozen=True, slots=True)
class Tasks:
    """The bodies of the Celery tasks: each decodes, calls one use case and obeys its outcome.

    None raises: the database is the truth, so that a message that led to nothing is not worth
    another delivery. Nothing is begun once `stopping` is set, and what is under way goes back to
    the queue at its next safe point.
    """

    application: Application
    stopping: Event = field(default_factory=Event)
    _nothing_dispatched: Event = field(default_factory=Event)

    def process_upload(self, upload_id: int) -> None:
        """Carries one upload out, if it can be claimed; then looks for the next."""
        if self.stopping.is_set():
            return
        with bound_contextvars(upload_id=upload_id):
            try:
                attempt = self.application.process_upload.start(UploadId(upload_id))
            except ServiceDown as down:
                log.warning("upload not started", service=down.service, reason=down.detail)
                return
            if attempt is None:
                log.debug("nothing to claim")
                return
            with bound_contextvars(
                batch_id=attempt.upload.batch_id, user_id=attempt.upload.user_id
            ):
                attempt.heed(self.stopping.is_set)
                log.info("upload started", title=attempt.upload.filename)
                self._carry_out(attempt)
        if not self.stopping.is_set():
            self.dispatch()

    def dispatch(self) -> None:
        """Hands out what is due."""
        try:
            done = self.application.dispatch_due_uploads()
        except ServiceDown as down:
            # Once, not in every round of a long outage.
            if not self._nothing_dispatched.is_set():
                self._nothing_dispatched.set()
                log.warning("nothing dispatched", service=down.service, reason=down.detail)
            return
        if self._nothing_dispatched.is_set():
            self._nothing_dispatched.clear()
            log.info("dispatching again")
        if done.rescued:
            log.warning("uploads rescued from silent workers", count=done.rescued)
        if done.sent:
            log.debug("uploads dispatched", count=done.sent)

    def recover(self) -> None:
        """Where Redis lost everything, what it forgot gets its place again."""
        if self.stopping.is_set():
            return
        try:
            recovered = self.application.recover_queue.if_redis_forgot()
        except Interrupted:
            return
        except ServiceDown as down:
            # Mostly the dispatcher is told the same, and tells it once.
            log.debug("queue not recovered", service=down.service, reason=down.detail)
            return
        if recovered is not None:
            _tell(recovered)

    def _carry_out(self, attempt: Attempt) -> None:
        process = self.application.process_upload
        try:
            try:
                process.carry_out(attempt)
            except Interrupted:
                attempt.requeue(timedelta(0), "another worker")
            except (LeaseLost, ServiceDown):
                raise
            except Exception as surprise:
                log.exception("something unforeseen")
                process.surprised(attempt, surprise)
        except LeaseLost:
            log.warning("lease lost; somebody else goes on with this upload")
            return
        except ServiceDown as down:
            self._give_back(attempt, down)
            return
        upload = attempt.upload
        if upload.status.is_final:
            failure = upload.failure
            error = {"error": failure.message} if failure else {}
            log.info("upload ended", status=upload.status.value, url=upload.success, **error)
        else:
            log.info("upload waits", until=str(upload.not_before), waits_for=attempt.waits_for)

    def _give_back(self, attempt: Attempt, down: ServiceDown) -> None:
        """What a moment's outage stopped need not wait for its lease, nor count as an attempt."""
        try:
            attempt.give_back(str(down))
        except (LeaseLost, ServiceDown):
            log.warning("upload left to its lease", service=down.service, reason=down.detail)
        else:
            log.warning("upload given back", service=down.service, reason=down.detail)


def _tell(recovered: Recovered) -> None:
    log.info("queue recovered, since Redis had lost it", groups=len(recovered.groups))
    for each in recovered.groups:
        checked = each.state is not SessionState.UNKNOWN
        tell = log.info if checked else log.warning
        tell(
            "waiting uploads checked" if checked else "waiting uploads could not be checked",
            user_id=each.group.user_id,
            edit_group=each.group.edit_group_id,
            count=each.group.count,
            session=each.state.value,
            reason=each.reason,
        )
