"""Session cookies that were changed, kept too long, made up, or are another's."""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from starlette.testclient import TestClient, WebSocketDenialResponse

from curator_web.sealed_cookie import SealedCookie
from curator_web.session import HANDSHAKE_SECONDS, SESSION_SECONDS, Sessions
from tests.web.house import CONFIG, WebHouse, cookie_named, log_in, path_of

SESSIONS = Sessions.of(CONFIG)
KEY = CONFIG.session_keys[0]


def status_with(house: WebHouse, session: str) -> int:
    visitor = house.visitor()
    visitor.cookies.set("curator_session", session)
    return visitor.get("/auth/whoami").status_code


def sealed_now(content: object, cookie: SealedCookie = SESSIONS.login) -> str:
    return cookie.box.encrypt(json.dumps(content).encode()).decode()


def content_of(house: WebHouse, name: str = "Ada") -> dict[str, str]:
    content = SESSIONS.login.box.decrypt(house.visitor(name).cookies["curator_session"])
    found: dict[str, str] = json.loads(content)
    return found


def test_no_flipped_bit_is_overlooked(house: WebHouse) -> None:
    good = house.visitor("Ada").cookies["curator_session"]
    assert status_with(house, good) == 200
    raw = base64.urlsafe_b64decode(good)
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ (1 << at % 8)]) + raw[at + 1 :]
        assert status_with(house, base64.urlsafe_b64encode(changed).decode()) == 401, at


@pytest.mark.parametrize(
    "change",
    [
        lambda good: good[:-4],
        lambda good: good[: len(good) // 2],
        lambda good: f"AAAA{good}",
        lambda good: good.swapcase(),
        lambda good: base64.urlsafe_b64encode(good.encode()).decode(),
    ],
)
def test_a_cookie_that_was_cut_or_written_in_another_way_is_none(
    house: WebHouse, change: Callable[[str], str]
) -> None:
    good = house.visitor("Ada").cookies["curator_session"]
    assert status_with(house, good) == 200
    assert status_with(house, change(good)) == 401


def test_a_cookie_of_another_key_is_none(house: WebHouse) -> None:
    content = content_of(house)
    assert status_with(house, sealed_now(content)) == 200
    other = Sessions.of(replace(CONFIG, session_keys=("another key",)))
    assert status_with(house, sealed_now(content, other.login)) == 401
    # Not by the key as it stands in the settings, either.
    plain = base64.urlsafe_b64encode(KEY.encode().ljust(32)[:32])
    assert status_with(house, Fernet(plain).encrypt(json.dumps(content).encode()).decode()) == 401


def test_nobody_makes_themselves_an_administrator(house: WebHouse) -> None:
    content = content_of(house)
    # Whoever had the key could.
    assert status_with(house, sealed_now(content | {"name": "Grace"})) == 200
    unsealed = base64.urlsafe_b64encode(json.dumps(content | {"name": "Grace"}).encode())
    assert status_with(house, unsealed.decode()) == 401


def test_one_kind_of_cookie_is_not_passed_off_as_another(house: WebHouse) -> None:
    content = content_of(house)
    assert status_with(house, sealed_now(content, SESSIONS.login)) == 200
    assert status_with(house, sealed_now(content, SESSIONS.handshake)) == 401

    ada = house.visitor()
    to_wiki = ada.get("/auth/login").headers["location"]
    back = path_of(house.login.allow(to_wiki, house.wiki.accounts["Ada"]))
    token = json.loads(SESSIONS.handshake.box.decrypt(ada.cookies["curator_login"]))
    swapped = TestClient(house.web, follow_redirects=False)
    swapped.cookies.set("curator_login", sealed_now(token, SESSIONS.login))
    assert swapped.get(back).status_code == 400
    swapped.cookies.set("curator_login", sealed_now(token, SESSIONS.handshake))
    assert swapped.get(back).status_code == 302


@pytest.mark.parametrize(
    "content",
    [{}, [], None, "x", 1, {"id": 1}, {"id": "1", "name": "Ada"}, {"id": ["1"], "name": {}}],
)
def test_what_is_sealed_but_says_nobody_is_no_session(house: WebHouse, content: object) -> None:
    assert status_with(house, sealed_now(content_of(house))) == 200
    assert status_with(house, sealed_now(content)) == 401


def test_a_session_ends_when_it_is_too_old_and_not_because_the_browser_says_so(
    house: WebHouse,
) -> None:
    content = json.dumps(content_of(house)).encode()
    box, now = SESSIONS.login.box, int(time.time())
    assert (
        status_with(house, box.encrypt_at_time(content, now - SESSION_SECONDS + 60).decode()) == 200
    )
    assert (
        status_with(house, box.encrypt_at_time(content, now - SESSION_SECONDS - 60).decode()) == 401
    )
    # Nor does one begin in the future, to last longer.
    assert status_with(house, box.encrypt_at_time(content, now + 3600).decode()) == 401


def test_a_handshake_ends_after_an_hour(house: WebHouse) -> None:
    ada = house.visitor()
    to_wiki = ada.get("/auth/login").headers["location"]
    back = path_of(house.login.allow(to_wiki, house.wiki.accounts["Ada"]))
    token, box = (
        SESSIONS.handshake.box.decrypt(ada.cookies["curator_login"]),
        SESSIONS.handshake.box,
    )
    late = TestClient(house.web, follow_redirects=False)
    for age, status in ((HANDSHAKE_SECONDS + 60, 400), (HANDSHAKE_SECONDS - 60, 302)):
        old = box.encrypt_at_time(token, int(time.time()) - age).decode()
        late.cookies.set("curator_login", old)
        assert late.get(back).status_code == status


def test_no_connection_is_made_with_a_cookie_that_is_none(house: WebHouse) -> None:
    good = house.visitor("Ada").cookies["curator_session"]
    for session, works in ((good, True), (good[:-6] + "AAAA==", False), ("", False)):
        with TestClient(house.web) as visitor:
            visitor.cookies.set("curator_session", session)
            if works:
                with visitor.websocket_connect("/ws"):
                    continue
            with pytest.raises(WebSocketDenialResponse) as refused:
                visitor.websocket_connect("/ws").__enter__()
            assert refused.value.status_code == 403


# Rotation


def test_a_login_gives_a_session_that_nobody_knew_before(house: WebHouse) -> None:
    visitor = house.visitor()
    # Somebody has put their own session into the visitor's browser.
    planted = house.visitor("Grace").cookies["curator_session"]
    visitor.cookies.set("curator_session", planted)
    assert visitor.get("/auth/whoami").json()["username"] == "Grace"
    to_wiki = visitor.get("/auth/login").headers["location"]
    back = house.login.allow(to_wiki, house.wiki.accounts["Ada"])
    home = visitor.get(path_of(back))
    given = cookie_named("curator_session", home.headers.get_list("set-cookie")).value
    assert given != planted
    other = house.visitor()
    other.cookies.set("curator_session", planted)
    assert other.get("/auth/whoami").json()["username"] == "Grace"


def test_no_two_logins_give_the_same_session(house: WebHouse) -> None:
    seen = set()
    visitor = house.visitor()
    for _ in range(3):
        log_in(visitor, house, "Ada")
        seen.add(visitor.cookies["curator_session"])
    assert len(seen) == 3


def test_a_logout_takes_every_cookie_away(house: WebHouse) -> None:
    ada = house.visitor("Ada")
    ada.get("/auth/login")
    assert set(dict(ada.cookies)) == {"curator_session", "curator_login"}
    ada.get("/auth/logout")
    assert not dict(ada.cookies)
