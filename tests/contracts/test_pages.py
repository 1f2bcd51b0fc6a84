"""What every `Pages` promises of refreshing, reading and saving."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.ports.pages import PageText
from curator_core.ports.wiki import Wiki
from tests.contracts.wiki_bench import PHOTOGRAPHER, WikiBench, published
from tests.pictures import a_title

_NUMBERS = count(1)


def a_page() -> str:
    """A name that no other test uses."""
    return f"Category:Bridges of the test {next(_NUMBERS)}"


def written(wiki: Wiki, page: str, text: str = "old") -> PageText:
    """A new page, as it was read."""
    assert wiki.pages.save(page, text, "made", None)
    found = wiki.pages.read(page)
    assert found is not None
    return found


def refusal(wiki: Wiki, page: str, base: PageText | None = None) -> Fault:
    with pytest.raises(Faulted) as caught:
        wiki.pages.save(page, "new", "a summary", base)
    return caught.value.fault


def edits_of_a_save(wiki_bench: WikiBench) -> int:
    """What one costs: each is counted twice since some version after 1.39."""
    return 2 if wiki_bench.version >= (1, 43) else 1


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


@pytest.mark.parametrize("how", ["refresh", "touch"])
def test_a_page_that_the_wiki_does_not_know_yet_may_be_known_later(
    wiki_bench: WikiBench, how: str
) -> None:
    with pytest.raises(Faulted) as caught:
        getattr(wiki_bench.session().pages, how)(a_title())

    assert caught.value.fault.kind is FaultKind.STORAGE


def test_a_touch_refreshes_without_a_revision(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    pages = wiki_bench.session().pages
    before = pages.read(title.page)

    pages.touch(title)

    assert wiki_bench.was_refreshed(title)
    assert pages.read(title.page) == before


def test_a_touch_costs_as_much_as_an_edit(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)
    wiki_bench.limit(PHOTOGRAPHER, {"edit": (edits_of_a_save(wiki_bench), 600)})
    pages = wiki_bench.session().pages
    pages.touch(title)

    with pytest.raises(Faulted) as caught:
        pages.touch(title)

    assert caught.value.fault.kind is FaultKind.RATE_LIMITED


def test_a_files_page_can_be_read(wiki_bench: WikiBench, tmp_path: Path) -> None:
    title, _ = published(wiki_bench, tmp_path)

    found = wiki_bench.session().pages.read(title.page)

    assert found is not None
    assert found.text == "text"


def test_a_page_that_is_not_there_has_no_text(wiki_bench: WikiBench) -> None:
    assert wiki_bench.session().pages.read(a_page()) is None


def test_a_new_page_is_read_as_it_was_saved(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    text = "{{Wikidata Infobox}}\n[[Category:Brücken|Ä & b]]\n<!-- 50 % + 1 -->"

    assert wiki.pages.save(page, text, "a summary: “Brücken” & more", None)

    found = wiki.pages.read(page)
    assert found is not None
    assert found.text == text
    assert wiki_bench.summary(page) == "a summary: “Brücken” & more"


def test_a_page_that_is_there_is_not_made_anew(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)

    assert not wiki.pages.save(page, "new", "a summary", None)

    assert wiki.pages.read(page) == before


def test_what_was_read_is_replaced(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)

    assert wiki.pages.save(page, "new", "replaced", before)

    after = wiki.pages.read(page)
    assert after is not None
    assert after.text == "new"
    assert after.revision != before.revision
    assert wiki_bench.summary(page) == "replaced"


def test_the_same_text_makes_no_revision(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)

    assert wiki.pages.save(page, before.text, "nothing", before)

    assert wiki.pages.read(page) == before


def test_nobodys_change_is_overwritten(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)
    wiki.pages.save(page, "theirs", "a summary", before)

    assert refusal(wiki, page, before).kind is FaultKind.EDIT_CONFLICT

    after = wiki.pages.read(page)
    assert after is not None
    assert after.text == "theirs"


def test_a_page_that_went_away_is_not_replaced(wiki_bench: WikiBench) -> None:
    gone = PageText(text="old", revision=1)

    assert refusal(wiki_bench.session(), a_page(), gone).kind is FaultKind.REFUSED


def test_saving_beyond_the_limit_is_refused(wiki_bench: WikiBench) -> None:
    wiki_bench.limit(PHOTOGRAPHER, {"edit": (edits_of_a_save(wiki_bench), 600)})
    wiki = wiki_bench.session()
    written(wiki, a_page())

    fault = refusal(wiki, a_page())

    assert fault.kind is FaultKind.RATE_LIMITED
    assert fault.retry_after is None


def test_a_read_only_wiki_is_saved_to_later(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)
    wiki_bench.make_read_only()

    assert refusal(wiki, page, before).kind is FaultKind.READ_ONLY
    assert wiki.pages.read(page) == before


def test_a_blocked_user_saves_nothing(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)
    wiki_bench.block(PHOTOGRAPHER)

    assert refusal(wiki, page, before).kind is FaultKind.BLOCKED


def test_a_wiki_whose_replicas_lag_says_how_long_to_wait(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)
    wiki_bench.lag()

    fault = refusal(wiki, page, before)

    assert (fault.kind, fault.retry_after) == (FaultKind.BUSY, timedelta(seconds=5))
    assert wiki.pages.read(page) == before


def test_an_expired_write_token_is_replaced_for_the_next_attempt(wiki_bench: WikiBench) -> None:
    wiki, page = wiki_bench.session(), a_page()
    before = written(wiki, page)
    wiki_bench.expire_write_tokens()

    assert refusal(wiki, page, before).kind is FaultKind.BAD_TOKEN
    assert wiki.pages.save(page, "new", "a summary", before)
