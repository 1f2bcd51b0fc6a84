"""From limits to a pace."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator_core.domain.pace import UPLOAD_COST, Limit, Limits, Pace, pace_of


def limit(action: str, group: str, hits: int, seconds: int = 60) -> Limit:
    return Limit(action=action, group=group, hits=hits, seconds=seconds)


def seconds_apart(*limits: Limit) -> float:
    return pace_of(Limits(limits=limits)).interval.total_seconds()


def test_an_exempt_user_has_no_pace() -> None:
    bound = (limit("upload", "user", 1),)
    assert pace_of(Limits(exempt=True, limits=bound)) == Pace.unlimited()


def test_empty_limits_mean_exempt() -> None:
    assert pace_of(Limits()) == Pace.unlimited()


def test_the_upload_limit_is_the_pace_where_nothing_else_binds() -> None:
    assert seconds_apart(limit("upload", "user", 380, 4320)) == pytest.approx(4320 / 380)


def test_of_a_users_groups_the_most_permissive_counts_by_hits_per_second() -> None:
    assert seconds_apart(
        limit("upload", "user", 90, 600),
        limit("upload", "autopatrolled", 60, 60),
        limit("upload", "patroller", 100, 3600),
    ) == pytest.approx(1)


@pytest.mark.parametrize("group", ["newbie", "ip", "subnet"])
def test_newbie_ip_and_subnet_bind_beside_the_groups(group: str) -> None:
    # Measured: an account with `user` 90/60 and `newbie` 8/60 is held to 8/60.
    assert seconds_apart(limit("upload", "user", 90), limit("upload", group, 8)) == pytest.approx(
        60 / 8
    )


def test_the_edit_limit_is_halved_before_it_is_compared() -> None:
    assert seconds_apart(limit("upload", "user", 60), limit("edit", "user", 90)) == pytest.approx(
        60 / 45
    )
    assert seconds_apart(limit("upload", "user", 30), limit("edit", "user", 90)) == pytest.approx(2)


def test_halving_never_goes_below_one() -> None:
    assert seconds_apart(limit("edit", "user", 1)) == pytest.approx(60)


def test_the_refreshs_own_limit_binds_too() -> None:
    assert seconds_apart(limit("upload", "user", 60), limit("purge", "user", 30)) == pytest.approx(
        2
    )
    assert seconds_apart(limit("linkpurge", "user", 12)) == pytest.approx(5)


def test_limits_on_what_an_upload_does_not_do_bind_nobody() -> None:
    assert seconds_apart(limit("move", "user", 1), limit("upload", "user", 60)) == pytest.approx(1)


def test_the_operators_default_is_four_a_minute() -> None:
    assert Pace.of(4, 60).interval == timedelta(seconds=15)


limits = st.builds(
    Limit,
    action=st.sampled_from(["upload", "edit", "purge", "linkpurge", "move"]),
    group=st.sampled_from(["user", "autopatrolled", "bot", "newbie", "ip", "subnet"]),
    hits=st.integers(min_value=2, max_value=1000),
    seconds=st.sampled_from([1, 10, 60, 3600, 4320]),
)


@settings(derandomize=True)
@given(st.lists(limits, min_size=1, max_size=8, unique_by=lambda each: (each.action, each.group)))
def test_uploads_one_pace_apart_break_no_limit_that_binds(all_limits: list[Limit]) -> None:
    interval = pace_of(Limits(limits=tuple(all_limits))).interval.total_seconds()
    for action, cost in UPLOAD_COST.items():
        ours = [each for each in all_limits if each.action == action]
        alone = [each for each in ours if each.group in ("newbie", "ip", "subnet")]
        groups = [each for each in ours if each not in alone]
        best = max((each.per_second for each in groups), default=None)
        for allowed in [each.per_second for each in alone] + ([best] if best else []):
            # Halving rounds down, and an interval is rounded to a microsecond.
            assert interval * (allowed / cost) >= 1 - 1e-3


@settings(derandomize=True)
@given(st.lists(limits, min_size=1, max_size=6), limits)
def test_a_limit_that_binds_beside_the_others_never_makes_anybody_faster(
    some: list[Limit], one_more: Limit
) -> None:
    newbie = Limit(
        action=one_more.action, group="newbie", hits=one_more.hits, seconds=one_more.seconds
    )
    before = pace_of(Limits(limits=tuple(some))).interval
    assert pace_of(Limits(limits=(*some, newbie))).interval >= before
