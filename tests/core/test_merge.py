"""Merging into what a file has already: it only ever adds."""

from __future__ import annotations

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.merge import Additions, Description, merge
from curator_core.domain.statement import (
    Coordinates,
    Item,
    Rank,
    Reference,
    Snak,
    Text,
)
from tests.core.merging import a_file, a_statement, degrees, merged, read

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
