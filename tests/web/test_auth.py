"""Logging in and out."""

import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from curator_core.domain.ids import UserId
from curator_core.domain.user import AccessToken, User
from curator_web.session import SESSION_SECONDS, Sessions
from curator_web.visitor import Visitor
from tests.web.house import CONFIG, SECRETS, WebHouse, cookie_named, log_in, path_of

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def test_a_login_leads_to_the_wiki_and_back_to_the_start(house: WebHouse) -> None:
    ada = house.visitor()
    to_wiki = ada.get("/auth/login")
    assert to_wiki.status_code == 302
    assert to_wiki.headers["location"].startswith("https://wiki.test/")

    back = house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"])
    assert back.startswith("http://testserver/auth/callback?")
    home = ada.get(path_of(back))
    assert (home.status_code, home.headers["location"]) == (302, "/")

    whoami = ada.get("/auth/whoami")
    assert whoami.status_code == 200
    assert whoami.json() == {"username": "Ada", "userid": house.ada.id, "authorized": False}


def test_an_administrator_is_authorized(house: WebHouse) -> None:
    assert house.visitor("Grace").get("/auth/whoami").json()["authorized"] is True


def test_the_operator_may_leave_the_way_back_to_the_wiki(house: WebHouse) -> None:
    web = house.a_web(replace(CONFIG, callback="oob"))
    to_wiki = TestClient(web, follow_redirects=False).get("/auth/login")
    assert house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"]).startswith(
        "oob?"
    )


def test_nobody_is_logged_in_without_a_session(house: WebHouse) -> None:
    answer = house.visitor().get("/auth/whoami")
    assert (answer.status_code, answer.json()) == (401, {"detail": "You are not logged in."})


def test_a_wiki_that_cannot_be_reached_is_told_on_a_page(house: WebHouse) -> None:
    house.wiki.down = True
    answer = house.visitor().get("/auth/login")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert "The wiki could not be reached" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_wiki_that_goes_away_during_the_handshake_is_told_on_a_page(house: WebHouse) -> None:
    ada = house.visitor()
    to_wiki = ada.get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"]))
    house.wiki.down = True
    assert ada.get(back).status_code == 502
    house.wiki.down = False
    assert ada.get(back).status_code == 302


@pytest.mark.parametrize("query", ["", "?oauth_token=x", "?oauth_verifier=x"])
def test_coming_back_without_the_wikis_answer_is_a_bad_request(house: WebHouse, query: str) -> None:
    ada = house.visitor()
    ada.get("/auth/login")
    answer = ada.get(f"/auth/callback{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith("Please start the login again.")


def test_coming_back_without_having_left_is_a_bad_request(house: WebHouse) -> None:
    to_wiki = house.visitor().get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"]))
    # Somebody else's browser follows the link, so that they would be Ada.
    stranger = house.visitor()
    assert stranger.get(back).status_code == 400
    assert stranger.get("/auth/whoami").status_code == 401


def test_an_answer_for_another_login_is_a_bad_request(house: WebHouse) -> None:
    ada, grace = house.visitor(), house.visitor()
    ada.get("/auth/login")
    to_wiki = grace.get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Grace"]))
    assert ada.get(back).status_code == 400
    assert ada.get("/auth/whoami").status_code == 401
    assert grace.get(back).status_code == 302


def test_an_answer_is_good_for_one_login(house: WebHouse) -> None:
    ada = house.visitor()
    to_wiki = ada.get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"]))
    assert ada.get(back).status_code == 302
    assert ada.get(back).status_code == 400


def test_a_newcomer_reads_why_they_may_not_log_in(house: WebHouse) -> None:
    house.wiki.accounts["Ada"].rights = frozenset()
    house.wiki.accounts["Ada"].edit_count = 7
    ada = house.visitor()
    to_wiki = ada.get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"]))
    answer = ada.get(back, headers=BROWSER)
    assert answer.status_code == 403
    assert "not autoconfirmed" in answer.text
    assert "7 edits" in answer.text
    assert ada.get("/auth/whoami").status_code == 401


def test_a_logout_forgets_the_session(house: WebHouse) -> None:
    ada = house.visitor("Ada")
    answer = ada.get("/auth/logout")
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert ada.get("/auth/whoami").status_code == 401


def test_a_login_takes_the_place_of_the_session_before(house: WebHouse) -> None:
    visitor = house.visitor("Ada")
    before = visitor.cookies["curator_session"]
    log_in(visitor, house, "Grace")
    assert visitor.get("/auth/whoami").json()["username"] == "Grace"
    assert visitor.cookies["curator_session"] != before
    assert "curator_login" not in visitor.cookies


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_session_is_out_of_reach_of_scripts_and_other_sites(
    house: WebHouse, scheme: str, secure: bool
) -> None:
    ada = house.visitor(base_url=f"{scheme}://testserver")
    to_wiki = ada.get("/auth/login")
    back = path_of(house.login.allow(to_wiki.headers["location"], house.wiki.accounts["Ada"]))
    home = ada.get(back)
    for name, answer in (("curator_login", to_wiki), ("curator_session", home)):
        cookie = cookie_named(name, answer.headers.get_list("set-cookie"))
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "lax"
        assert bool(cookie["secure"]) is secure
    assert cookie_named("curator_session", home.headers.get_list("set-cookie"))["max-age"] == str(
        14 * 24 * 3600
    )


def test_no_cookie_shows_a_token(house: WebHouse) -> None:
    ada = house.visitor()
    ada.get("/auth/login")
    handshake = dict(ada.cookies)
    log_in(ada, house, "Ada")
    shown = str(handshake) + str(dict(ada.cookies))
    assert "curator_session" in shown
    assert not any(secret in shown for secret in (*SECRETS, "Ada"))


@pytest.mark.parametrize("at", [0, 20, -8])
def test_a_tampered_session_is_none(house: WebHouse, at: int) -> None:
    cookie = list(house.visitor("Ada").cookies["curator_session"])
    stranger = house.visitor()
    stranger.cookies.set("curator_session", "".join(cookie))
    assert stranger.get("/auth/whoami").status_code == 200

    cookie[at] = "A" if cookie[at] != "A" else "Z"
    stranger.cookies.set("curator_session", "".join(cookie))
    assert stranger.get("/auth/whoami").status_code == 401


@pytest.mark.parametrize("nonsense", ["x", "ä", "=" * 8, "A" * 9000, '{"id": "1"}'])
def test_nonsense_is_no_session(house: WebHouse, nonsense: str) -> None:
    answer = house.visitor().get(
        "/auth/whoami", headers={b"Cookie": f"curator_session={nonsense}".encode()}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("age", "status"), [(SESSION_SECONDS - 60, 200), (SESSION_SECONDS + 60, 401)]
)
def test_a_session_ends_after_fourteen_days(house: WebHouse, age: int, status: int) -> None:
    box = Sessions.of(CONFIG).login.box
    content = box.decrypt(house.visitor("Ada").cookies["curator_session"])
    old = house.visitor()
    old.cookies.set(
        "curator_session", box.encrypt_at_time(content, int(time.time()) - age).decode()
    )
    assert old.get("/auth/whoami").status_code == status


def test_a_handshake_is_no_session(house: WebHouse) -> None:
    sessions = Sessions.of(CONFIG)
    content = sessions.login.box.decrypt(house.visitor("Ada").cookies["curator_session"])
    stranger = house.visitor()
    stranger.cookies.set("curator_session", sessions.handshake.box.encrypt(content).decode())
    assert stranger.get("/auth/whoami").status_code == 401


def test_a_new_key_lets_sessions_of_the_old_one_live_on(house: WebHouse) -> None:
    cookies = {"Cookie": house.cookie("Ada")}
    both = house.a_web(replace(CONFIG, session_keys=("new", *CONFIG.session_keys)))
    only_new = house.a_web(replace(CONFIG, session_keys=("new",)))
    assert TestClient(both).get("/auth/whoami", headers=cookies).status_code == 200
    assert TestClient(only_new).get("/auth/whoami", headers=cookies).status_code == 401


def test_a_visitor_does_not_show_their_token() -> None:
    token = AccessToken(key="key-1", secret="secret-1")
    shown = repr(Visitor(user=User(id=UserId("1"), username="Ada"), token=token))
    assert "Ada" in shown
    assert "-1" not in shown
    assert "a key" not in repr(CONFIG)
