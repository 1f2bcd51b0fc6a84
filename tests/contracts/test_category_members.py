"""What every `Pages` promises of categories."""

import time
from itertools import count

from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import WikiBench

_NUMBERS = count(1)
_WITHIN = 20.0


def a_category() -> str:
    """A name that no other test uses."""
    return f"Category:Towers of the test {next(_NUMBERS)}"


def members(wiki: Wiki, category: str, expected: int) -> tuple[str, ...]:
    """The category's members as soon as there are so many."""
    deadline = time.monotonic() + _WITHIN
    while True:
        found = wiki.pages.members(category)
        assert found.more == ""
        if len(found.pages) == expected or time.monotonic() > deadline:
            return found.pages


def filled(wiki: Wiki, category: str, *keys: str) -> list[str]:
    """Pages in the category, one for each sort key."""
    pages = [f"Category:Tower {key} of {category.partition(':')[2]}" for key in keys]
    for page, key in zip(pages, keys, strict=True):
        wiki.pages.save(page, f"Text.\n[[{category}|{key}]]", "a summary", None)
    return pages


def test_nothing_is_in_a_category_that_nobody_uses(wiki_bench: WikiBench) -> None:
    found = wiki_bench.session().pages.members(a_category())

    assert (found.pages, found.more) == ((), "")


def test_members_come_in_the_order_of_their_sort_keys(wiki_bench: WikiBench) -> None:
    wiki, category = wiki_bench.session(), a_category()

    c, a, b = filled(wiki, category, "C", "A", "B")

    assert members(wiki, category, 3) == (a, b, c)


def test_who_leaves_the_category_is_no_member(wiki_bench: WikiBench) -> None:
    wiki, category = wiki_bench.session(), a_category()
    a, b = filled(wiki, category, "A", "B")
    assert members(wiki, category, 2) == (a, b)

    wiki.pages.save(a, "Text.", "elsewhere", wiki.pages.read(a))

    assert members(wiki, category, 1) == (b,)


def test_members_are_listed_in_slices(wiki_bench: WikiBench) -> None:
    wiki, category = wiki_bench.session(), a_category()
    a, b, c = filled(wiki, category, "A", "B", "C")
    assert len(members(wiki, category, 3)) == 3

    first = wiki.pages.members(category, at_most=2)
    second = wiki.pages.members(category, first.more, at_most=2)

    assert (first.pages, second.pages) == ((a, b), (c,))
    assert second.more == ""
