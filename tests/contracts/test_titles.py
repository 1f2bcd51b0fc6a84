"""What every `Titles` promises."""

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.title import Title
from curator_core.ports.titles import AT_ONCE, NameFound
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench
from tests.pictures import a_title, picture_bytes


def test_an_ordinary_name_has_nothing_against_it(wiki_bench: WikiBench) -> None:
    assert wiki_bench.session().titles.blacklist_reason(a_title()) is None


def test_a_blacklisted_name_comes_with_the_wikis_reason_in_plain_text(
    wiki_bench: WikiBench,
) -> None:
    reason = wiki_bench.session().titles.blacklist_reason(a_title("A BLACKLISTEDWORD"))

    assert reason is not None
    # 1.39 does not quote the entry.
    quote = '"' if wiki_bench.version >= (1, 43) else ""
    assert f": {quote}.*BLACKLISTEDWORD.* <casesensitive>{quote}" in reason
    assert "&lt;" not in reason


def test_who_lost_their_grant_is_told_so(wiki_bench: WikiBench) -> None:
    session = wiki_bench.session()
    wiki_bench.revoke(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        session.titles.blacklist_reason(a_title())

    assert caught.value.fault.kind is FaultKind.NO_GRANT


def test_names_are_looked_up_in_one_request_and_told_in_their_order(
    wiki_bench: WikiBench,
) -> None:
    session = wiki_bench.session()
    free, taken, page = a_title(), a_title(), a_title("Ein Blick über 橋")
    wiki_bench.place(taken, picture_bytes(), SECOND)
    session.pages.save(page.page, "Only a page.", "a summary", None)
    before = wiki_bench.requests_made()

    found = session.titles.look_up([page, free, taken])

    assert wiki_bench.requests_made() - before == 1
    assert found == (
        NameFound(spelled=page.text, has_page=True),
        NameFound(spelled=free.text),
        NameFound(spelled=taken.text, has_page=True, has_file=True),
    )


def test_as_many_names_as_are_allowed_are_looked_up_however_long_they_are(
    wiki_bench: WikiBench,
) -> None:
    titles = [Title.of(f"{number:02} {'橋' * 75}.jpg") for number in range(AT_ONCE)]

    found = wiki_bench.session().titles.look_up(titles)

    assert [each.spelled for each in found] == [title.text for title in titles]


def test_no_names_cost_no_request_and_more_than_allowed_are_refused(
    wiki_bench: WikiBench,
) -> None:
    titles = wiki_bench.session().titles

    assert titles.look_up([]) == ()
    with pytest.raises(ValueError, match="names"):
        titles.look_up([a_title() for _ in range(AT_ONCE + 1)])
