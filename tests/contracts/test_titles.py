"""What every `Titles` promises."""

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from tests.contracts.wiki_bench import PHOTOGRAPHER, WikiBench
from tests.pictures import a_title


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
