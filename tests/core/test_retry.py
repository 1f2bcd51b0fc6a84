"""The table of what goes wrong and what follows, row by row as it was agreed."""

import pytest

from curator_core.domain.fault import FaultKind
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Rule, Step, Then, rule_for

WIKI_STEPS = [Step.REQUEST, Step.FILE, Step.CHUNK, Step.PUBLISH, Step.DESCRIBE]
STORAGE_DELAYS = (300, 600, 900)


def attempts(step: Step, kind: FaultKind) -> int:
    return len(rule_for(step, kind).waits) + 1


@pytest.mark.parametrize("step", [step for step in WIKI_STEPS if step is not Step.PUBLISH])
def test_an_unreachable_wiki_is_asked_three_times_and_then_nobody_fails(step: Step) -> None:
    rule = rule_for(step, FaultKind.UNREACHABLE)
    assert len(rule.waits) == 2
    assert rule.then is Then.WAIT
    assert rule.delays == (60,)


def test_what_the_wiki_may_still_be_doing_is_given_time_before_it_is_asked_for_again() -> None:
    publish = rule_for(Step.PUBLISH, FaultKind.UNREACHABLE)
    assert (publish.waits, publish.then) == ((), Then.WAIT)
    assert publish.delays == (Policy().publish_for.total_seconds(),)
    assert rule_for(Step.DESCRIBE, FaultKind.UNREACHABLE).waits == (30, 60)
    assert rule_for(Step.CHUNK, FaultKind.UNREACHABLE).waits == (1, 3)


@pytest.mark.parametrize("step", WIKI_STEPS)
@pytest.mark.parametrize("kind", [FaultKind.BAD_TOKEN, FaultKind.NONCE_USED])
def test_a_bad_token_and_a_used_nonce_are_mended_in_three_attempts(
    step: Step, kind: FaultKind
) -> None:
    assert attempts(step, kind) == 3


@pytest.mark.parametrize("step", WIKI_STEPS)
def test_a_busy_wiki_is_obeyed_up_to_thirty_seconds_and_fails_nobody(step: Step) -> None:
    rule = rule_for(step, FaultKind.BUSY)
    assert (rule.obey, rule.then) == (30, Then.WAIT)


@pytest.mark.parametrize("step", WIKI_STEPS)
@pytest.mark.parametrize(
    "kind", [FaultKind.READ_ONLY, FaultKind.RATE_LIMITED, FaultKind.MISCONFIGURED]
)
def test_what_passes_by_itself_is_not_repeated_blindly_and_fails_nobody(
    step: Step, kind: FaultKind
) -> None:
    rule = rule_for(step, kind)
    assert (rule.waits, rule.then) == ((), Then.WAIT)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Step.CHUNK, FaultKind.STASH_TROUBLE),
        (Step.PUBLISH, FaultKind.STASH_TROUBLE),
        (Step.DESCRIBE, FaultKind.STORAGE),
    ],
)
def test_trouble_with_the_wikis_storage_is_tried_four_times_then_requeued_thrice(
    step: Step, kind: FaultKind
) -> None:
    rule = rule_for(step, kind)
    assert list(rule.waits) == [3, 5, 10]
    assert (rule.then, rule.delays) == (Then.REQUEUE, STORAGE_DELAYS)


def test_an_edit_conflict_is_tried_four_times_then_delayed_like_storage() -> None:
    rule = rule_for(Step.DESCRIBE, FaultKind.EDIT_CONFLICT)
    assert attempts(Step.DESCRIBE, FaultKind.EDIT_CONFLICT) == 4
    assert (rule.then, rule.delays) == (Then.REQUEUE, STORAGE_DELAYS)


def test_trouble_at_the_source_is_tried_four_times_then_requeued_once() -> None:
    rule = rule_for(Step.DOWNLOAD, FaultKind.SOURCE_TROUBLE)
    assert list(rule.waits) == [3, 5, 10]
    assert (rule.then, rule.delays) == (Then.REQUEUE, (600,))


@pytest.mark.parametrize("step", [Step.FILE, Step.PUBLISH])
def test_a_taken_hash_is_waited_for_three_times(step: Step) -> None:
    rule = rule_for(step, FaultKind.HASH_LOCKED)
    assert (rule.waits, rule.then, rule.delays) == ((), Then.REQUEUE, (60, 60, 60))


@pytest.mark.parametrize("step", [Step.CHUNK, Step.PUBLISH])
def test_a_lost_stash_starts_the_file_over_after_two_seconds_and_once_only(step: Step) -> None:
    assert rule_for(step, FaultKind.STASH_GONE).then is Then.START_OVER
    assert rule_for(Step.FILE, FaultKind.STASH_GONE).waits == (2,)


def test_a_conflict_at_publishing_is_settled_and_tried_four_times() -> None:
    rule = rule_for(Step.PUBLISH, FaultKind.PUBLISH_CONFLICT)
    assert rule == Rule(waits=(3, 5, 10), settle=True)


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.UNREACHABLE,
        FaultKind.STORAGE,
        FaultKind.STASH_GONE,
        FaultKind.PUBLISH_CONFLICT,
        FaultKind.NO_CHANGE,
        FaultKind.NAME_TAKEN,
    ],
)
def test_publishing_is_settled_before_it_is_repeated_or_given_up(kind: FaultKind) -> None:
    assert rule_for(Step.PUBLISH, kind).settle


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.UNREACHABLE,
        FaultKind.NONCE_USED,
        FaultKind.BUSY,
        FaultKind.STORAGE,
        FaultKind.EDIT_CONFLICT,
    ],
)
def test_statements_are_not_written_again_before_a_look_since_that_would_double_them(
    kind: FaultKind,
) -> None:
    assert rule_for(Step.DESCRIBE, kind).settle


def test_a_stash_that_is_whole_already_is_looked_for() -> None:
    assert rule_for(Step.CHUNK, FaultKind.ALREADY_COMPLETE).settle


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.BLOCKED,
        FaultKind.SOURCE_REFUSED,
        FaultKind.NOT_AN_IMAGE,
        FaultKind.TOO_LARGE,
        FaultKind.IMAGE_MISSING,
        FaultKind.ADDRESS_FORBIDDEN,
        FaultKind.REFUSED,
        FaultKind.UNFORESEEN,
    ],
)
def test_what_another_attempt_cannot_change_fails_at_once(step: Step, kind: FaultKind) -> None:
    assert rule_for(step, kind) == Rule()


@pytest.mark.parametrize("then", [Then.WAIT, Then.REQUEUE])
def test_a_requeue_without_a_delay_does_not_exist(then: Then) -> None:
    with pytest.raises(ValueError, match="delay"):
        Rule(then=then)
