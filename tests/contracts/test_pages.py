"""What every `Pages` promises."""

from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from tests.contracts.wiki_bench import PHOTOGRAPHER, WikiBench, published
from tests.pictures import a_title


def test_a_page_is_refreshed(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    assert not wiki_bench.was_refreshed(title)

    wiki_bench.session().pages.refresh(title)

    assert wiki_bench.was_refreshed(title)


def test_a_refresh_costs_no_edit(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki_bench.limit(PHOTOGRAPHER, {"edit": (1, 600)})
    pages = wiki_bench.session().pages

    for _ in range(3):
        pages.refresh(title)

    published(wiki_bench, tmp_path)


@pytest.mark.parametrize("action", ["purge", "linkpurge"])
def test_a_refresh_beyond_its_limits_says_so(
    wiki_bench: WikiBench, tmp_path: Path, action: str
) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki_bench.limit(PHOTOGRAPHER, {action: (1, 600)})
    pages = wiki_bench.session().pages
    pages.refresh(title)

    with pytest.raises(Faulted) as caught:
        pages.refresh(title)

    assert caught.value.fault.kind is FaultKind.RATE_LIMITED


def test_a_page_that_the_wiki_does_not_know_yet_may_be_known_later(
    wiki_bench: WikiBench,
) -> None:
    with pytest.raises(Faulted) as caught:
        wiki_bench.session().pages.refresh(a_title())

    assert caught.value.fault.kind is FaultKind.STORAGE
