"""Who gets which photographs in a chaos run."""

from __future__ import annotations

from tests.chaos.crew import Supply
from tests.chaos.photographs import photographs


def test_nobody_gets_what_another_got() -> None:
    supply = Supply(photographs(10), twins=[])
    taken = supply.take(4, "Ada") + supply.take(4, "Bob") + supply.take(4, "Ada")
    assert taken == list(photographs(10))


def test_twins_get_the_same_in_the_same_order() -> None:
    supply = Supply(photographs(10), twins=["Ada", "Bob"])
    first = supply.take(3, "Ada")
    assert supply.is_ahead("Ada")
    assert not supply.is_ahead("Bob")
    others = supply.take(2, "Eve")
    bobs = supply.take(1, "Bob") + supply.take(4, "Bob")
    assert first + supply.take(2, "Ada") == bobs
    assert not supply.is_ahead("Bob")
    assert not {each.id for each in others} & {each.id for each in bobs}


def test_no_two_photographs_of_a_run_have_the_same_bytes() -> None:
    few = photographs(50)
    assert len({each.file.sha1 for each in few}) == len({each.id for each in few}) == len(few)
