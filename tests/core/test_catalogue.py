"""What a contributor reads of an error."""

from itertools import product

import pytest

from curator_core.domain.catalogue import CATALOGUE, SESSION_EXPIRED, failure_for
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.outcome import Failure
from curator_core.domain.retry import Step


def a_fault(kind: FaultKind, code: str = "the-code", info: str = "What the wiki says.") -> Fault:
    return Fault(kind=kind, code=code, info=info)


def test_every_kind_of_fault_has_an_entry() -> None:
    assert set(CATALOGUE) == set(FaultKind)


@pytest.mark.parametrize("kind", FaultKind)
def test_every_failure_says_something_and_keeps_class_and_raw_code(kind: FaultKind) -> None:
    for step, code, info in product(Step, ("", "the-code"), ("", "What.")):
        failure = failure_for(step, a_fault(kind, code, info))
        assert failure.message.strip() == failure.message != ""
        assert (failure.code, failure.raw_code) == (kind.value, code)


@pytest.mark.parametrize("step", [Step.CHUNK, Step.PUBLISH])
def test_a_chunks_or_publishings_failure_begins_with_code_and_info(step: Step) -> None:
    for kind in FaultKind:
        if not CATALOGUE[kind].alone:
            message = failure_for(step, a_fault(kind)).message
            assert message.startswith("the-code: What the wiki says.")


def test_the_wikis_words_end_before_ours_begin() -> None:
    fault = a_fault(FaultKind.WRONG_OFFSET, "stashfailed", "Invalid chunk offset")
    message = failure_for(Step.CHUNK, fault).message
    assert message.startswith("stashfailed: Invalid chunk offset. The wiki and Curator disagree")


@pytest.mark.parametrize("kind", [FaultKind.NO_GRANT, FaultKind.NOT_LOGGED_IN])
@pytest.mark.parametrize("step", Step)
def test_an_expired_session_is_told_in_the_agreed_words(step: Step, kind: FaultKind) -> None:
    failure = failure_for(step, a_fault(kind))
    assert (
        failure.message == SESSION_EXPIRED == "Your session has expired. Please log in and retry."
    )
    assert failure.retryable


def test_what_the_wiki_refuses_is_told_in_its_own_words() -> None:
    refused = failure_for(Step.DESCRIBE, a_fault(FaultKind.REFUSED))
    assert "What the wiki says." in refused.message
    assert not refused.retryable


@pytest.mark.parametrize(
    ("kind", "helps"),
    [
        (FaultKind.STORAGE, True),
        (FaultKind.SOURCE_TROUBLE, True),
        (FaultKind.HASH_LOCKED, True),
        (FaultKind.UNFORESEEN, True),
        (FaultKind.SOURCE_REFUSED, False),
        (FaultKind.NOT_AN_IMAGE, False),
        (FaultKind.TOO_LARGE, False),
        (FaultKind.BLOCKED, False),
    ],
)
def test_it_says_whether_a_retry_can_help(kind: FaultKind, helps: bool) -> None:
    assert failure_for(Step.PUBLISH, a_fault(kind)).retryable is helps


@pytest.mark.parametrize("kind", FaultKind)
def test_where_a_retry_can_help_it_says_how(kind: FaultKind) -> None:
    for step in Step:
        failure = failure_for(step, a_fault(kind))
        assert failure.hint.endswith(".") or not failure.retryable


def test_a_failure_without_a_sentence_does_not_exist() -> None:
    with pytest.raises(ValueError, match="says what went wrong"):
        Failure(message="")
