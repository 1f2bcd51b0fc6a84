"""Merging, whatever is there and whatever comes."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from curator_core.domain.caption import Caption
from curator_core.domain.merge import Description, merge
from curator_core.domain.statement import (
    Coordinates,
    Foreign,
    Item,
    Quantity,
    Rank,
    Reference,
    Snak,
    Statement,
    StoredStatement,
    Text,
    mean_the_same,
)
from tests.core.merging import a_file, degrees, merged, read
from tests.fakes.wiki_records import FakeDescription

# Few of each, so that they meet.
values = st.sampled_from(
    [
        None,
        Item("Q1"),
        Item("Q2"),
        Text("a"),
        degrees("90"),
        degrees("90.0"),
        Coordinates(latitude=1, longitude=2),
        Coordinates(latitude=1.0000001, longitude=2),
        Coordinates(latitude=3, longitude=2),
        Foreign(kind="novalue"),
        Foreign(kind="monolingualtext", written='{"language":"en","text":"a"}'),
    ]
)
snaks = st.builds(Snak, st.sampled_from(["P1", "P2", "P3"]), values)
statements = st.builds(
    Statement,
    main=snaks,
    qualifiers=st.lists(snaks, max_size=3).map(tuple),
    references=st.lists(
        st.lists(snaks, min_size=1, max_size=2).map(tuple).map(Reference), max_size=2
    ).map(tuple),
)
ranked = st.builds(
    lambda statement, rank: Statement(
        main=statement.main,
        qualifiers=statement.qualifiers,
        references=statement.references,
        rank=rank,
    ),
    statements,
    st.sampled_from(Rank),
)
captions = st.lists(
    st.builds(Caption, language=st.sampled_from(["en", "de", "fr"]), text=st.just("ours")),
    max_size=3,
)
files = st.builds(
    lambda kept, languages: a_file(*kept, languages=" ".join(languages)),
    st.lists(ranked, max_size=5),
    st.sets(st.sampled_from(["en", "de"])),
)
ours = st.lists(statements, max_size=5)


@given(files, ours, captions)
def test_merging_twice_changes_nothing_more(
    file: FakeDescription, ours: list[Statement], captions: list[Caption]
) -> None:
    merged(file, *ours, captions=tuple(captions))

    assert not merge(read(file), ours, captions)


@given(files, ours, captions)
def test_nothing_that_exists_is_lost_or_changed(
    file: FakeDescription, ours: list[Statement], captions: list[Caption]
) -> None:
    before = deepcopy(file)

    merged(file, *ours, captions=tuple(captions))

    assert len(file.statements) >= len(before.statements)
    for old, new in zip(before.statements, file.statements, strict=False):
        assert (new.main, new.rank) == (old.main, old.rank)
        for name in {each.property for each in old.qualifiers}:
            had = [each for each in old.qualifiers if each.property == name]
            has = [each for each in new.qualifiers if each.property == name]
            assert has[: len(had)] == had
        assert new.references[: len(old.references)] == old.references
        if isinstance(old.main.value, Coordinates):
            assert new == old
    assert file.captions.items() >= before.captions.items()


@given(files, ours)
def test_a_property_that_was_there_has_as_many_statements_as_before(
    file: FakeDescription, ours: list[Statement]
) -> None:
    there = [each.main.property for each in file.statements]

    merged(file, *ours)

    after = [each.main.property for each in file.statements]
    assert [name for name in after if name in there] == there


@given(files, ours)
def test_whatever_is_ours_is_there_in_the_end_or_its_property_was_taken(
    file: FakeDescription, ours: list[Statement]
) -> None:
    taken = {each.main.property for each in file.statements}

    merged(file, *ours)

    for wanted in ours:
        if wanted.main.property in taken:
            continue
        assert any(
            mean_the_same(each.main.value, wanted.main.value)
            and not merge(a_read_file(each), [wanted], ()).gains
            for each in file.statements
            if each.main.property == wanted.main.property
        )


def a_read_file(statement: Statement) -> Description:
    return Description(statements=(StoredStatement(id="M1$0", statement=statement),))


@given(files, ours, st.randoms(use_true_random=False))
def test_the_order_of_what_is_ours_does_not_matter(
    file: FakeDescription, ours: list[Statement], chance: object
) -> None:
    shuffled = list(ours)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    other = deepcopy(file)

    merged(file, *ours)
    merged(other, *shuffled)

    assert sorted(map(as_sets, file.statements)) == sorted(map(as_sets, other.statements))


def as_sets(statement: Statement) -> str:
    """The statement with its parts in one order, and each value in one spelling."""
    qualifiers = sorted(map(spelled, statement.qualifiers))
    references = {tuple(sorted({*map(spelled, each.snaks)})) for each in statement.references}
    return str((spelled(statement.main), qualifiers, sorted(references), statement.rank))


def spelled(snak: Snak) -> str:
    value = snak.value
    if isinstance(value, Quantity):
        value = Quantity(amount=value.amount.normalize(), unit=value.unit)
    if isinstance(value, Coordinates):
        value = Coordinates(latitude=float(round(value.latitude, 6)), longitude=2.0)
    return f"{snak.property} {value}"
