"""Rate limits: what counts, and what is said when one is used up."""

import json
from collections.abc import Callable

import pytest

from curator_cli.sandbox.settings import Account, SandboxSettings, default_accounts
from curator_cli.sandbox.wiki.errors import ApiError
from curator_cli.sandbox.wiki.limits import RateLimits
from tests.cli.sandbox.client import PHOTOGRAPHER, Json, WikiClient, control
from tests.cli.sandbox.conftest import a_name, a_picture
from tests.cli.sandbox.shapes import assert_like, capture

_MANY = [100, 60]


@pytest.fixture
def limited(base: str, settings: SandboxSettings) -> Callable[..., WikiClient]:
    """Gives the second photographer so many hits of some actions."""

    def limit(**hits: int) -> WikiClient:
        limits = {name: {"user": [most, 60]} for name, most in hits.items()}
        unlimited = {name: {"user": _MANY} for name in ("edit", "upload", "purge", "linkpurge")}
        account = "Second photographer"
        control(base, "limits", account=account, limits=unlimited | limits)
        return WikiClient(base, settings, account)

    return limit


def prepared(client: WikiClient, count: int) -> list[tuple[str, str]]:
    names = [a_name() for _ in range(count)]
    return [(name, client.stashed(name, a_picture())) for name in names]


def edit(client: WikiClient, text: str) -> Json:
    return client.write(action="edit", title="Commons:Sandbox", appendtext=text)


def describe(client: WikiClient, name: str, text: str) -> Json:
    data = json.dumps({"labels": {"fr": {"language": "fr", "value": text}}})
    return client.write(action="wbeditentity", site="commonswiki", title=f"File:{name}", data=data)


def test_a_publish_beyond_the_limit_is_refused_and_its_key_survives(
    base: str, limited: Callable[..., WikiClient]
) -> None:
    client = limited(upload=2)
    files = prepared(client, 3)
    for name, key in files[:2]:
        assert client.commit(name, key)["upload"]["result"] == "Success"
    answer = client.commit(*files[2])
    assert_like(client, answer, "ratelimited-upload-commit")
    assert "Retry-After" not in client.last.headers
    plain = client.commit(*files[2], errorformat="plaintext")
    assert_like(client, plain, "ratelimited-upload-commit-errorformat-plaintext")
    whole = client.whole_file(a_name(), a_picture())
    assert_like(client, whole, "ratelimited-upload-whole-file")
    assert_like(client, client.chunk(a_name(), a_picture()), "ratelimited-stash-still-ok")
    control(base, "limits", account=client.account)
    assert client.commit(*files[2])["upload"]["result"] == "Success"


def test_each_publish_costs_an_edit_too(limited: Callable[..., WikiClient]) -> None:
    client = limited(edit=2)
    files = prepared(client, 3)
    answers = [client.commit(name, key) for name, key in files]
    assert [list(answer) for answer in answers] == [["upload"], ["upload"], ["error"]]
    assert_like(client, answers[2], "ratelimited-upload-because-of-edit-limit")


def test_a_publish_answered_with_a_warning_costs_the_same(
    limited: Callable[..., WikiClient],
) -> None:
    client = limited(upload=3)
    client.publish(a_name(), content := a_picture())
    names = [a_name() for _ in range(3)]
    answers = [client.commit(name, client.stashed(name, content)) for name in names]
    results = [answer.get("upload", {}).get("result") for answer in answers]
    assert results == ["Warning", "Warning", None]
    assert_like(client, answers[2], "ratelimited-warnings-count-too")


def test_a_file_that_fails_verification_costs_nothing(limited: Callable[..., WikiClient]) -> None:
    client = limited(upload=1)
    for _ in range(3):
        answer = client.whole_file(a_name(), b"no picture " * 100, ignorewarnings=1)
        assert answer["error"]["code"] == "verification-error"
    assert client.publish(a_name(), a_picture())["upload"]["result"] == "Success"


def test_an_edit_costs_two(limited: Callable[..., WikiClient]) -> None:
    client = limited(edit=2)
    assert edit(client, "x")["edit"]["result"] == "Success"
    assert_like(client, edit(client, "x"), "ratelimited-edit")


def test_an_entity_costs_one_edit_even_without_a_change(
    limited: Callable[..., WikiClient],
) -> None:
    client = limited(edit=3)
    client.publish(name := a_name(), a_picture())
    assert describe(client, name, "légende")["success"] == 1
    assert describe(client, name, "légende")["entity"]["nochange"]
    answer = describe(client, name, "légende")
    recorded = capture("ratelimited-wbeditentity")
    assert client.error_header == recorded["response_headers"]["MediaWiki-API-Error"]
    names = [message["name"] for message in answer["error"]["messages"]]
    assert answer["error"]["code"] == "failed-save"
    assert names == ["wikibase-api-failed-save", "actionthrottledtext"]


def test_a_purge_beyond_its_limit_is_not_done_and_says_so(
    limited: Callable[..., WikiClient],
) -> None:
    client = limited(purge=1)
    client.publish(name := a_name(), a_picture())
    asked = {"action": "purge", "titles": f"File:{name}", "forcelinkupdate": "1"}
    first, second = (client.post(None, **asked) for _ in range(2))
    page = {"ns": 6, "title": f"File:{name}"}
    assert first["purge"] == [page | {"purged": True, "linkupdate": True}]
    assert second["purge"] == [page | {"linkupdate": True}]
    assert "rate limit" in second["warnings"]["purge"]["warnings"]


def test_a_newcomer_is_held_to_the_newcomers_limit(base: str, settings: SandboxSettings) -> None:
    control(base, "limits", account="Newbie")
    newbie = WikiClient(base, settings, "Newbie")
    answers = [newbie.publish(a_name(), a_picture()) for _ in range(9)]
    assert all("upload" in answer for answer in answers[:8])
    assert_like(newbie, answers[8], "ratelimited-newbie")


def test_limits_are_shown_as_the_wiki_shows_them(base: str, settings: SandboxSettings) -> None:
    for account, name in (("Newbie", "userinfo-newbie"), ("Sandbox bot", "userinfo-bot")):
        client = WikiClient(base, settings, account)
        asked = {"action": "query", "meta": "userinfo"}
        answer = client.get(**asked, uiprop="ratelimits|rights|groups")
        recorded = capture(name)["response"]["query"]["userinfo"]
        shown = answer["query"]["userinfo"]["ratelimits"]
        for action in shown:
            assert shown[action] == recorded["ratelimits"][action]
        assert bool(shown) == bool(recorded["ratelimits"])
        rights = answer["query"]["userinfo"]["rights"]
        assert ("noratelimit" in rights) == ("noratelimit" in recorded["rights"])
        assert answer["query"]["userinfo"]["groups"] == recorded["groups"]


def an_account(name: str) -> Account:
    return next(account for account in default_accounts() if account.name == name)


def refused(limits: RateLimits, user: Account, action: str) -> bool:
    try:
        limits.hit(user, action)
    except ApiError:
        return True
    return False


def test_a_budget_comes_back_as_the_hits_of_a_whole_bucket_leave_the_window() -> None:
    seconds = [600.5]
    limits = RateLimits(1, clock=lambda: seconds[0])
    user = an_account(PHOTOGRAPHER)
    limits.hit(user, "upload")
    # Its bucket reaches from 600 to 602, its window is a minute: half of it has left at 661.
    for later, expected in ((660.5, True), (661.0, True), (661.1, False)):
        seconds[0] = later
        assert refused(limits, user, "upload") is expected


def test_hits_are_counted_as_mediawiki_counts_them() -> None:
    # Asked of MediaWiki's own WRStatsRateLimiter: 4 hits in 7 s, tried at these times.
    tried = {
        1000.0: "ok", 1000.1: "ok", 1000.2: "ok", 1003.0: "ok", 1006.9: "no",
        1007.0: "ok", 1007.1: "no", 1007.2: "ok", 1007.3: "ok", 1007.4: "no",
        1010.0: "ok", 1010.1: "no", 1010.2: "no", 1013.9: "no", 1014.2: "ok",
        1014.4: "ok",
    }  # fmt: skip
    seconds = [0.0]
    limits = RateLimits(1, clock=lambda: seconds[0])
    user = an_account(PHOTOGRAPHER)
    limits.override(user, {"upload": {"user": (4, 7)}})
    found = {}
    for seconds[0] in tried:
        found[seconds[0]] = "no" if refused(limits, user, "upload") else "ok"
    assert found == tried


def test_one_users_hits_are_not_anothers() -> None:
    limits = RateLimits(1, clock=lambda: 0.0)
    limits.hit(an_account(PHOTOGRAPHER), "upload")
    limits.hit(an_account("Second photographer"), "upload")
    for _ in range(500):
        limits.hit(an_account("Sandbox bot"), "upload")


def test_a_limit_can_be_cut_while_what_was_used_counts(
    base: str, limited: Callable[..., WikiClient]
) -> None:
    client = limited(upload=3)
    files = prepared(client, 3)
    for name, key in files[:2]:
        assert client.commit(name, key)["upload"]["result"] == "Success"
    cut = {"account": client.account, "limits": {"upload": {"user": [2, 60]}}}
    control(base, "limits", **cut, keep=True)
    assert client.commit(*files[2])["error"]["code"] == "ratelimited"
    control(base, "limits", **cut)
    assert client.commit(*files[2])["upload"]["result"] == "Success"
