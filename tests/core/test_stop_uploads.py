"""Uploads are cancelled, or failed by hand: at once, at a safe point, or never once published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import BatchId, UploadId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import Actor
from curator_core.ports.endings import Stopped
from curator_core.ports.reports import UploadState
from curator_core.use_cases.ownership import Refused
from tests.builders import House, a_house, some_items
from tests.core.fate import Death
from tests.fakes.wiki import fault

SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
_NOW = timedelta(0)


def cancel(house: House, upload_id: UploadId) -> Stopped | Refused:
    return house.app.stop_uploads.cancel_batch(
        Actor(user=house.ada), house.upload(upload_id).batch_id
    )


def while_at(house: House, call: str, *, after: bool = False) -> UploadId:
    """An upload that is cancelled while its worker makes this call."""
    upload_id = house.an_accepted_upload(size=3000)

    def somebody_cancels() -> None:
        cancel(house, upload_id)

    house.fate.strike(call, somebody_cancels, after=after)
    house.work()
    return upload_id


def test_what_waits_is_cancelled_at_once() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    stopped = cancel(house, upload_id)
    assert isinstance(stopped, Stopped)
    assert [state.status for state in stopped.ended] == [UploadStatus.CANCELLED]
    cancelled = house.upload(upload_id)
    assert cancelled.status is UploadStatus.CANCELLED
    assert cancelled.sealed_token is None
    house.work()
    assert house.asked() == ["limits"]


def test_whoever_watches_is_told() -> None:
    house = a_house()
    with house.progress.listen() as changes:
        upload_id = house.an_accepted_upload()
        cancel(house, upload_id)
        told = []
        while (change := changes.next(at_most=_NOW)) is not None:
            if isinstance(change, UploadState):
                told.append(change.status)
    assert told == [UploadStatus.QUEUED, UploadStatus.CANCELLED]


@pytest.mark.parametrize("call", ["image", "fetch", "look", "send"])
def test_what_is_at_work_is_cancelled_at_its_next_safe_point(call: str) -> None:
    house = a_house()
    upload_id = while_at(house, call, after=True)
    cancelled = house.upload(upload_id)
    assert cancelled.status is UploadStatus.CANCELLED
    assert cancelled.sealed_token is None
    assert house.wiki.files == {}
    assert "publish" not in house.asked()
    assert house.database.committed.rights == {}


@pytest.mark.parametrize("call", ["publish", "write", "refresh"])
def test_once_its_publish_step_has_begun_it_goes_on_to_its_end(call: str) -> None:
    house = a_house()
    upload_id = while_at(house, call)
    assert house.upload(upload_id).status is UploadStatus.COMPLETED
    assert set(house.wiki.descriptions) == set(house.wiki.files) != set()


def dies_while_publishing(house: House, *, took: bool) -> UploadId:
    upload_id = house.an_accepted_upload()
    house.fate.strike("publish", _die, after=took)
    with pytest.raises(Death):
        house.work()
    house.clock.advance(house.policy.lease * 2)
    return upload_id


def _die() -> None:
    raise Death


def test_what_may_have_been_published_is_settled_before_it_is_cancelled() -> None:
    house = a_house()
    upload_id = dies_while_publishing(house, took=True)
    house.app.dispatch_due_uploads()
    house.queue.take()
    cancel(house, upload_id)
    assert house.upload(upload_id).status is UploadStatus.QUEUED
    house.clock.advance(house.policy.resend * 2)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_what_turns_out_not_to_be_published_is_cancelled_then() -> None:
    house = a_house()
    upload_id = dies_while_publishing(house, took=False)
    cancel(house, upload_id)
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.CANCELLED
    assert house.wiki.files == {}


def test_what_goes_back_to_the_queue_anyway_is_cancelled_then() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()

    def busy() -> None:
        cancel(house, upload_id)
        raise Faulted(fault(FaultKind.READ_ONLY, "readonly", "Maintenance.").fault)

    house.fate.strike("look", busy)
    house.work()
    assert house.upload(upload_id).status is UploadStatus.CANCELLED


def test_where_nothing_is_left_there_is_nothing_to_cancel() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.work_to_the_end()
    refused = cancel(house, upload_id)
    assert isinstance(refused, Refused)
    assert "left to be cancelled" in refused.reason
    assert house.upload(upload_id).status is UploadStatus.COMPLETED


def test_nobody_cancels_somebody_elses_batch() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    batch_id = house.upload(upload_id).batch_id
    refused = house.app.stop_uploads.cancel_batch(Actor(user=house.grace), batch_id)
    assert isinstance(refused, Refused)
    assert "somebody else's" in refused.reason
    unknown = house.app.stop_uploads.cancel_batch(Actor(user=house.grace), BatchId(99))
    assert unknown == Refused(reason="There is no batch 99.")
    assert house.upload(upload_id).status is UploadStatus.QUEUED


def test_an_administrator_cancels_any_batch() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.app.stop_uploads.cancel_batch(
        Actor(user=house.grace, administers=True), house.upload(upload_id).batch_id
    )
    assert house.upload(upload_id).status is UploadStatus.CANCELLED


Bulk = Callable[[House, Actor, UploadId], Stopped]


def _cancelled(house: House, actor: Actor, upload_id: UploadId) -> Stopped:
    return house.app.stop_uploads.cancel(actor, [upload_id])


def _failed(house: House, actor: Actor, upload_id: UploadId) -> Stopped:
    return house.app.stop_uploads.fail(actor, [upload_id])


@pytest.mark.parametrize("bulk", [_cancelled, _failed])
def test_chosen_uploads_are_stopped_only_by_whom_they_belong_to_or_an_administrator(
    bulk: Bulk,
) -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    assert bulk(house, Actor(user=house.grace), upload_id).count == 0
    assert house.upload(upload_id).status is UploadStatus.QUEUED
    assert bulk(house, Actor(user=house.grace, administers=True), upload_id).count == 1
    assert house.upload(upload_id).status.is_final


def test_what_is_failed_by_hand_says_so_and_can_be_retried() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    _failed(house, Actor(user=house.ada), upload_id)
    failure = house.upload(upload_id).failure
    assert failure is not None
    assert failure.message == "Manually marked as failed"
    assert failure.retryable


def test_finished_uploads_are_left_alone() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.work_to_the_end()
    done = house.upload(upload_id)
    assert _failed(house, Actor(user=house.ada), upload_id).count == 0
    assert house.upload(upload_id) == done


def test_what_the_user_has_left_moves_up() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    first, second = house.a_batch(), house.a_batch()
    house.add(first, *some_items(100))
    house.add(second, *some_items(1, first=500))
    (waiting,) = house.uploads(second)
    assert waiting.publish_at is not None
    assert (waiting.publish_at - house.clock.now()).total_seconds() > 900
    house.app.stop_uploads.cancel_batch(Actor(user=house.ada), first.id)
    (moved,) = house.uploads(second)
    assert moved.publish_at is not None
    assert (moved.publish_at - house.clock.now()).total_seconds() < 11


def test_what_the_wiki_refused_to_publish_is_cancelled_at_once() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", fault(FaultKind.RATE_LIMITED, "ratelimited", "Too many."))
    house.work()
    waiting = house.upload(upload_id)
    assert waiting.status is UploadStatus.QUEUED
    assert waiting.checkpoint.publish_begun is None
    cancel(house, upload_id)
    assert house.upload(upload_id).status is UploadStatus.CANCELLED


def test_a_refusal_after_a_lost_answer_leaves_the_doubt() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.wiki.fail_next("publish", fault(FaultKind.UNREACHABLE, "", "The connection broke."))
    house.wiki.fail_next("publish", fault(FaultKind.RATE_LIMITED, "ratelimited", "Too many."))
    house.work()
    assert house.upload(upload_id).checkpoint.publish_begun is not None
    cancel(house, upload_id)
    assert house.upload(upload_id).status is UploadStatus.QUEUED
    house.work_to_the_end()
    assert house.upload(upload_id).status is UploadStatus.CANCELLED
