"""What every `Statements` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
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
    Text,
)
from curator_core.domain.title import Title
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench, published
from tests.pictures import a_title

pytestmark = pytest.mark.sandbox_only("Debian has no Wikibase")

STATEMENTS = (
    Statement(
        main=Snak("P170", None),
        qualifiers=(Snak("P2093", Text("Zoë Ünal")), Snak("P13988", Text("zoe"))),
        references=(
            Reference(
                (
                    Snak("P854", Text("https://example.org/zoe")),
                    Snak("P813", Day(date(2024, 6, 1))),
                )
            ),
        ),
    ),
    Statement(main=Snak("P1947", Text("1234567890"))),
    Statement(main=Snak("P1433", Item("Q26757498")), rank=Rank.PREFERRED),
    Statement(main=Snak("P571", Day(date(2024, 5, 1)))),
    Statement(
        main=Snak("P1259", Coordinates(latitude=51.4769, longitude=-0.0005)),
        qualifiers=(Snak("P7787", Quantity(amount=Decimal("123.5"), unit=Item("Q28390"))),),
    ),
    Statement(main=Snak("P2049", Quantity(amount=Decimal(2048), unit=Item("Q355198")))),
    Statement(main=Snak("P180", Foreign(kind="novalue"))),
    Statement(
        main=Snak(
            "P1476",
            Foreign(kind="monolingualtext", written='{"language":"de","text":"Ein Blick"}'),
        )
    ),
)
CAPTIONS = (
    Caption(language="en", text='A "view" of Greenwich & more'),
    Caption(language="de", text="Ein Blick"),
)
A_CREATOR = Additions(statements=STATEMENTS[:1])
SOURCE = Reference((Snak("P854", Text("https://example.org/other")),))


def an_item(name: str, value: str) -> Additions:
    return Additions(statements=(Statement(main=Snak(name, Item(value))),))


def read(wiki: Wiki, title: Title) -> Description:
    description = wiki.statements.read(title)
    assert description is not None
    return description


def test_a_new_file_has_nothing(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)

    assert wiki_bench.session().statements.read(title) == Description()


def test_a_file_that_does_not_exist_is_something_else(wiki_bench: WikiBench) -> None:
    assert wiki_bench.session().statements.read(a_title()) is None


def test_statements_and_captions_arrive_as_they_were_given_and_are_read_so(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()

    additions = Additions(statements=STATEMENTS, captions=CAPTIONS)
    wiki.statements.write(title, additions, "described")

    description = read(wiki, title)
    by_property = {each.main.property: each for each in wiki_bench.statements(title)}
    assert by_property == {each.main.property: each for each in STATEMENTS}
    assert wiki_bench.captions(title) == {each.language: each.text for each in CAPTIONS}
    stored = {each.statement.main.property: each.statement for each in description.statements}
    assert stored == by_property
    assert description.languages == {"en", "de"}
    assert len({each.id for each in description.statements}) == len(STATEMENTS)


def test_several_statements_of_one_property_all_arrive(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    statements = tuple(Statement(main=Snak("P180", Item(name))) for name in ("Q42", "Q146"))

    wiki_bench.session().statements.write(title, Additions(statements=statements), "described")

    assert wiki_bench.statements(title) == list(statements)


def test_without_a_base_the_same_twice_is_there_twice(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    statements = wiki_bench.session().statements

    for _ in range(2):
        statements.write(title, an_item("P180", "Q42"), "described")

    assert len(wiki_bench.statements(title)) == 2


def test_nothing_to_add_changes_nothing(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()

    wiki.statements.write(title, Additions(), "described")

    assert read(wiki, title) == Description()


# What is there already


def test_a_statement_gains_what_it_is_given_and_keeps_id_rank_and_all_it_had(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    theirs = replace(STATEMENTS[0], rank=Rank.PREFERRED)
    wiki.statements.write(title, Additions(statements=(theirs, *STATEMENTS[1:])), "described")
    before = read(wiki, title)
    name, role = Snak("P2093", Text("Zoe Unal")), Snak("P3831", Item("Q33231"))
    ours = Statement(main=theirs.main, qualifiers=(role, name), references=(SOURCE,))

    wiki.statements.write(title, merge(before, [ours], ()), "merged", base=before.revision)

    after = read(wiki, title)
    assert [each.id for each in after.statements] == [each.id for each in before.statements]
    assert after.statements[1:] == before.statements[1:]
    zoe, mapillary = theirs.qualifiers
    assert after.statements[0].statement == replace(
        theirs,
        qualifiers=(zoe, name, mapillary, role),
        references=(*theirs.references, SOURCE),
    )


def test_what_was_merged_lacks_nothing_any_more(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    bare = [replace(each, qualifiers=(), references=()) for each in STATEMENTS[:3]]
    wiki.statements.write(title, Additions(statements=tuple(bare)), "described")
    before = read(wiki, title)

    additions = merge(before, STATEMENTS, CAPTIONS)
    wiki.statements.write(title, additions, "merged", base=before.revision)

    assert merge(read(wiki, title), STATEMENTS, CAPTIONS) == Additions()


def test_captions_in_other_languages_stay(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    statements = wiki_bench.session().statements
    statements.write(title, Additions(captions=CAPTIONS[:1]), "described")

    statements.write(title, Additions(captions=CAPTIONS[1:]), "merged")

    assert wiki_bench.captions(title) == {each.language: each.text for each in CAPTIONS}


def test_each_edit_makes_a_new_revision(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()

    revisions = []
    for value in ("Q1", "Q2"):
        wiki.statements.write(title, an_item("P180", value), "described")
        revisions.append(read(wiki, title).revision)

    assert len({None, *revisions}) == 3


# Somebody else writes meanwhile


def test_a_caption_that_somebody_else_wrote_meanwhile_is_a_conflict(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    # Capture `wb-edit-stale-baserevid-conflict`.
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki.statements.write(title, A_CREATOR, "described")
    base = read(wiki, title).revision
    theirs, ours = (Additions(captions=(Caption(language="fr", text=text),)) for text in "ab")
    wiki_bench.session(SECOND).statements.write(title, theirs, "meanwhile")
    between = read(wiki, title)

    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, replace(ours, statements=STATEMENTS[1:2]), "merged", base=base)

    assert caught.value.fault.kind is FaultKind.EDIT_CONFLICT
    assert read(wiki, title) == between


# What follows was never captured: it is so by Wikibase's source (`StatementListPatcher`).


def test_statements_that_two_added_to_one_property_at_once_stand_beside_each_other(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki.statements.write(title, an_item("P275", "Q1"), "described")
    base = read(wiki, title).revision
    wiki_bench.session(SECOND).statements.write(title, an_item("P275", "Q2"), "meanwhile")

    wiki.statements.write(title, an_item("P275", "Q2"), "merged", base=base)

    values = [each.main.value for each in wiki_bench.statements(title)]
    assert values == [Item("Q1"), Item("Q2"), Item("Q2")]


def test_a_statement_that_two_completed_at_once_is_as_the_later_one_wrote_it(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki.statements.write(title, A_CREATOR, "described")
    before = read(wiki, title)
    role, referred = (
        replace(STATEMENTS[0], qualifiers=(Snak("P3831", Item("Q33231")),)),
        replace(STATEMENTS[0], references=(SOURCE,)),
    )
    wiki_bench.session(SECOND).statements.write(title, merge(before, [role], ()), "meanwhile")

    additions = merge(before, [referred], ())
    wiki.statements.write(title, additions, "merged", base=before.revision)

    (statement,) = wiki_bench.statements(title)
    assert statement.qualifiers == STATEMENTS[0].qualifiers
    assert statement.references == (*STATEMENTS[0].references, SOURCE)


def test_what_somebody_else_wrote_meanwhile_of_other_things_is_kept(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki.statements.write(title, A_CREATOR, "described")
    base = read(wiki, title).revision
    wiki_bench.session(SECOND).statements.write(title, an_item("P180", "Q42"), "meanwhile")

    wiki.statements.write(title, an_item("P275", "Q18199165"), "merged", base=base)

    written = {each.main.property for each in wiki_bench.statements(title)}
    assert written == {"P170", "P180", "P275"}


# What goes wrong


def test_a_description_whose_answer_was_lost_is_there_all_the_same(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki_bench.lose_next_answer("write")
    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, A_CREATOR, "described")
    assert caught.value.fault.kind is FaultKind.UNREACHABLE

    assert merge(read(wiki, title), A_CREATOR.statements, ()) == Additions()


def test_a_file_that_the_wiki_does_not_know_yet_may_be_known_later(
    wiki_bench: WikiBench,
) -> None:
    with pytest.raises(Faulted) as caught:
        wiki_bench.session().statements.write(a_title(), A_CREATOR, "described")

    assert caught.value.fault.kind is FaultKind.STORAGE


def test_describing_costs_an_edit_and_reading_nothing(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    titles = [published(wiki_bench, tmp_path)[0] for _ in range(2)]
    wiki_bench.limit(PHOTOGRAPHER, {"edit": (1, 600)})
    wiki = wiki_bench.session()
    read(wiki, titles[0])
    wiki.statements.write(titles[0], A_CREATOR, "described")

    with pytest.raises(Faulted) as caught:
        wiki.statements.write(titles[1], A_CREATOR, "described")

    assert caught.value.fault.kind is FaultKind.RATE_LIMITED
    assert read(wiki, titles[1]) == Description()


def test_a_blocked_user_describes_nothing(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki_bench.block(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, A_CREATOR, "described")

    assert caught.value.fault.kind is FaultKind.BLOCKED


def test_a_read_only_wiki_is_described_later(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki_bench.make_read_only()

    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, A_CREATOR, "described")

    assert caught.value.fault.kind is FaultKind.READ_ONLY
