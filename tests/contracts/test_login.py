"""What every `Login` promises."""

import pytest

from curator_core.domain.errors import Faulted
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken, User
from tests.contracts.wiki_bench import PHOTOGRAPHER, SECOND, WikiBench
from tests.pictures import a_title

pytestmark = pytest.mark.sandbox_only("Debian has no OAuth extension")

CALLBACK = "http://127.0.0.1:8000/auth/callback"


def logged_in(bench: WikiBench, name: str = PHOTOGRAPHER) -> AccessToken:
    started = bench.login.start(CALLBACK)
    return bench.login.finish(started.request_token, bench.allow(started.address, name))


def test_a_visitor_who_says_yes_gives_us_a_token_that_works(wiki_bench: WikiBench) -> None:
    token = logged_in(wiki_bench)

    wiki = wiki_bench.wikis.session(UserId("4"), token)

    assert wiki.titles.blacklist_reason(a_title()) is None


def test_the_wiki_says_who_holds_a_token(wiki_bench: WikiBench) -> None:
    identity = wiki_bench.login.identify(logged_in(wiki_bench, SECOND))

    assert identity.user == User(id=UserId("6"), username=SECOND)
    assert {"upload", "autoconfirmed"} <= identity.rights
    assert identity.edit_count > 50
    assert not identity.blocked


def test_a_callbacks_own_parameters_survive(wiki_bench: WikiBench) -> None:
    started = wiki_bench.login.start(f"{CALLBACK}?next=%2Fbatches%3Fpage%3D2")

    query = wiki_bench.allow(started.address, PHOTOGRAPHER)

    assert "next=%2Fbatches%3Fpage%3D2" in query
    token = wiki_bench.login.finish(started.request_token, query)
    assert wiki_bench.login.identify(token).user.username == PHOTOGRAPHER


def test_two_visitors_at_once_are_told_apart(wiki_bench: WikiBench) -> None:
    login = wiki_bench.login
    one, two = login.start(CALLBACK), login.start(CALLBACK)
    answers = {
        PHOTOGRAPHER: wiki_bench.allow(one.address, PHOTOGRAPHER),
        SECOND: wiki_bench.allow(two.address, SECOND),
    }

    second = login.identify(login.finish(two.request_token, answers[SECOND]))
    first = login.identify(login.finish(one.request_token, answers[PHOTOGRAPHER]))

    assert [each.user.username for each in (first, second)] == [PHOTOGRAPHER, SECOND]


def test_the_answer_to_another_login_is_refused(wiki_bench: WikiBench) -> None:
    login = wiki_bench.login
    mine, anothers = login.start(CALLBACK), login.start(CALLBACK)

    with pytest.raises(Faulted) as caught:
        login.finish(mine.request_token, wiki_bench.allow(anothers.address, PHOTOGRAPHER))

    assert caught.value.fault.kind is FaultKind.REFUSED


@pytest.mark.parametrize("query", ["", "error=access_denied", "oauth_token=x&oauth_verifier=y"])
def test_an_answer_that_is_none_is_refused(wiki_bench: WikiBench, query: str) -> None:
    started = wiki_bench.login.start(CALLBACK)

    with pytest.raises(Faulted) as caught:
        wiki_bench.login.finish(started.request_token, query)

    assert caught.value.fault.kind is FaultKind.REFUSED


def test_a_visitor_who_did_not_say_yes_gets_nothing(wiki_bench: WikiBench) -> None:
    started = wiki_bench.login.start(CALLBACK)
    query = f"oauth_token={started.request_token.key}&oauth_verifier=guessed"

    with pytest.raises(Faulted) as caught:
        wiki_bench.login.finish(started.request_token, query)

    assert caught.value.fault.kind is FaultKind.REFUSED


def test_a_login_is_finished_once(wiki_bench: WikiBench) -> None:
    started = wiki_bench.login.start(CALLBACK)
    query = wiki_bench.allow(started.address, PHOTOGRAPHER)
    wiki_bench.login.finish(started.request_token, query)

    with pytest.raises(Faulted) as caught:
        wiki_bench.login.finish(started.request_token, query)

    assert caught.value.fault.kind is FaultKind.REFUSED


def test_a_revoked_token_identifies_nobody(wiki_bench: WikiBench) -> None:
    token = logged_in(wiki_bench)
    wiki_bench.revoke(PHOTOGRAPHER)

    with pytest.raises(Faulted) as caught:
        wiki_bench.login.identify(token)

    assert caught.value.fault.kind is FaultKind.NO_GRANT


def test_an_invented_token_identifies_nobody(wiki_bench: WikiBench) -> None:
    with pytest.raises(Faulted) as caught:
        wiki_bench.login.identify(AccessToken(key="0" * 32, secret="0" * 40))

    assert caught.value.fault.kind is FaultKind.NO_GRANT


def test_tokens_do_not_show_their_secrets(wiki_bench: WikiBench) -> None:
    started = wiki_bench.login.start(CALLBACK)
    token = logged_in(wiki_bench)

    shown = f"{started} {token}"

    assert started.request_token.secret not in shown
    assert token.key not in shown
    assert token.secret not in shown
