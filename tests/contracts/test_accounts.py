"""What every `Accounts` promises."""

from curator_core.domain.pace import Limit
from tests.contracts.wiki_bench import BOT, PHOTOGRAPHER, WikiBench


def test_limits_are_the_accounts_own(wiki_bench: WikiBench) -> None:
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (7, 30)})

    limits = wiki_bench.session().accounts.limits()

    assert not limits.exempt
    assert Limit(action="upload", group="user", hits=7, seconds=30) in limits.limits


def test_who_is_not_limited_is_exempt(wiki_bench: WikiBench) -> None:
    limits = wiki_bench.session(BOT).accounts.limits()

    assert limits.exempt
    assert limits.limits == ()


def test_changed_limits_show_in_the_next_answer(wiki_bench: WikiBench) -> None:
    session = wiki_bench.session()
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (7, 30)})
    session.accounts.limits()
    wiki_bench.limit(PHOTOGRAPHER, {"upload": (3, 30)})

    uploads = [limit for limit in session.accounts.limits().limits if limit.action == "upload"]

    assert [limit.hits for limit in uploads] == [3]
