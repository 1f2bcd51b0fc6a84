"""What a contributor reads of the wiki's warnings."""

import pytest

from curator_core.domain.doubts import DOUBTS, warned_of


@pytest.mark.parametrize("name", DOUBTS)
def test_each_warning_says_what_it_means_and_what_can_be_done(name: str) -> None:
    failure = warned_of([(name, "A file.jpg")])
    assert failure.message.endswith(f"(A file.jpg) {failure.hint}")
    assert len(failure.message) > len("(A file.jpg)") + 10
    assert failure.hint.endswith(".")
    assert (failure.code, failure.raw_code) == ("warned", name)


def test_a_warning_that_nobody_knows_is_told_by_its_name() -> None:
    failure = warned_of([("of-tomorrow", "")])
    assert "of-tomorrow" in failure.message
    assert not failure.retryable


def test_a_retry_helps_only_where_it_helps_against_every_warning() -> None:
    assert warned_of([("was-deleted", ""), ("thumb-name", "")]).retryable
    both = warned_of([("was-deleted", ""), ("duplicate-archive", "")])
    assert not both.retryable
    assert "another title" not in both.hint


def test_a_hint_is_given_once() -> None:
    hint = warned_of([("was-deleted", ""), ("thumb-name", "")]).hint
    assert hint.count("another title") == 1


def test_a_warning_without_a_reason_is_told_all_the_same() -> None:
    assert warned_of([]).message
