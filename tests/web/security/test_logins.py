"""Answers of the wiki that are replayed, swapped or made up."""

import pytest
from starlette.testclient import TestClient

from tests.web.house import WebHouse, path_of
from tests.web.security.planted import CarelessHouse


def begun(house: WebHouse, visitor: TestClient, name: str = "Ada") -> str:
    """A login that was begun by `visitor` and agreed to by `name`: the way back."""
    to_wiki = visitor.get("/auth/login").headers["location"]
    return path_of(house.login.allow(to_wiki, house.wiki.accounts[name]))


def who(visitor: TestClient) -> str | None:
    answer = visitor.get("/auth/whoami")
    return answer.json()["username"] if answer.status_code == 200 else None


def handed_over(visitor: TestClient) -> TestClient:
    """The same browser with the cookies that it had: a thief's copy."""
    copy = TestClient(visitor.app, follow_redirects=False)
    for cookie in visitor.cookies.jar:
        copy.cookies.set(cookie.name, cookie.value or "", path=cookie.path)
    return copy


def swapped(house: WebHouse) -> tuple[TestClient, int]:
    """Ada has begun a login, and follows the link that ends Grace's."""
    ada, grace = house.visitor(), house.visitor()
    begun(house, ada)
    return ada, ada.get(begun(house, grace, "Grace")).status_code


def test_where_tokens_are_not_compared_the_answer_to_anothers_login_is_taken() -> None:
    ada, status = swapped(CarelessHouse())
    assert (status, who(ada)) == (302, "Grace")


def test_the_answer_to_anothers_login_is_not_taken(house: WebHouse) -> None:
    ada, status = swapped(house)
    assert (status, who(ada)) == (400, None)


def test_the_same_answer_twice_is_one_login(house: WebHouse) -> None:
    ada = house.visitor()
    back = begun(house, ada)
    assert ada.get(back).status_code == 302
    ada.get("/auth/logout")
    assert ada.get(back).status_code == 400
    assert who(ada) is None


def test_a_kept_copy_of_the_handshake_ends_it_no_second_time(house: WebHouse) -> None:
    ada = house.visitor()
    back = begun(house, ada)
    thief = handed_over(ada)
    assert ada.get(back).status_code == 302
    assert "curator_login" in thief.cookies
    assert thief.get(back).status_code == 400
    assert who(thief) is None


def test_before_it_is_used_a_copy_of_the_handshake_would_do(house: WebHouse) -> None:
    ada = house.visitor()
    back = begun(house, ada)
    thief = handed_over(ada)
    assert thief.get(back).status_code == 302


def test_whoever_began_no_login_ends_none(house: WebHouse) -> None:
    ada, victim = house.visitor(), house.visitor()
    back = begun(house, ada)
    assert victim.get(back).status_code == 400
    assert who(victim) is None
    # It was a good one.
    assert ada.get(back).status_code == 302


@pytest.mark.parametrize(
    "change",
    [
        lambda query: query.replace("oauth_token=", "oauth_token=x"),
        lambda query: query.replace("oauth_verifier=", "oauth_verifier=x"),
        lambda query: f"{query}&oauth_token=request-other",
        lambda query: f"oauth_token=request-other&{query}",
        lambda query: query.replace("oauth_token=", "oauth_token%00="),
        lambda query: query.upper(),
    ],
)
def test_an_answer_that_was_changed_on_its_way_uses_the_handshake_up(
    house: WebHouse, change: object
) -> None:
    assert callable(change)
    ada = house.visitor()
    path, _, query = begun(house, ada).partition("?")
    answer = ada.get(f"{path}?{change(query)}")
    assert (answer.status_code, who(ada)) == (400, None)
    assert "curator_login" not in ada.cookies
    # The true one comes too late.
    assert ada.get(f"{path}?{query}").status_code == 400


def test_a_refused_newcomer_has_used_the_handshake_up(house: WebHouse) -> None:
    house.wiki.accounts["Ada"].edit_count = 3
    ada = house.visitor()
    back = begun(house, ada)
    for headers in ({"Accept": "text/html"}, {}):
        answer = ada.get(back, headers=headers)
        assert answer.status_code in (403, 400)
        assert who(ada) is None
    assert "curator_login" not in ada.cookies


@pytest.mark.parametrize(
    ("rights", "edits", "blocked"),
    [
        (frozenset(), 100, False),
        (frozenset({"autoconfirmed"}), 49, False),
        (frozenset({"autoconfirmed"}), 50, True),
    ],
)
def test_who_may_not_log_in_gets_no_session(
    house: WebHouse, rights: frozenset[str], edits: int, blocked: bool
) -> None:
    ada = house.visitor("Ada")
    assert who(ada) == "Ada"
    account = house.wiki.accounts["Ada"]
    account.rights, account.edit_count, account.blocked = rights, edits, blocked
    newcomer = house.visitor()
    answer = newcomer.get(begun(house, newcomer))
    assert (answer.status_code, who(newcomer)) == (403, None)


def test_a_login_leads_nowhere_but_home(house: WebHouse) -> None:
    ada = house.visitor()
    answer = ada.get(f"{begun(house, ada)}&next=https://evil.example&returnto=//evil.example")
    assert answer.headers["location"] == "/"
