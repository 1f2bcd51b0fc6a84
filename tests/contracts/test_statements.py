"""What every `Statements` promises."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from curator_core.domain.caption import Caption
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.statement import (
    Coordinates,
    Day,
    Item,
    Quantity,
    Rank,
    Snak,
    Statement,
    Text,
)
from tests.contracts.wiki_bench import PHOTOGRAPHER, WikiBench, published
from tests.pictures import a_title

pytestmark = pytest.mark.sandbox_only("Debian has no Wikibase")

STATEMENTS = (
    Statement(
        main=Snak("P170", None),
        qualifiers=(Snak("P2093", Text("Zoë Ünal")), Snak("P13988", Text("zoe"))),
    ),
    Statement(main=Snak("P1947", Text("1234567890"))),
    Statement(main=Snak("P1433", Item("Q26757498")), rank=Rank.PREFERRED),
    Statement(main=Snak("P571", Day(date(2024, 5, 1)))),
    Statement(
        main=Snak("P1259", Coordinates(latitude=51.4769, longitude=-0.0005)),
        qualifiers=(Snak("P7787", Quantity(amount=Decimal("123.5"), unit=Item("Q28390"))),),
    ),
    Statement(main=Snak("P2049", Quantity(amount=Decimal(2048), unit=Item("Q355198")))),
)
CAPTIONS = (
    Caption(language="en", text='A "view" of Greenwich & more'),
    Caption(language="de", text="Ein Blick"),
)


def test_a_new_file_has_no_description(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)

    assert not wiki_bench.session().statements.is_described(title)


def test_statements_and_captions_arrive_as_they_were_given(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()

    wiki.statements.write(title, STATEMENTS, CAPTIONS, "described")

    assert wiki.statements.is_described(title)
    by_property = {each.main.property: each for each in wiki_bench.statements(title)}
    assert by_property == {each.main.property: each for each in STATEMENTS}
    assert wiki_bench.captions(title) == {each.language: each.text for each in CAPTIONS}


def test_several_statements_of_one_property_all_arrive(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    statements = [Statement(main=Snak("P180", Item(name))) for name in ("Q42", "Q146")]

    wiki_bench.session().statements.write(title, statements, (), "described")

    assert wiki_bench.statements(title) == statements


def test_a_caption_alone_is_a_description(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()

    wiki.statements.write(title, (), CAPTIONS[:1], "described")

    assert wiki.statements.is_described(title)


def test_a_description_whose_answer_was_lost_is_there_all_the_same(
    wiki_bench: WikiBench, tmp_path: Path
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki_bench.lose_next_answer("write")
    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, STATEMENTS[:1], (), "described")
    assert caught.value.fault.kind is FaultKind.UNREACHABLE

    assert wiki.statements.is_described(title)


def test_a_file_that_the_wiki_does_not_know_yet_may_be_known_later(
    wiki_bench: WikiBench,
) -> None:
    wiki = wiki_bench.session()

    with pytest.raises(Faulted) as writing:
        wiki.statements.write(a_title(), STATEMENTS, (), "described")
    with pytest.raises(Faulted) as asking:
        wiki.statements.is_described(a_title())

    assert writing.value.fault.kind is asking.value.fault.kind is FaultKind.STORAGE


def test_describing_costs_an_edit(wiki_bench: WikiBench, tmp_path: Path) -> None:
    titles = [published(wiki_bench, tmp_path)[0] for _ in range(2)]
    wiki_bench.limit(PHOTOGRAPHER, {"edit": (1, 600)})
    statements = wiki_bench.session().statements
    statements.write(titles[0], STATEMENTS[:1], (), "described")

    with pytest.raises(Faulted) as caught:
        statements.write(titles[1], STATEMENTS[:1], (), "described")

    assert caught.value.fault.kind is FaultKind.RATE_LIMITED
    assert not statements.is_described(titles[1])


def test_a_blocked_user_describes_nothing(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki_bench.block(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, STATEMENTS[:1], (), "described")

    assert caught.value.fault.kind is FaultKind.BLOCKED


def test_a_read_only_wiki_is_described_later(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki = wiki_bench.session()
    wiki_bench.make_read_only()

    with pytest.raises(Faulted) as caught:
        wiki.statements.write(title, STATEMENTS[:1], (), "described")

    assert caught.value.fault.kind is FaultKind.READ_ONLY
