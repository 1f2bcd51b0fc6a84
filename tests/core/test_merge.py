"""Merging into what a file has already: it only ever adds."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator_core.domain.caption import Caption
from curator_core.domain.merge import Additions, Description, merge
from curator_core.domain.statement import (
    Coordinates,
    Day,
    Foreign,
    Item,
    Quantity,
    Rank,
    Reference,
    Snak,
    Statement,
    StoredStatement,
    Text,
    Value,
    mean_the_same,
    same_reference,
)
from tests.fakes.statements import add
from tests.fakes.wiki_records import FakeDescription

DEGREES = Item("Q28390")


def a_statement(name: str, value: Value | None, *qualifiers: Snak, **more: object) -> Statement:
    return Statement(main=Snak(name, value), qualifiers=qualifiers, **more)  # type: ignore[arg-type]


def a_file(*statements: Statement, languages: str = "") -> FakeDescription:
    captions = {each: Caption(language=each, text="theirs") for each in languages.split()}
    return FakeDescription(statements=list(statements), captions=captions, edits=[{"all"}])


def read(file: FakeDescription) -> Description:
    return Description(
        revision=file.revision, statements=file.stored, languages=frozenset(file.captions)
    )


def merged(file: FakeDescription, *ours: Statement, captions: tuple[Caption, ...] = ()) -> bool:
    """Merges into the file; answers whether anything was missing."""
    additions = merge(read(file), ours, captions)
    if additions:
        add(file, additions, "merged")
    return bool(additions)


def degrees(amount: str) -> Quantity:
    return Quantity(amount=Decimal(amount), unit=DEGREES)


# What is there stays, what is missing comes


def test_a_property_that_is_not_there_is_added_with_all_its_values() -> None:
    file = a_file(a_statement("P170", Item("Q42")))
    ours = [a_statement("P180", Item(each), Snak("P2093", Text("a"))) for each in ("Q1", "Q2")]

    assert merged(file, *ours)

    assert file.statements == [a_statement("P170", Item("Q42")), *ours]


def test_a_property_that_has_other_values_keeps_them_and_gets_none_of_ours() -> None:
    file = a_file(a_statement("P275", Item("Q20007257")))

    assert not merged(file, a_statement("P275", Item("Q18199165"), Snak("P459", Item("Q1"))))


def test_of_several_values_of_ours_those_that_are_there_are_completed_and_no_others_added() -> None:
    file = a_file(a_statement("P180", Item("Q1")))
    role = Snak("P3831", Item("Q33231"))

    merged(file, a_statement("P180", Item("Q2"), role), a_statement("P180", Item("Q1"), role))

    assert file.statements == [a_statement("P180", Item("Q1"), role)]


def test_the_same_value_gains_the_qualifiers_and_references_that_it_lacks() -> None:
    there, missing = Snak("P2093", Text("Jane")), Snak("P13988", Text("jane"))
    known, unknown = (Reference((Snak("P854", Text(f"https://{n}.org/")),)) for n in "ab")
    file = a_file(a_statement("P170", None, there, references=(known,)))

    merged(file, a_statement("P170", None, there, missing, references=(unknown, known)))

    assert file.statements == [
        a_statement("P170", None, there, missing, references=(known, unknown))
    ]


def test_another_value_of_a_qualifier_is_missing_too() -> None:
    file = a_file(a_statement("P170", None, Snak("P2093", Text("J. Doe"))))

    merged(file, a_statement("P170", None, Snak("P2093", Text("Jane Doe"))))

    names = [each.value for each in file.statements[0].qualifiers]
    assert names == [Text("J. Doe"), Text("Jane Doe")]


@pytest.mark.parametrize("rank", Rank)
def test_ranks_are_kept(rank: Rank) -> None:
    file = a_file(a_statement("P170", Item("Q42"), rank=rank))

    merged(file, a_statement("P170", Item("Q42"), Snak("P3831", Item("Q1"))))

    assert [each.rank for each in file.statements] == [rank]


def test_what_gains_something_is_named_by_its_id() -> None:
    file = a_file(a_statement("P180", Item("Q1")), a_statement("P180", Item("Q2")))

    additions = merge(read(file), [a_statement("P180", Item("Q2"), Snak("P1", None))], ())

    assert [gain.to.id for gain in additions.gains] == [file.stored[1].id]
    assert additions.statements == ()


def test_of_two_with_the_same_value_the_one_gains_that_lacks_less() -> None:
    whole = a_statement("P170", None, Snak("P2093", Text("Jane")))
    file = a_file(a_statement("P170", None), whole)

    assert not merged(file, whole)


@pytest.mark.parametrize("latitude", [51.5, 51.50000001, 48.0])
def test_coordinates_that_exist_stay_untouched(latitude: float) -> None:
    file = a_file(a_statement("P1259", Coordinates(latitude=51.5, longitude=-0.12)))
    heading = Snak("P7787", degrees("90"))

    assert not merged(
        file,
        a_statement("P1259", Coordinates(latitude=latitude, longitude=-0.12), heading),
    )


def test_captions_are_kept_and_ours_come_in_languages_that_have_none() -> None:
    file = a_file(languages="de fr")
    ours = [Caption(language=each, text="ours") for each in ("de", "en")]

    merged(file, captions=tuple(ours))

    assert {each: caption.text for each, caption in file.captions.items()} == {
        "de": "theirs",
        "fr": "theirs",
        "en": "ours",
    }


def test_an_empty_caption_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="empty"):
        Caption(language="en", text=" \n")


def test_a_value_that_we_give_twice_is_added_once_with_all_that_is_said_of_it() -> None:
    file = a_file()
    one, two = Snak("P2093", Text("a")), Snak("P13988", Text("b"))

    merged(file, a_statement("P180", Item("Q1"), one), a_statement("P180", Item("Q1"), two, one))

    assert file.statements == [a_statement("P180", Item("Q1"), one, two)]


def test_a_statement_that_both_of_ours_mean_gains_from_both_at_once() -> None:
    file = a_file(a_statement("P170", None))
    names = [Snak("P2093", Text(each)) for each in ("Ada", "Grace")]

    assert (
        len(merge(read(file), [a_statement("P170", None, each) for each in names], ()).gains) == 1
    )
    merged(file, *(a_statement("P170", None, each) for each in names))

    assert file.statements == [a_statement("P170", None, *names)]


def test_two_unnamed_creators_stay_two() -> None:
    file = a_file()
    ours = [a_statement("P170", None, Snak("P2093", Text(each))) for each in ("Ada", "Grace")]

    merged(file, *ours)

    assert file.statements == ours
    assert not merged(file, *ours)


def test_a_file_that_has_nothing_gets_everything() -> None:
    ours = (a_statement("P180", Item("Q1")),)
    captions = (Caption(language="en", text="A"),)

    assert merge(Description(), ours, captions) == Additions(statements=ours, captions=captions)


# Equal values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (degrees("90"), degrees("90.0")),
        (degrees("90"), degrees("9E+1")),
        (degrees("0"), degrees("-0.0")),
        (Quantity(amount=Decimal(1)), Quantity(amount=Decimal("1.00"))),
        (
            Coordinates(latitude=51.5, longitude=-0.12, precision=0.0001),
            Coordinates(latitude=51.50004, longitude=-0.12004, precision=1e-6),
        ),
        (
            Coordinates(latitude=51.50005, longitude=0, precision=0.0001),
            Coordinates(latitude=51.5, longitude=0, precision=0.0001),
        ),
        (Coordinates(latitude=0, longitude=180), Coordinates(latitude=0, longitude=-180)),
        (
            Coordinates(latitude=0, longitude=179.9999999),
            Coordinates(latitude=0, longitude=-179.9999999),
        ),
        (Foreign(kind="novalue"), Foreign(kind="novalue")),
        (None, None),
    ],
)
def test_values_mean_the_same_however_they_are_spelled(
    one: Value | None, other: Value | None
) -> None:
    assert mean_the_same(one, other)
    assert mean_the_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (degrees("90"), degrees("91")),
        (degrees("90"), Quantity(amount=Decimal(90))),
        (degrees("90"), Quantity(amount=Decimal(90), unit=Item("Q355198"))),
        (Item("Q1"), Text("Q1")),
        (Item("Q1"), None),
        (Foreign(kind="novalue"), None),
        (Text("a"), Text("A")),
        (Day(date(2024, 5, 1)), Day(date(2024, 5, 2))),
        (Coordinates(latitude=51.5, longitude=0), Coordinates(latitude=51.500001, longitude=0)),
        (Coordinates(latitude=51.5, longitude=0), Coordinates(latitude=51.5, longitude=1e-6)),
    ],
)
def test_values_that_say_something_else_are_others(one: Value | None, other: Value | None) -> None:
    assert not mean_the_same(one, other)
    assert not mean_the_same(other, one)


def test_references_are_the_same_in_whatever_order_they_say_it() -> None:
    one, two = Snak("P854", Text("https://a.org/")), Snak("P813", Day(date(2024, 5, 1)))

    assert same_reference(Reference((one, two)), Reference((two, one)))
    assert not same_reference(Reference((one, two)), Reference((one,)))
    assert not same_reference(Reference((one,)), Reference((one, two)))


# Whatever comes

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
