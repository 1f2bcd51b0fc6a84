"""The life of one upload, step by legal step."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.errors import IllegalStep
from curator_core.domain.ids import (
    FileKey,
    ImageId,
    LeaseToken,
    SealedToken,
    Sha1,
    TokenPrint,
    UserId,
)
from curator_core.domain.outcome import Failure
from curator_core.domain.upload import DUPLICATES, Lease, NewUpload, Stop, Upload, UploadStatus
from tests.builders import A_LEASE, IN_PROGRESS, QUEUED, an_upload
from tests.fakes.clock import START

URL = "https://wiki.test/wiki/File:Bridge_1001.jpg"
WRONG = Failure(message="It cannot be done.")
FINAL = [status for status in UploadStatus if status.is_final]

VERBS = {
    "claim": lambda upload: upload.claim(A_LEASE),
    "checkpointed": lambda upload: upload.checkpointed(Checkpoint()),
    "requeue": lambda upload: upload.requeue(),
    "complete": lambda upload: upload.complete(URL),
    "fail": lambda upload: upload.fail(WRONG),
    "found_duplicate": lambda upload: upload.found_duplicate(UploadStatus.DUPLICATE, WRONG),
    "cancel": lambda upload: upload.cancel(),
    "ask_to_stop": lambda upload: upload.ask_to_stop(Stop()),
    "come_to": lambda upload: upload.come_to(Stop(failure=WRONG)),
}
LEGAL = {
    # A whole group whose session expired is failed while it waits (SPEC §5).
    QUEUED: {"claim", "cancel", "fail", "ask_to_stop", "come_to"},
    IN_PROGRESS: set(VERBS) - {"claim"},
}


def test_all_states_but_two_are_final() -> None:
    assert {status for status in UploadStatus if not status.is_final} == {QUEUED, IN_PROGRESS}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", UploadStatus)
def test_only_the_steps_of_the_life_cycle_are_legal(status: UploadStatus, verb: str) -> None:
    upload = an_upload(status)
    if verb in LEGAL.get(status, set()):
        assert VERBS[verb](upload).status in UploadStatus
    else:
        with pytest.raises(IllegalStep, match=status.value):
            VERBS[verb](upload)


def test_a_claim_gives_a_lease_and_counts_an_attempt() -> None:
    claimed = an_upload(attempts=1).claim(A_LEASE)
    assert (claimed.status, claimed.lease, claimed.attempts) == (IN_PROGRESS, A_LEASE, 2)


def test_a_requeue_keeps_the_checkpoint_and_gives_the_attempt_back() -> None:
    checkpoint = Checkpoint(offset=5)
    queued = an_upload(IN_PROGRESS, attempts=2, checkpoint=checkpoint).requeue()
    assert (queued.status, queued.lease, queued.attempts) == (QUEUED, None, 1)
    assert queued.checkpoint == checkpoint
    assert queued.sealed_token is not None


def test_attempts_are_counted_anew_where_one_gets_further() -> None:
    half = Checkpoint(sha1=Sha1("a" * 40), size=9, file_key=FileKey("k"), offset=5)
    working = an_upload(IN_PROGRESS, attempts=3, checkpoint=half)
    further = [
        half.stashed(FileKey("k"), 6, assembled=False),
        half.stashed(FileKey("l"), 9, assembled=True),
        half.publishing(START, START),
        half.published("Bridge.jpg", URL),
    ]
    assert [working.checkpointed(each).attempts for each in further] == [1] * 4
    assert an_upload(IN_PROGRESS, attempts=3).checkpointed(half).attempts == 1


def test_attempts_go_on_being_counted_where_something_only_changed() -> None:
    half = Checkpoint(sha1=Sha1("a" * 40), size=9, file_key=FileKey("k"), offset=5)
    working = an_upload(IN_PROGRESS, attempts=3, checkpoint=half)
    no_further = [
        half,
        half.without_stash(),
        half.downloaded(Sha1("b" * 40), 9),
        half.requeued("storage"),
    ]
    assert [working.checkpointed(each).attempts for each in no_further] == [3] * 4


def test_a_failure_after_publishing_keeps_the_pages_address() -> None:
    failed = an_upload(IN_PROGRESS).fail(WRONG, published_at=URL)
    assert (failed.status, failed.failure, failed.success) == (UploadStatus.FAILED, WRONG, URL)


def test_a_duplicate_is_one_of_three_kinds() -> None:
    for status in DUPLICATES:
        assert an_upload(IN_PROGRESS).found_duplicate(status, WRONG).status is status
    with pytest.raises(IllegalStep):
        an_upload(IN_PROGRESS).found_duplicate(UploadStatus.COMPLETED, WRONG)


def test_a_lease_exists_exactly_while_in_progress() -> None:
    with pytest.raises(ValueError, match="lease"):
        an_upload(QUEUED, lease=A_LEASE)
    with pytest.raises(ValueError, match="lease"):
        an_upload(IN_PROGRESS, lease=None)


@pytest.mark.parametrize("status", FINAL)
def test_a_finished_upload_holds_no_token(status: UploadStatus) -> None:
    with pytest.raises(ValueError, match="token"):
        an_upload(status, sealed_token=SealedToken("sealed"))


def test_an_upload_does_not_show_its_token() -> None:
    assert "sealed-secret" not in repr(an_upload(sealed_token=SealedToken("sealed-secret")))


def test_an_item_that_failed_at_once_gets_no_token() -> None:
    failed = NewUpload(
        user_id=UserId("1"),
        image_id=ImageId("1001"),
        handler="mapillary",
        collection="",
        filename="x",
        wikitext="",
        failure=WRONG,
    )
    with pytest.raises(ValueError, match="token"):
        failed.scheduled(SealedToken("sealed-secret"), TokenPrint("print"), timedelta(0))


class LifeCycle(RuleBasedStateMachine):
    """Any steps in any order: what is illegal changes nothing, what is finished stays so."""

    def __init__(self) -> None:
        super().__init__()
        self.upload: Upload = an_upload()
        self.finished: Upload | None = None
        self.leases = 0

    @rule(verb=st.sampled_from(sorted(set(VERBS) - {"claim", "checkpointed"})))
    def step(self, verb: str) -> None:
        before = self.upload
        if verb in LEGAL.get(before.status, set()):
            self.upload = VERBS[verb](before)
        else:
            with pytest.raises(IllegalStep):
                VERBS[verb](before)
        if self.upload.status.is_final and self.finished is None:
            self.finished = self.upload

    @precondition(lambda self: self.upload.status is QUEUED)
    @rule()
    def claim(self) -> None:
        self.leases += 1
        lease = Lease(token=LeaseToken(f"{self.leases:032x}"), until=START)
        self.upload = self.upload.claim(lease)

    @precondition(lambda self: self.upload.status is IN_PROGRESS)
    @rule(offset=st.integers(0, 10**9))
    def checkpoint(self, offset: int) -> None:
        self.upload = self.upload.checkpointed(Checkpoint(offset=offset))
        assert self.upload.checkpoint.offset == offset

    @invariant()
    def a_lease_exists_exactly_while_in_progress(self) -> None:
        assert (self.upload.lease is not None) == (self.upload.status is IN_PROGRESS)

    @invariant()
    def a_finished_upload_never_changes(self) -> None:
        assert self.finished is None or self.upload is self.finished

    @invariant()
    def the_token_lives_as_long_as_the_upload_is_unfinished(self) -> None:
        assert (self.upload.sealed_token is None) == self.upload.status.is_final

    @invariant()
    def attempts_given_back_leave_none(self) -> None:
        working = self.upload.status is IN_PROGRESS
        if not self.upload.status.is_final:
            assert self.upload.attempts == (1 if working else 0)

    @invariant()
    def only_a_duplicate_a_failure_and_nothing_else_says_what_went_wrong(self) -> None:
        told = self.upload.status in DUPLICATES or self.upload.status is UploadStatus.FAILED
        assert (self.upload.failure is not None) == told


TestLifeCycle = LifeCycle.TestCase
TestLifeCycle.settings = settings(derandomize=True, max_examples=50)
